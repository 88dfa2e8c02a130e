import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { damageOneByte } from '../../rehearsal/damage.ts';

describe('damageOneByte', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'damage-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('changes one bit of the largest file, and neither its size nor its mode', async () => {
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'small'), 'small');
    await writeFile(join(folder, 'deep', 'large'), Buffer.alloc(1_001, 7), { mode: 0o400 });
    const { file, position } = await damageOneByte(folder);
    expect([file, position]).toEqual([join(folder, 'deep', 'large'), 500]);
    const content = await readFile(file);
    expect([...content.entries()].filter(([, byte]) => byte !== 7)).toEqual([[500, 6]]);
    expect(content).toHaveLength(1_001);
    expect((await stat(file)).mode & 0o777).toBe(0o400);
  });

  test('given nothing to damage, it says so', async () => {
    await expect(damageOneByte(folder)).rejects.toThrow(`nothing to damage in ${folder}`);
  });
});
