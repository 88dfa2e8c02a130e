import { access, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import packageJson from '../../package.json' with { type: 'json' };

const program = resolve(import.meta.dirname, '..', '..', 'bin', 'fukugen');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-bin-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** With nothing in the environment but this. */
async function versionWith(environment: Record<string, string>): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', ...environment };
  return (await execa(program, ['--version'], { env, extendEnv: false })).stdout;
}

describe('given a home', () => {
  it('when a command runs, then what Node has compiled for it is kept there', async () => {
    expect(await versionWith({ HOME: folder })).toBe(packageJson.version);
    expect(await readdir(join(folder, '.cache', 'fukugen'))).toHaveLength(1);
  });

  it('when another folder is named for such things, then it is kept in that', async () => {
    const cache = join(folder, 'cache');
    await mkdir(cache);
    expect(await versionWith({ HOME: join(folder, 'home'), XDG_CACHE_HOME: cache })).toBe(packageJson.version);
    expect(await readdir(join(cache, 'fukugen'))).toHaveLength(1);
  });
});

describe('given a home that is not there', () => {
  it('when a command runs, then it is not made', async () => {
    const home = join(folder, 'home');
    expect(await versionWith({ HOME: home })).toBe(packageJson.version);
    await expect(access(home)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('given no home', () => {
  it('when a command runs, then it does without', async () => {
    expect(await versionWith({})).toBe(packageJson.version);
  });
});
