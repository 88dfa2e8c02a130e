import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../helpers/local-processes.ts';
import { generationsIn, photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);

let workspace: LocalWorkspace;
let generation: string;

/** restic as a person types it who has lost this project. */
function restic(...args: string[]) {
  const environment = { RESTIC_REPOSITORY: workspace.path('repository'), RESTIC_PASSWORD: 'right' };
  return run('restic', args, { env: { ...workspace.environment, ...environment } });
}

beforeAll(async () => {
  workspace = await LocalWorkspace.open(
    {
      sources: { work: { kind: 'directory', path: 'work' } },
      stores: {
        disk: { kind: 'generations', path: 'disk' },
        offsite: { kind: 'restic', repository: 'repository', password: 'env:RESTIC' },
      },
    },
    { RESTIC: 'right' },
  );
  await mkdir(workspace.path('work'));
  for (const name of ['a', '日本語', 'new\nline']) await writeFile(workspace.path('work', name), name);
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a repository that is not there yet', () => {
  it('when a backup is taken, then the other store has it, and the way to make one is told', async () => {
    const { status, stdout } = await workspace.run(['backup']);
    expect(stdout).toMatch(/^ {2}stored in disk$/m);
    expect(stdout).toMatch(
      /FAILED in offsite: the store offsite has no restic repository yet, or it cannot be reached: .*\n {4}next: fukugen init offsite makes it/,
    );
    expect(status).toBe(5);
  });

  it('when it is made, then it is made once, and only the stores that need it are', async () => {
    expect(await workspace.run(['init', '--dry-run'])).toMatchObject({
      status: 0,
      stdout: 'offsite: would be made\ndisk: nothing to make\n',
    });
    expect(await readdir(workspace.home)).not.toContain('repository');
    expect(await workspace.run(['init'])).toMatchObject({ stdout: 'offsite: made\ndisk: nothing to make\n' });
    const { status, json } = await workspace.run(['init', 'offsite', '--json']);
    expect(json).toEqual({ made: [], there: ['offsite'], dryRun: false });
    expect(status).toBe(0);
  });
});

describe('given a repository', () => {
  it('when a backup is taken, then it is a snapshot with the generation’s own moment and name', async () => {
    const { status, json } = await workspace.run(['backup', '--json']);
    generation = json.generation;
    expect([status, json.stores]).toEqual([
      0,
      [
        { name: 'disk', stored: true },
        { name: 'offsite', stored: true },
      ],
    ]);
    const [snapshot] = JSON.parse((await restic('snapshots', '--json')).stdout);
    expect(snapshot.tags).toEqual(['fukugen', 'policy=tested', `generation=${generation}`, 'source=work', 'whole']);
    expect(generation.startsWith(new Date(snapshot.time).toISOString().slice(0, 19).replaceAll(':', '-'))).toBe(true);
    expect(snapshot.hostname).toBe(hostname());
  });

  it('when it is restored by hand with restic alone, then it is the generation, and sha256sum checks the whole chain', async () => {
    const target = workspace.path('by hand');
    await restic('restore', 'latest', '--target', target);
    const stored = await photograph(workspace.path('disk', generation));
    const content = (picture: string | undefined) => picture?.split(' ').at(-1);
    const byHand = await photograph(target);
    expect(Object.keys(byHand)).toEqual(Object.keys(stored));
    for (const [path, picture] of Object.entries(stored))
      expect([path, content(byHand[path])]).toEqual([path, content(picture)]);

    await run('sha256sum', ['-c', 'manifest.json.sha256'], { cwd: target });
    const manifest = JSON.parse(await readFile(`${target}/manifest.json`, 'utf8'));
    const list = 'sources/work/files.jsonl';
    await writeFile(`${target}/list.sha256`, `${manifest.sources[0].files.sha256}  ${list}\n`);
    await run('sha256sum', ['-c', 'list.sha256'], { cwd: target });
    const entries = (await readFile(`${target}/${list}`, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const files = entries.filter(({ type }) => type === 'file');
    expect(files).toHaveLength(3);
    // sha256sum writes a name with a newline or a backslash in its own way, so it reads the names from its arguments.
    for (const { path, sha256 } of files) {
      const { stdout } = await run('sha256sum', ['--', path], { cwd: `${target}/sources/work/data` });
      expect(stdout.replace(/^\\/, '').slice(0, 64)).toBe(sha256);
    }
    await run('chmod', ['-R', 'u+w', target]);
    await rm(target, { recursive: true });
  });

  it('when a source is lost and the disk too, then it comes back from restic', async () => {
    await rename(workspace.path('disk'), workspace.path('disk lost'));
    const before = await photograph(workspace.path('work'));
    await rm(workspace.path('work'), { recursive: true });
    expect(
      await workspace.run(['restore', 'work', '--store', 'offsite', '--in-place', '--no-safety', '--yes']),
    ).toMatchObject({ status: 0 });
    expect(await photograph(workspace.path('work'))).toEqual(before);
    await rename(workspace.path('disk lost'), workspace.path('disk'));
  });

  it('when a generation is asked for that it does not have, then that is said', async () => {
    const answer = await workspace.run(['verify', '--store', 'offsite', '--at', '2020-01-01T00-00-00-000Z']);
    expect(answer).toMatchObject({
      status: 5,
      stderr: 'fukugen: the store offsite has no generation 2020-01-01T00-00-00-000Z\n  next: fukugen list\n',
    });
  });

  it('when a pack in it is damaged, then verify says so', async () => {
    const [pack] = (
      await run('find', [workspace.path('repository', 'data'), '-type', 'f', '-size', '+0'])
    ).stdout.split('\n');
    const file = pack as string;
    const whole = await readFile(file);
    await chmod(file, 0o600);
    await writeFile(
      file,
      Buffer.concat([whole.subarray(0, 20), Buffer.from([(whole[20] as number) ^ 1]), whole.subarray(21)]),
    );
    const { status, stdout } = await workspace.run(['verify', '--store', 'offsite']);
    expect(stdout).toMatch(/^FAILED {2}offsite/m);
    expect(status).toBe(4);
    await writeFile(file, whole);
  });

  it('when a pack in it is gone, then verify says so without looking for it, and when it is back, all is well', async () => {
    const [pack] = (await run('find', [workspace.path('repository', 'data'), '-type', 'f'])).stdout.split('\n');
    await rename(pack as string, workspace.path('pack'));
    const { status, stdout } = await workspace.run(['verify', '--store', 'offsite']);
    expect(stdout).toMatch(/^FAILED {2}offsite .*pack \S+: does not exist/m);
    expect(status).toBe(4);
    await rename(workspace.path('pack'), pack as string);
    expect(await workspace.run(['verify', '--store', 'offsite'])).toMatchObject({ status: 0 });
  }, 120_000);
});

describe('given the wrong password', () => {
  it.each([
    ['backup'],
    ['list'],
    ['verify', '--store', 'offsite'],
    ['restore', 'work', '--store', 'offsite', '--in-place', '--no-safety', '--yes'],
    ['init'],
  ])(
    'when "fukugen %s" needs the repository, then one sentence says so, the status is 8 and nothing in it changes',
    async (...command) => {
      const before = await photograph(workspace.path('repository'));
      const { status, all } = await workspace.run(command, { environment: { RESTIC: 'wrong-password-0451' } });
      expect(all).toContain('the repository of the store offsite does not open with this password');
      expect(all).not.toMatch(/wrong-password-0451|defect|Fatal/);
      expect(status).toBe(8);
      expect(await photograph(workspace.path('repository'))).toEqual(before);
    },
  );
});

/** restic writes a lock under another name first. */
const isLock = /^[0-9a-f]{64}$/;

describe('given a lock in the repository', () => {
  async function lockedBy(through: readonly string[]): Promise<{ kill(): Promise<void> }> {
    const environment = { RESTIC_REPOSITORY: workspace.path('repository'), RESTIC_PASSWORD: 'right' };
    const child = spawn('env', [...through, 'restic', 'backup', '--stdin', '--tag', 'stranger'], {
      env: { ...workspace.environment, ...environment },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const isWritten = (names: string[]) => names.some((name) => isLock.test(name));
    await eventually(() => readdir(workspace.path('repository', 'locks')), isWritten);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    return {
      kill: () => {
        child.kill('SIGKILL');
        return ended;
      },
    };
  }

  it('when its process is at work, then verify waits for nobody and says so with status 9', async () => {
    const other = await lockedBy([]);
    expect(await workspace.run(['verify', '--store', 'offsite'])).toMatchObject({
      status: 9,
      stderr: expect.stringMatching(
        /^fukugen: the repository of the store offsite is locked by another restic\n {2}next: wait/,
      ),
    });
    // A backup needs no lock for itself alone.
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    await other.kill();
  });

  it('when its process was killed on this machine, then the next run needs no help', async () => {
    expect(await readdir(workspace.path('repository', 'locks'))).toHaveLength(1);
    expect(await workspace.run(['verify', '--store', 'offsite'])).toMatchObject({ status: 0 });
    expect(await readdir(workspace.path('repository', 'locks'))).toEqual([]);
  });

  it('when a killed check has left its own, which keeps everybody out, then a restore needs no help', async () => {
    const locks = async () =>
      (await readdir(workspace.path('repository', 'locks'))).filter((name) => isLock.test(name));
    const environment = { RESTIC_REPOSITORY: workspace.path('repository'), RESTIC_PASSWORD: 'right' };
    // For a fifth of a second after it has written its lock it looks whether somebody else did the same.
    while ((await locks()).length === 0) {
      const child = spawn('restic', ['check'], { env: { ...workspace.environment, ...environment }, stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      while (child.exitCode === null && (await locks()).length === 0) await setTimeout(5);
      child.kill('SIGKILL');
      await ended;
    }
    expect(await workspace.run(['restore', 'work', '--store', 'offsite'])).toMatchObject({ status: 0 });
    expect(await locks()).toEqual([]);
  });

  it('when it is of another machine, then it is left alone', async () => {
    const namespace = process.getuid?.() === 0 ? ['unshare', '-u'] : ['unshare', '-ru'];
    const other = await lockedBy([...namespace, 'sh', '-c', 'hostname elsewhere; exec "$@"', 'sh']);
    await other.kill();
    const locks = await readdir(workspace.path('repository', 'locks'));
    expect(await workspace.run(['verify', '--store', 'offsite'])).toMatchObject({ status: 9 });
    expect(await readdir(workspace.path('repository', 'locks'))).toEqual(locks);
    await restic('unlock', '--remove-all');
  });
});

describe('given a machine without a fitting restic', () => {
  it.each([
    ['none', '#!/bin/sh\nexit 127\n', /restic ended with status 127/],
    [
      'one that is too old',
      '#!/bin/sh\necho restic 0.13.1 compiled with go1.18\n',
      /restic 0\.13 is too old\n +next: install restic 0\.14/,
    ],
    ['one that says no version', '#!/bin/sh\necho hello\n', /this restic does not say its version: hello/],
  ])(
    'when there is %s, then that is said with status 5, and the other store is served',
    async (_what, script, message) => {
      await writeFile(workspace.path('bin', 'restic'), script, { mode: 0o755 });
      const before = (await generationsIn(workspace.path('disk'))).length;
      const { status, all } = await workspace.run(['backup']);
      expect(all).toMatch(message);
      expect(status).toBe(5);
      expect(await generationsIn(workspace.path('disk'))).toHaveLength(before + 1);
      await rm(workspace.path('bin', 'restic'));
    },
  );
});
