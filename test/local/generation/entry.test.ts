import { hash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Entry, readEntries, writeEntries } from '../../../local/generation/entry.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-entries-'));
});

afterEach(() => rm(folder, { recursive: true }));

const path = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((name) => !name.includes('/') && !/^\.{1,2}$/.test(name));
const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    type: fc.constant('file' as const),
    path,
    size: fc.maxSafeNat(),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    modified: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  }),
  fc.record({
    type: fc.constant('directory' as const),
    path,
    mode: fc.constant(0o700),
    modified: fc.constant(1_795_248_769_618.9688),
  }),
  fc.record({ type: fc.constant('link' as const), path, target: fc.string({ unit: 'binary' }) }),
);

describe('given a list of entries', () => {
  it('when it is written and read, then it is the same, whatever the names are', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyEntry, { selector: (entry) => entry.path }), async (entries) => {
        count += 1;
        const file = join(folder, `${count}`);
        const list = await writeEntries(file, entries);
        expect(list.entries).toBe(entries.length);
        expect(await readEntries(file, list)).toEqual(entries);
      }),
      { numRuns: 50 },
    );
  });

  it('then its digest is that of the file, its bytes are those of the files, and nobody may write to it', async () => {
    const file = join(folder, 'files.jsonl');
    const entry = { type: 'file', path: 'a', mode: 0o644, modified: 0, sha256: '' } as const;
    const list = await writeEntries(file, [
      { ...entry, size: 3 },
      { ...entry, path: 'b', size: 4 },
      { type: 'link', path: 'c', target: 'a' },
    ]);
    expect(list).toEqual({ entries: 3, bytes: 7, sha256: hash('sha256', await readFile(file)) });
    expect((await stat(file)).mode & 0o777).toBe(0o400);
  });

  it('when a line of it changes, then reading it is refused', async () => {
    const file = join(folder, 'files.jsonl');
    const list = await writeEntries(file, [{ type: 'link', path: 'c', target: 'a' }]);
    await chmod(file, 0o600);
    await writeFile(file, '{"type":"link","path":"c","target":"b"}\n');
    await expect(readEntries(file, list)).rejects.toMatchObject({
      code: 'mismatch',
      message: `${file} is damaged: it does not have the SHA-256 in the manifest`,
    });
  });
});

describe('given a list of entries that somebody made', () => {
  const file = { type: 'file', size: 0, mode: 0o644, modified: 0, sha256: '' } as const;
  const link = { type: 'link', path: 'away', target: '/etc' } as const;
  const outside = ', which is not a path inside of the folder';

  it.each<[string, Entry[]]>([
    [`"../x"${outside}`, [{ ...file, path: '../x' }]],
    [`"a/../../x"${outside}`, [{ ...file, path: 'a/../../x' }]],
    [`"/etc/passwd"${outside}`, [{ ...file, path: '/etc/passwd' }]],
    [`""${outside}`, [{ ...file, path: '' }]],
    [`"../shadow"${outside}`, [{ ...file, path: 'a', sameAs: '../shadow' }]],
    ['"away/passwd", below the link "away"', [link, { ...file, path: 'away/passwd' }]],
    [
      '"a" twice',
      [
        { ...file, path: 'a' },
        { ...file, path: 'a' },
      ],
    ],
  ])('when it names %s, then it is refused', async (what, entries) => {
    const list = await writeEntries(join(folder, 'files.jsonl'), entries);
    await expect(readEntries(join(folder, 'files.jsonl'), list)).rejects.toMatchObject({
      code: 'mismatch',
      message: `the list of files names ${what}`,
    });
  });
});
