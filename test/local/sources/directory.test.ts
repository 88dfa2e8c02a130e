import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { runs } from '../../helpers/thorough.ts';

/** Each file is synced, which takes a slow disk minutes. */
const folders = runs(20, 200);
const files = folders * 100;
jest.setTimeout(runs(60_000, 600_000));

let workspace: LocalWorkspace;

/** The newest generation's copy of a file of the source. */
async function stored(path: string): Promise<string> {
  const newest = (await generationsIn(workspace.path('disk'))).at(-1) as string;
  return workspace.path('disk', newest, 'sources', 'work', 'data', path);
}

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work', exclude: ['node_modules/', '*.tmp'] } },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  for (let folder = 0; folder < folders; folder += 1) {
    const path = workspace.path('work', `フォルダ ${folder}`);
    await mkdir(path, { recursive: true });
    const names = Array.from({ length: files / folders }, (_, index) => `file ${index}.txt`);
    await mkdir(join(path, 'node_modules'));
    await writeFile(join(path, 'node_modules', 'index.js'), 'x');
    await writeFile(join(path, 'draft.tmp'), 'x');
    await Promise.all(names.map((name) => writeFile(join(path, name), `${folder} ${name}`)));
  }
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a folder of many files', () => {
  it('when it is backed up, then all of them are in the generation', async () => {
    const { status, json } = await workspace.run(['backup', '--json']);
    expect(status).toBe(0);
    expect(json.sources[0].files.entries).toBe(files + folders + 1);
    expect(json.sources[0].detail.linked).toBe(0);
    expect(await readFile(await stored('フォルダ 7/file 11.txt'), 'utf8')).toBe('7 file 11.txt');
  });

  it('when one file changes without a change of size and time, then it is stored anew and the others are links', async () => {
    const before = await stat(await stored('フォルダ 1/file 1.txt'));
    const path = workspace.path('work', 'フォルダ 0', 'file 0.txt');
    const { atime, mtime } = await stat(path);
    await writeFile(path, '0 FILE 0.txt');
    await utimes(path, atime, mtime);
    expect((await stat(path)).mtimeMs).toBe(mtime.getTime());

    const { status, json } = await workspace.run(['backup', '--json']);
    expect(status).toBe(0);
    expect(json.sources[0].detail.linked).toBe(files - 1);
    expect(await readFile(await stored('フォルダ 0/file 0.txt'), 'utf8')).toBe('0 FILE 0.txt');
    expect((await stat(await stored('フォルダ 1/file 1.txt'))).ino).toBe(before.ino);
  });

  it('when the folder is lost and restored in place, then every file is back and compared', async () => {
    await rm(workspace.path('work'), { recursive: true });
    const { status, json } = await workspace.run(['restore', 'work', '--in-place', '--no-safety', '--yes', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true, kept: null, undo: [] });
    expect(status).toBe(0);
    expect(json.detail.files).toBe(files + folders + 1);
    expect(await readFile(workspace.path('work', 'フォルダ 0', 'file 0.txt'), 'utf8')).toBe('0 FILE 0.txt');
  });
});

describe('given excluded names', () => {
  it('when it is compared, then they are not missed, and any other new name is', async () => {
    const { json } = await workspace.run(['compare', 'work', '--json']);
    expect(json).toMatchObject({ verdict: 'identical' });

    await writeFile(workspace.path('work', 'フォルダ 3', 'not excluded'), 'x');
    const { status, stdout } = await workspace.run(['compare', 'work']);
    expect(status).toBe(4);
    expect(stdout).toMatch(/^フォルダ 3\/not excluded: was not recorded$/m);
  });
});
