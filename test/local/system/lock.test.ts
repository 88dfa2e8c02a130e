import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acquireLock } from '../../../local/system/lock.ts';
import { mountSmallDisk } from '../../helpers/local-small-disk.ts';

const module = resolve(import.meta.dirname, '../../../local/system/lock.ts');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-lock-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Another process that holds the lock until it is killed. */
async function holder(): Promise<{ readonly id: number; kill(): Promise<void> }> {
  const script = `const { acquireLock } = await import('${module}'); const lock = await acquireLock('${folder}', 'a test');
    console.log('held'); setInterval(() => lock, 1000)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((held) => child.stdout.once('data', held));
  const ended = new Promise<void>((end) => child.once('exit', () => end()));
  return {
    id: child.pid as number,
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

describe('given a lock', () => {
  it('when another process holds it, then it is refused, and the owner is named', async () => {
    const other = await holder();
    await expect(acquireLock(folder, 'backup')).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringMatching(
        new RegExp(`^another run is at work here: a test, process ${other.id} on ${hostname()}, since 20`),
      ),
      next: expect.stringContaining('wait for it to end'),
    });
    await other.kill();
  });

  it('when its owner was killed, then it is free at once', async () => {
    const other = await holder();
    await other.kill();
    await using lock = await acquireLock(folder, 'backup');
    expect(lock.release).toBeDefined();
  });

  it('when it was released, then it is free, and nobody is named as its owner', async () => {
    await (await acquireLock(folder, 'backup')).release();
    expect(await readdir(folder)).toEqual(['lock']);
    await (await acquireLock(folder, 'backup')).release();
  });

  it('when the owner’s file cannot be read, then the refusal says so', async () => {
    const other = await holder();
    await writeFile(join(folder, 'owner.json'), 'half a');
    await expect(acquireLock(folder, 'backup')).rejects.toThrow('another run is at work here: its name is not known');
    await other.kill();
  });

  it('when the folder cannot be made, then the store is to blame', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(acquireLock(join(folder, 'file', 'inside'), 'backup')).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/inside cannot be written: ENOTDIR/),
    });
  });

  it('when the lock file is something else, then that is said', async () => {
    await writeFile(join(folder, 'lock'), 'this is no lock '.repeat(1_000));
    await expect(acquireLock(folder, 'backup')).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/cannot be locked: file is not a database/),
    });
  });

  it('when the disk is full, then that is said, and what to do', async () => {
    await using small = await mountSmallDisk(folder, folder, 'size=16k');
    const script = `const { acquireLock } = await import('${module}');
      await acquireLock('${folder}/locks', 'restore').catch(({ code, message, next }) => console.log(JSON.stringify({ code, message, next })))`;
    const fill = 'head -c 1000000 /dev/zero > filling 2> /dev/null; exec "$0" --input-type=module -e "$1"';
    const [program = '', ...args] = [...small.through, 'sh', '-c', fill, process.execPath, script];
    const { stdout } = await promisify(execFile)(program, args);
    expect(JSON.parse(stdout)).toEqual({
      code: 'store',
      message: `${folder}/locks cannot be written: the disk is full`,
      next: 'free some space and run again; nothing was changed',
    });
  });

  it('when eight processes want it at once, then exactly one gets it', async () => {
    const script = `const { acquireLock } = await import('${module}');
      try { globalThis.lock = await acquireLock('${folder}', 'a race'); console.log('got it'); }
      catch (error) { console.log(error.code); }
      process.stdin.resume();`;
    const racers = Array.from({ length: 8 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], {
        env: { PATH: process.env.PATH ?? '' },
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const answers = await Promise.all(racers.map(async ({ stdout }) => String(await once(stdout, 'data')).trim()));
    // Each lives until its input ends: nobody has let go before all have tried.
    const ended = racers.map((racer) => once(racer, 'exit'));
    for (const { stdin } of racers) stdin.end();
    await Promise.all(ended);
    expect(answers.sort()).toEqual(['got it', ...Array.from({ length: 7 }, () => 'locked')]);
  });
});
