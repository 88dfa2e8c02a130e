import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { runs } from '../../helpers/thorough.ts';

const run = promisify(execFile);

let workspace: LocalWorkspace;
/** Holds the content of `work/big`, and of no other file. */
let pack: string;
let whole: Buffer;

async function packs(): Promise<string[]> {
  const names = await readdir(workspace.path('repository', 'data'), { recursive: true });
  return names.filter((name) => name.length > 64).map((name) => workspace.path('repository', 'data', name));
}

/** What came back, from the place that the command tells. */
async function restored(stdout: string): Promise<string[]> {
  const [, folder = ''] = /^restored as (.*), but it is NOT what was backed up$/m.exec(stdout) ?? [];
  const names = await readdir(folder);
  await rm(folder, { recursive: true });
  return names.sort();
}

beforeAll(async () => {
  workspace = await LocalWorkspace.open(
    {
      sources: { work: { kind: 'directory', path: 'work' } },
      stores: { offsite: { kind: 'restic', repository: 'repository', password: 'env:RESTIC' } },
    },
    { RESTIC: 'right' },
  );
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'big'), randomBytes(300_000));
  for (const name of ['small', 'tiny']) await writeFile(workspace.path('work', name), name);
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
  const environment = { RESTIC_REPOSITORY: workspace.path('repository'), RESTIC_PASSWORD: 'right' };
  await run('restic', ['backup', '--quiet', workspace.path('work', 'big')], {
    env: { ...workspace.environment, ...environment },
  });
  for (const file of await packs()) if ((await stat(file)).size > 300_000) pack = file;
  whole = await readFile(pack);
  await chmod(pack, 0o600);
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
}, 60_000);

afterEach(() => writeFile(pack, whole));

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a repository that has lost the content of one file', () => {
  it('when its source is restored, then the rest comes back, and the file is named', async () => {
    await writeFile(pack, Buffer.from(whole.map((byte, place) => (place === 1_000 ? byte ^ 1 : byte))));
    const { status, stdout } = await workspace.run(['restore', 'work']);
    expect(stdout).toMatch(/^big: /m);
    expect(stdout).not.toMatch(/^(small|tiny): /m);
    expect(await restored(stdout)).toEqual(expect.arrayContaining(['small', 'tiny']));
    expect(status).toBe(4);
  }, 60_000);

  it('when it would go in place, then it does not', async () => {
    await writeFile(pack, Buffer.from(whole.map((byte, place) => (place === 1_000 ? byte ^ 1 : byte))));
    const before = await photograph(workspace.path('work'));
    const { status, stdout } = await workspace.run(['restore', 'work', '--in-place', '--no-safety', '--yes']);
    expect(stdout).toContain('it was not put in place');
    expect(status).toBe(4);
    expect(await photograph(workspace.path('work'))).toEqual(before);
  }, 60_000);

  // Before 0.17 restic looks three quarters of a minute for a pack.
  if (runs(0, 1) > 0)
    it('when the whole pack is gone, then it is the same', async () => {
      await rename(pack, workspace.path('pack'));
      const { status, stdout } = await workspace.run(['restore', 'work']);
      expect(stdout).toMatch(/^big: /m);
      expect(await restored(stdout)).toEqual(expect.arrayContaining(['small', 'tiny']));
      expect(status).toBe(4);
    }, 300_000);
});

if (runs(0, 1) > 0)
  describe('given a repository that has lost everything', () => {
    it('when a source is restored, then it says that data is lacking, and where to look', async () => {
      const all = await packs();
      for (const file of all) await rename(file, `${file}-away`);
      const { status, stderr } = await workspace.run(['restore', 'work']);
      expect(stderr).toMatch(
        /^fukugen: the repository of the store offsite lacks data: .*\n {2}next: fukugen list, then --at another generation/,
      );
      expect(status).toBe(4);
      for (const file of all) await rename(`${file}-away`, file);
    }, 600_000);
  });
