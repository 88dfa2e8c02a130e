import { execFile, spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../helpers/local-processes.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);

let workspace: LocalWorkspace;

const work = { kind: 'directory', path: 'work' };
const disk = { kind: 'generations', path: 'disk' };
const offsite = { kind: 'restic', repository: 'repository', password: 'env:RESTIC' };

const environment = () => ({
  ...workspace.environment,
  RESTIC_REPOSITORY: workspace.path('repository'),
  RESTIC_PASSWORD: 'right',
});

async function restic(...args: string[]): Promise<string> {
  return (await run('restic', args, { env: environment(), cwd: workspace.path('work') })).stdout;
}

async function generationsInRestic(): Promise<string[]> {
  const { json } = await workspace.run(['list', '--store', 'offsite', '--json']);
  return json.generations.map(({ generation }: { generation: string }) => generation).sort();
}

beforeAll(async () => {
  workspace = await LocalWorkspace.open({ sources: { work }, stores: { disk, offsite } }, { RESTIC: 'right' });
  await mkdir(workspace.path('work'));
  await workspace.run(['init']);
  for (const content of ['a', 'b', 'c', 'd']) {
    await writeFile(workspace.path('work', 'content'), content.repeat(1_000));
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  }
  await workspace.write({ sources: { work }, stores: { disk, offsite }, retention: { last: 2 } });
}, 60_000);

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a repository with more than the policy keeps', () => {
  it('when a killed restic has left its lock, then it is removed, the snapshots go, and their data stays for this time', async () => {
    const child = spawn('restic', ['backup', '--stdin'], { env: environment(), stdio: ['pipe', 'ignore', 'ignore'] });
    const locks = () => readdir(workspace.path('repository', 'locks'));
    await eventually(locks, (names) => names.some((name) => /^[0-9a-f]{64}$/.test(name)));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const data = await readdir(workspace.path('repository', 'data'), { recursive: true });
    expect(await workspace.run(['prune', '--store', 'offsite'])).toMatchObject({ status: 0, all: '\n' });
    expect(await locks()).toEqual([]);
    expect(await generationsInRestic()).toHaveLength(2);
    expect(await readdir(workspace.path('repository', 'data'), { recursive: true })).toEqual(data);
  });

  it('when it is pruned, then it keeps the same generations as the disk, strangers too, and its check is clean', async () => {
    await restic(
      'backup',
      '.',
      '--quiet',
      '--host',
      'elsewhere',
      '--tag',
      'fukugen,policy=tested,generation=2020-01-01T00-00-00-000Z',
    );
    await restic('backup', '.', '--quiet', '--tag', 'mine');
    const { status, json } = await workspace.run(['prune', '--json']);
    expect(status).toBe(0);
    const [onDisk, inRestic] = json.stores;
    expect(inRestic.keep).toEqual(onDisk.keep);
    expect(inRestic.left).toEqual([{ generation: '2020-01-01T00-00-00-000Z', reason: 'it was taken on elsewhere' }]);
    expect(await generationsInRestic()).toEqual([
      '2020-01-01T00-00-00-000Z',
      ...(await generationsIn(workspace.path('disk'))),
    ]);
    const left = JSON.parse(await restic('snapshots', '--json')) as unknown[];
    expect(left).toHaveLength(4);
    await restic('check', '--read-data', '--quiet');
    expect(await workspace.run(['verify', '--level', 'identical', '--store', 'offsite'])).toMatchObject({ status: 0 });
  }, 120_000);

  it('when a restic that lives holds a lock, then it is waited for or left alone, and the other store is pruned', async () => {
    await workspace.write({ sources: { work }, stores: { disk, offsite }, retention: { last: 1 } });
    const child = spawn('restic', ['backup', '--stdin', '--quiet'], {
      env: environment(),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const locks = () => readdir(workspace.path('repository', 'locks'));
    await eventually(locks, (names) => names.some((name) => /^[0-9a-f]{64}$/.test(name)));
    // 0.16 and later wait for it: five minutes, which this test has not.
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const patience = setTimeout(() => child.kill('SIGINT'), 3_000);
    const { status, stdout } = await workspace.run(['prune', '--verbose']);
    expect(stdout).toMatch(/^disk: 1 kept, 1 removed$/m);
    expect([0, 9]).toContain(status);
    clearTimeout(patience);
    child.kill('SIGKILL');
    await ended;
    if (status === 9) expect(stdout).toContain('offsite: NOT PRUNED, the repository of the store offsite is locked');
  }, 120_000);
});
