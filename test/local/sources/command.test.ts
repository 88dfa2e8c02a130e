import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, processesOf } from '../../helpers/local-processes.ts';
import { filesHolding, generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const stores = { disk: { kind: 'generations', path: 'disk' } };
let workspace: LocalWorkspace;

/** A source that runs a script of the shell, which stands for any program. */
function printing(script: string, more: object = {}): { list: { kind: string; command: string[]; output: string } } {
  return { list: { kind: 'command', command: ['sh', '-c', script], output: 'list.txt', ...more } };
}

beforeEach(async () => {
  workspace = await LocalWorkspace.open({ sources: printing('seq 100000'), stores });
});

afterEach(() => workspace[Symbol.asyncDispose]());

async function generations(): Promise<string[]> {
  return generationsIn(workspace.path('disk')).catch(() => []);
}

describe('given a program that prints', () => {
  it.each(['zstd', 'none'])(
    'when its output is kept with %s, then a restore gives back every byte',
    async (compress) => {
      await workspace.write({ sources: printing('seq 100000', { compress }), stores });
      const { json } = await workspace.run(['backup', '--json']);
      expect(json.sources[0].detail).toMatchObject({ program: 'sh', bytes: 588_895 });
      expect(json.sources[0].files.bytes < 300_000).toBe(compress === 'zstd');
      expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
      const { json: restored } = await workspace.run([
        'restore',
        'list',
        '--in-place',
        '--no-safety',
        '--yes',
        '--json',
      ]);
      expect(restored).toMatchObject({ verdict: 'identical', inPlace: true, kept: null });
      expect((await readFile(workspace.path('list.txt'), 'utf8')).split('\n')).toHaveLength(100_001);
      expect(await workspace.run(['compare', 'list'])).toMatchObject({ status: 0 });
    },
  );

  it('when it prints something else later, then a comparison says so, and a restore keeps what was there', async () => {
    await workspace.run(['backup']);
    await workspace.write({ sources: printing('seq 99999'), stores });
    expect(await workspace.run(['compare', 'list'])).toMatchObject({
      status: 4,
      stdout: expect.stringMatching(/588895 bytes printed: it prints 588888/),
    });
    await writeFile(workspace.path('list.txt'), 'mine');
    const { json } = await workspace.run(['restore', 'list', '--in-place', '--no-safety', '--yes', '--json']);
    expect(await readFile(json.kept, 'utf8')).toBe('mine');
  });

  it('when it needs a secret, then it has it in its environment, and an argument is no shell’s affair', async () => {
    const command = ['printenv', 'TOKEN'];
    const environment = { TOKEN: 'env:LIST_TOKEN' };
    await workspace.write({ sources: printing('', { command, environment, compress: 'none' }), stores });
    await workspace.run(['backup'], { environment: { LIST_TOKEN: '$(id) *' } });
    expect(await filesHolding(workspace.path('disk'), '$(id) *')).toHaveLength(1);
  });
});

describe('given a program that does not do its work', () => {
  it.each([
    ['ends with a status', 'seq 100000; echo no such table >&2; exit 3', {}, /sh ended with status 3: no such table/],
    ['is killed half way', 'seq 100000; kill -9 $$', {}, /sh was ended by SIGKILL/],
    [
      'prints nothing and says that all is well',
      'exit 0',
      {},
      /sh printed 0 B, less than minSize: 1B\n {2}next: run it/,
    ],
    ['prints too little', 'echo few', { minSize: '1KB' }, /sh printed 4 B, less than minSize: 1KB/],
    ['does not come to its end', 'seq 10; sleep 60', { timeout: '1s' }, /sh did not end within 1 seconds/],
    ['is not there', '', { command: ['no-such-program'] }, /the program no-such-program is not installed/],
  ])(
    'when it %s, then the status is 6 and no half output becomes a generation',
    async (_what, script, more, message) => {
      await workspace.write({ sources: printing(script, more), stores });
      const { status, stderr } = await workspace.run(['backup']);
      expect(stderr).toMatch(message);
      expect(status).toBe(6);
      expect(await generations()).toEqual([]);
      expect(await filesHolding(workspace.path('disk', '.fukugen', 'partial'), '')).toEqual([]);
    },
  );

  it('when the run is stopped, then the program ends too', async () => {
    await workspace.write({ sources: printing('seq 10; exec sleep 60'), stores });
    const running = workspace.start(['backup']);
    await eventually(
      async () => (await processesOf(workspace.home)).map(({ commandLine }) => commandLine),
      (lines) => lines.some((line) => line.startsWith('sleep 60')),
    );
    process.kill(running.id, 'SIGINT');
    expect(await running.ended).toMatchObject({ status: 130 });
    expect(await processesOf(workspace.home)).toEqual([]);
    expect(await generations()).toEqual([]);
  });
});

describe('given a stored output that is damaged', () => {
  it('when it is restored, then it is refused, and nothing is left beside the original', async () => {
    await workspace.run(['backup']);
    const path = (await filesHolding(workspace.path('disk'), 'output.zst')).find((name) =>
      name.endsWith('.zst'),
    ) as string;
    const stored = workspace.path('disk', path);
    await chmod(stored, 0o600);
    await writeFile(stored, (await readFile(stored)).subarray(0, 1_000));
    const { status, stderr } = await workspace.run(['restore', 'list', '--in-place', '--no-safety', '--yes']);
    expect(stderr).toMatch(/the backup is damaged: output\.zst/);
    expect(status).toBe(4);
    expect((await readdir(workspace.home)).filter((name) => name.startsWith('list'))).toEqual([]);
  });
});
