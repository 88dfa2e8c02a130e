import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);

let workspace: LocalWorkspace;

const work = { kind: 'directory', path: 'work' };
const half = { kind: 'command', command: ['sh', '-c', 'echo the first half; exit 1'], output: 'dump' };
const stores = { offsite: { kind: 'restic', repository: 'repository', password: 'env:RESTIC' } };

interface Snapshot {
  readonly parent?: string;
  readonly tags?: readonly string[];
}

/** restic as in most people's scripts. */
function restic(...args: string[]) {
  const environment = { RESTIC_REPOSITORY: workspace.path('repository'), RESTIC_PASSWORD: 'right' };
  return run('restic', args, { env: { ...workspace.environment, ...environment }, cwd: workspace.home });
}

async function snapshots(...filter: string[]): Promise<Snapshot[]> {
  return JSON.parse((await restic('snapshots', '--json', ...filter)).stdout) ?? [];
}

const ofFukugen = () => snapshots('--tag', 'fukugen');

beforeAll(async () => {
  workspace = await LocalWorkspace.open({ sources: { work }, stores }, { RESTIC: 'right' });
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'a'), 'a');
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
}, 60_000);

afterAll(() => workspace[Symbol.asyncDispose]());

describe('the trap of a source that is not there', () => {
  it('when restic is told of it and of another, then there is a snapshot, and before 0.19 the status is 0; fukugen names it and fails', async () => {
    const { status } = await restic('backup', '--tag', 'plain', 'work', 'unmounted').then(
      () => ({ status: 0 }),
      ({ code }: { readonly code: number }) => ({ status: code }),
    );
    expect([0, 3]).toContain(status);
    expect(await snapshots('--tag', 'plain')).toHaveLength(1);
    await workspace.write({ sources: { work, lost: { kind: 'directory', path: 'unmounted' } }, stores });
    const answer = await workspace.run(['backup']);
    expect(answer.stdout).toMatch(/^ {2}lost: FAILED, the folder \S+unmounted cannot be found/m);
    expect(answer.status).toBe(5);
  }, 60_000);
});

describe('the trap of a dump that ends half way', () => {
  it('when it is piped into restic, then half of it is a valid snapshot; fukugen keeps nothing of it', async () => {
    await run('sh', ['-c', '"$@" | restic backup --stdin --tag half --stdin-filename dump', 'sh', ...half.command], {
      env: { ...workspace.environment, RESTIC_REPOSITORY: workspace.path('repository'), RESTIC_PASSWORD: 'right' },
    });
    expect((await restic('dump', '--tag', 'half', 'latest', '/dump')).stdout).toBe('the first half\n');
    const before = await ofFukugen();
    await workspace.write({ sources: { half }, stores });
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(/^fukugen: .*sh ended with status 1/m);
    expect(status).toBe(6);
    expect(await ofFukugen()).toEqual(before);
  }, 60_000);
});

describe('the trap of a path that is another one each time', () => {
  it('when each run has a temporary folder of its own, then restic forgets nothing; fukugen’s generations go as the policy says', async () => {
    for (const content of ['a', 'b']) {
      const folder = await mkdtemp(workspace.path('tmp', 'staging-'));
      await writeFile(`${folder}/dump`, content);
      await restic('backup', folder, '--tag', 'staged');
    }
    await restic('forget', '--tag', 'staged', '--keep-last', '1');
    expect(await snapshots('--tag', 'staged')).toHaveLength(2);
    await workspace.write({ sources: { work }, stores, retention: { last: 1 } });
    for (const content of ['b', 'c']) {
      await writeFile(workspace.path('work', 'a'), content);
      expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    }
    const [kept, ...others] = await ofFukugen();
    expect(others).toEqual([]);
    // Without a parent restic reads every file again, and says nothing of it.
    expect(kept?.parent).toMatch(/^[0-9a-f]{64}$/);
    // What others keep in the same repository is none of our business.
    expect(await snapshots('--tag', 'staged')).toHaveLength(2);
  }, 60_000);
});
