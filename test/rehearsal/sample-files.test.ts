import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSampleFiles } from '../../rehearsal/sample-files.ts';

let work: string;
let built: { readonly files: number; readonly bytes: number };

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'sample-files-test-'));
  built = await buildSampleFiles(join(work, 'first'));
});

afterAll(() => rm(work, { recursive: true }));

/** Every path with what is there: kind, permissions, time, content. */
async function describeTree(root: string): Promise<string[]> {
  // With file types: without them Node follows links to folders, here in a circle.
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(root, file);
      const stat = await lstat(file);
      if (stat.isSymbolicLink()) return `${path} -> ${await readlink(file)}`;
      if (stat.isDirectory()) return `${path}/`;
      const hash = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      return `${path} ${stat.mode.toString(8)} ${stat.mtimeMs} ${hash}`;
    }),
  );
}

describe('given sample files', () => {
  it('when they are built again elsewhere, then names, permissions, times and content are the same', async () => {
    await buildSampleFiles(join(work, 'second'));
    expect((await describeTree(join(work, 'second'))).sort()).toEqual((await describeTree(join(work, 'first'))).sort());
  });

  it('when they are counted, then there are about 300 files of 5 MB together', () => {
    expect(Math.abs(built.files - 300)).toBeLessThan(30);
    expect(Math.abs(built.bytes - 5_000_000)).toBeLessThan(1_000_000);
  });

  it.each([
    ['a Japanese note name', /^vault\/ノート\/復元の手順\.md /],
    ['quotes', /'s "quoted"/],
    ['a newline', /^two\nlines/],
    ['a link to a folder', /^current-project -> /],
    ['a link to nothing', /^pictures\/moved away -> /],
    ['a private file of secrets', /\.env 100600 /],
  ])('when a script walks them, then it meets %s', async (_, expected) => {
    expect(await describeTree(join(work, 'first'))).toContainEqual(expect.stringMatching(expected));
  });

  it('when a script walks them, then it meets empty folders', async () => {
    expect(await readdir(join(work, 'first', 'Downloads'))).toEqual([]);
  });
});
