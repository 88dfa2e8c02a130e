import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeTree } from '../../../local/system/folders.ts';
import { replaceFile } from '../../../local/system/replace-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-test-'));
});

afterAll(() => removeTree(folder));

describe('given a small file of this machine', () => {
  it('when it gets another content, then it is private, has it whole, and what a killed process left is gone', async () => {
    const home = join(folder, 'not there yet');
    const file = join(home, 'state.json');
    await replaceFile(file, 'first');
    const { pid: ended } = spawnSync('true');
    for (const left of [`state.json.${ended}`, `other.json.${ended}`, `state.json.${process.ppid}`, 'stranger.7'])
      await writeFile(join(home, left), 'half');
    await replaceFile(file, 'second');
    expect(await readFile(file, 'utf8')).toBe('second');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(home)).sort()).toEqual(['state.json', `state.json.${process.ppid}`, 'stranger.7']);
  });

  it('when its folder cannot be made, then the error is the system’s own', async () => {
    await writeFile(join(folder, 'a file'), '');
    await expect(replaceFile(join(folder, 'a file', 'state.json'), '')).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
