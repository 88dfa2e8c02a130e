import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isComplete, type Manifest, readManifest, writeManifest } from '../../../local/generation/manifest.ts';

const run = promisify(execFile);

const manifest: Manifest = {
  format: 1,
  generation: '2026-11-21T03-00-00-123Z',
  policy: 'tested',
  host: 'ノート',
  startedAt: '2026-11-21T03:00:00.123Z',
  finishedAt: '2026-11-21T03:00:01.000Z',
  sources: [],
  failed: [],
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-manifest-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('given a manifest', () => {
  it('when it was written, then it is read as it was, and sha256sum agrees without this project', async () => {
    await writeManifest(folder, manifest);
    expect(await readManifest(folder)).toEqual(manifest);
    const { stdout } = await run('sha256sum', ['-c', 'manifest.json.sha256'], { cwd: folder });
    expect(stdout).toBe('manifest.json: OK\n');
  });

  it.each([
    ['a letter of it', 'manifest.json', (text: string) => text.replace('tested', 'Tested'), /is damaged: it does not/],
    [
      'its digest',
      'manifest.json.sha256',
      (text: string) => text.replace(/[0-9]/, 'x'),
      /is damaged: it does not have/,
    ],
    ['the space in its digest', 'manifest.json.sha256', (text: string) => text.replace('  ', ' *'), /is damaged/],
    // Decoding replaces both by U+FFFD: a reader that hashes the text instead of the bytes takes them for the same.
    ['a byte that is no UTF-8', 'manifest.json', (text: string) => text.replace('ノ', '\udcff'), /is damaged/],
  ])('when %s changes, then reading it is refused', async (_what, name, change, message) => {
    await writeManifest(folder, manifest);
    const file = join(folder, name);
    await chmod(file, 0o600);
    await writeFile(file, change(await readFile(file, 'utf8')));
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(message),
    });
  });

  it.each(['manifest.json', 'manifest.json.sha256'])('when %s is missing, then reading it is refused', async (name) => {
    await writeManifest(folder, manifest);
    await rm(join(folder, name));
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(/cannot be read: ENOENT/),
    });
  });

  it('when a later fukugen wrote it, then that is said instead of guessing', async () => {
    await writeManifest(folder, { ...manifest, format: 2 as 1 });
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(/has format 2, written by a later fukugen$/),
    });
  });

  it('when there is one already, then it is never overwritten', async () => {
    await writeManifest(folder, manifest);
    await expect(writeManifest(folder, manifest)).rejects.toThrow(/EEXIST/);
  });

  it('then it is complete only when no source failed and nothing was left out', () => {
    const source = { name: 'work', problems: [] } as unknown as Manifest['sources'][number];
    expect(isComplete({ ...manifest, sources: [source] })).toBe(true);
    expect(isComplete({ ...manifest, sources: [{ ...source, problems: [{ path: 'a', reason: 'b' }] }] })).toBe(false);
    expect(isComplete({ ...manifest, sources: [source], failed: [{ name: 'shop', reason: 'down' }] })).toBe(false);
  });
});
