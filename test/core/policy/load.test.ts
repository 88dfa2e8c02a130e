import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadPolicy } from '../../../core/policy/index.ts';

const yaml = `
name: shop
local:
  sources: { notes: { kind: directory, path: /notes } }
  stores: { disk: { kind: generations, path: /backups } }
`;

describe('loadPolicy', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('given YAML, it is the same shape as TypeScript', async () => {
    await writeFile(join(folder, 'backup.config.yaml'), yaml);
    await writeFile(
      join(folder, 'other.ts'),
      `export default { name: 'shop', local: { sources: { notes: { kind: 'directory', path: '/notes' } }, stores: { disk: { kind: 'generations', path: '/backups' } } } };`,
    );
    expect((await loadPolicy(folder)).policy).toEqual((await loadPolicy(folder, 'other.ts')).policy);
  });

  test('given no policy, the next step is named', async () => {
    await expect(loadPolicy(folder, 'nowhere.yaml')).rejects.toMatchObject({
      code: 'missing',
      message: `there is no policy at ${join(folder, 'nowhere.yaml')}`,
      next: expect.stringContaining('examples/laptop'),
    });
  });

  test('given broken YAML, file and place are named', async () => {
    await writeFile(join(folder, 'backup.config.yaml'), 'name: [');
    await expect(loadPolicy(folder)).rejects.toMatchObject({
      code: 'policy',
      message: expect.stringMatching(/backup\.config\.yaml cannot be read: .*line 1/s),
    });
  });

  test('given a mistake, the file is named', async () => {
    await writeFile(join(folder, 'backup.config.yaml'), yaml.replace('shop', 'Shop!'));
    await expect(loadPolicy(folder)).rejects.toMatchObject({
      code: 'policy',
      message: expect.stringContaining(`${join(folder, 'backup.config.yaml')} has 1 mistake:\n  name:`),
    });
  });
});
