import { describe, expect, it } from '@jest/globals';
import { runProgram } from '../../../local/system/run-program.ts';
import { markSecret } from '../../../local/system/secrets.ts';

const shell = (script: string, options = {}) => runProgram('sh', ['-c', script], options);

describe('given a program', () => {
  it('when it succeeds, then both of its outputs are there', async () => {
    expect(await shell('echo out; echo err >&2')).toEqual({ status: 0, stdout: 'out', stderr: 'err' });
  });

  it('when it fails, then its last five lines are quoted, without secrets, under the given code', async () => {
    markSecret('run-program-secret');
    const failing = shell('for i in 1 2 3 4 5 6; do echo "line $i run-program-secret" >&2; done; exit 7', {
      code: 'store',
    });
    await expect(failing).rejects.toMatchObject({
      code: 'store',
      message: `sh ended with status 7: ${[2, 3, 4, 5, 6].map((line) => `line ${line} [secret]`).join('\n')}`,
    });
  });

  it('when it fails without a word, then its status is told', async () => {
    await expect(shell('exit 7')).rejects.toMatchObject({ code: 'source', message: 'sh ended with status 7' });
  });

  it('when its status is expected, then it is handed back', async () => {
    expect(await shell('exit 7', { accept: [0, 7] })).toMatchObject({ status: 7 });
  });

  it('when a signal ends it, then the signal is named', async () => {
    await expect(shell('kill -KILL $$')).rejects.toMatchObject({ message: 'sh was ended by SIGKILL' });
  });

  it('when it is not installed, then that is said', async () => {
    await expect(runProgram('/nowhere/pg_dump', [], { code: 'missing' })).rejects.toMatchObject({
      code: 'missing',
      message: 'the program pg_dump is not installed',
    });
  });

  it('when it is stopped, then it ends, and the run was cancelled', async () => {
    const stop = new AbortController();
    const running = runProgram('sleep', ['60'], { signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled', message: 'stopped on request' });
  });

  it('then it is told the way to its files and none of our secrets', async () => {
    process.env.PGPASSWORD = 'inherited by nobody';
    process.env.AWS_CA_BUNDLE = '/nowhere';
    const { stdout } = await runProgram('env', [], { environment: { RESTIC_REPOSITORY: '/here' } });
    expect(stdout).toMatch(/^PATH=/m);
    expect(stdout).toMatch(/^RESTIC_REPOSITORY=\/here$/m);
    expect(stdout).not.toMatch(/PGPASSWORD|AWS_CA_BUNDLE|NODE_OPTIONS/);
  });

  it('then no shell reads its arguments', async () => {
    expect(await runProgram('echo', ['$(id)', '; id', '*'])).toMatchObject({ stdout: '$(id) ; id *' });
  });

  it('when somebody listens to its lines, then each comes as it is printed', async () => {
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line) === 1;
    // What it takes is not kept.
    expect(await shell('echo one; echo two; echo three >&2', { onLine })).toMatchObject({
      stdout: 'two',
      stderr: 'three',
    });
    expect(lines).toEqual(['one', 'two']);
  });

  it('when somebody listens to its complaints and it fails, then what was progress is none of its last words', async () => {
    const onLine = (line: string) => line.startsWith('progress');
    const failing = shell('echo out; echo progress 1 >&2; echo broken >&2; echo progress 2 >&2; exit 7', {
      onLine,
      linesFrom: 'stderr',
    });
    await expect(failing).rejects.toMatchObject({ message: 'sh ended with status 7: broken' });
  });
});
