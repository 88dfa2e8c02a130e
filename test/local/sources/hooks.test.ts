import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, processesOf, send } from '../../helpers/local-processes.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const stores = { disk: { kind: 'generations', path: 'disk' } };
const note = (text: string) => ['sh', '-c', `echo "$0 $FUKUGEN_SOURCE $FUKUGEN_OUTCOME" >> noted`, text];

let workspace: LocalWorkspace;

beforeEach(async () => {
  workspace = await LocalWorkspace.open({ sources: { work: { kind: 'directory', path: 'work' } }, stores });
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'file'), 'x');
});

afterEach(() => workspace[Symbol.asyncDispose]());

async function withHooks(hooks: object, more: object = {}): Promise<void> {
  await workspace.write({ sources: { work: { kind: 'directory', path: 'work', hooks, ...more } }, stores });
}

async function noted(): Promise<string[]> {
  const text = await readFile(workspace.path('noted'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

describe('given hooks before and after a source', () => {
  it('when it is backed up, then they run in order around it, beside the policy, and know what it is about', async () => {
    const store = ['sh', '-c', 'cp noted work/noted'];
    await withHooks({ before: [note('one'), note('two'), store], after: [note('three'), note('four')] });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0, all: '\n' });
    expect(await noted()).toEqual(['one work ', 'two work ', 'three work success', 'four work success']);
    const [generation] = (await generationsIn(workspace.path('disk'))) as [string];
    const inside = workspace.path('disk', generation, 'sources', 'work', 'data', 'noted');
    expect(await readFile(inside, 'utf8')).toBe('one work \ntwo work \n');
  });

  it('when it is a dry run, then none of them runs', async () => {
    await withHooks({ before: [note('one')], after: [note('two')] });
    expect(await workspace.run(['backup', '--dry-run'])).toMatchObject({ status: 0 });
    expect(await noted()).toEqual([]);
  });

  it('when they need a secret, then they have it by the environment, and no message shows it', async () => {
    const before = [['sh', '-c', 'echo "got $TOKEN" >&2; exit 1']];
    await withHooks({ before, environment: { TOKEN: 'env:HOOK_TOKEN' } });
    const { status, stderr } = await workspace.run(['backup'], { environment: { HOOK_TOKEN: 'hunter2' } });
    expect(stderr).toMatch(/the hook before it failed: sh ended with status 1: got \[secret\]/);
    expect(status).toBe(6);
  });

  it('when one leaves a program running, then the run does not wait for it', async () => {
    await withHooks({ before: [['sh', '-c', 'sleep 600 & echo started']] });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const left = await processesOf(workspace.home);
    for (const { id } of left) send('SIGKILL', id);
    expect(left).toHaveLength(1);
  });
});

describe('given a hook that fails', () => {
  const failing = ['sh', '-c', 'echo no such service >&2; exit 7'];

  it('when it is before the source, then the rest before it does not run, what is after does, and the status is 6', async () => {
    await withHooks({ before: [note('one'), failing, note('never')], after: [note('after')] });
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toBe('fukugen: the hook before it failed: sh ended with status 7: no such service\n');
    expect(status).toBe(6);
    expect(await noted()).toEqual(['one work ', 'after work failure']);
    expect(await generationsIn(workspace.path('disk'))).toEqual([]);
  });

  it('when it is after the source, then the others after it run, and the source is not called backed up', async () => {
    await withHooks({ after: [failing, note('after')] });
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(
      /the hook after it failed: sh ended with status 7: no such service\n {2}next: nothing of this/,
    );
    expect(status).toBe(6);
    expect(await noted()).toEqual(['after work success']);
    expect(await generationsIn(workspace.path('disk'))).toEqual([]);
  });

  it('when there is another source, then that is stored', async () => {
    const sources = {
      work: { kind: 'directory', path: 'work', hooks: { before: [failing] } },
      other: { kind: 'directory', path: 'work' },
    };
    await workspace.write({ sources, stores });
    const { status, stdout } = await workspace.run(['backup']);
    expect(stdout).toMatch(/^ {2}work: FAILED, the hook before it failed: .*$/m);
    expect(stdout).toMatch(/^ {2}other: 2 files and folders/m);
    expect(status).toBe(6);
  });

  it('when it does not come to its end, then it is ended', async () => {
    await withHooks({ before: [['sleep', '60']], timeout: '1s' });
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(/the hook before it failed: sleep did not end within 1 seconds/);
    expect(status).toBe(6);
    expect(await processesOf(workspace.home)).toEqual([]);
  });
});

describe('given a source that fails', () => {
  it('when it has hooks after it, then they run, and know of it', async () => {
    await rm(workspace.path('work'), { recursive: true });
    await withHooks({ after: [note('after'), ['sh', '-c', 'exit 2']] });
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(
      /the folder .* cannot be found: .*; the hook after it failed: sh ended with status 2\n {2}next: corr/,
    );
    expect(status).toBe(5);
    expect(await noted()).toEqual(['after work failure']);
  });

  it('when the run is stopped in the middle, then what was stopped before it is started again', async () => {
    await withHooks({ before: [note('stop'), ['sleep', '60']], after: [note('start')] });
    const running = workspace.start(['backup']);
    await eventually(
      async () => (await processesOf(workspace.home)).map(({ commandLine }) => commandLine),
      (lines) => lines.some((line) => line.startsWith('sleep 60')),
    );
    process.kill(running.id, 'SIGTERM');
    expect(await running.ended).toMatchObject({ status: 130 });
    expect(await noted()).toEqual(['stop work ', 'start work failure']);
  });
});
