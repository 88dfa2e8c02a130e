import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { captureTree } from '../../../local/generation/capture-tree.ts';
import { restoreTree } from '../../../local/generation/restore-tree.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'fukugen-restore-'));
  for (const name of ['source', 'stored']) await mkdir(join(home, name));
  await writeFile(join(home, 'source', 'a'), 'a');
});

afterEach(() => rm(home, { recursive: true }));

describe('given a stored folder', () => {
  it('when something has the name that it would be restored as, then nothing is written there', async () => {
    const { entries } = await captureTree(join(home, 'source'), join(home, 'stored'));
    await mkdir(join(home, 'there'));
    await expect(restoreTree(join(home, 'stored'), entries, join(home, 'there'))).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/there cannot be written: EEXIST/),
    });
  });

  it('when it is restored, then no file is shared with what is stored', async () => {
    const { entries } = await captureTree(join(home, 'source'), join(home, 'stored'));
    await restoreTree(join(home, 'stored'), entries, join(home, 'restored'));
    const [stored, restored] = await Promise.all(['stored', 'restored'].map((name) => stat(join(home, name, 'a'))));
    expect(restored?.ino).not.toBe(stored?.ino);
    expect(restored?.nlink).toBe(1);
  });
});
