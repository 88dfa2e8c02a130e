import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../../local/system/temporary-folder.ts';

const module = resolve(import.meta.dirname, '../../../local/system/temporary-folder.ts');

let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'fukugen-places-'));
});

afterEach(() => rm(place, { recursive: true }));

/** Another process with such a folder, and a sealed one in it. */
async function holder(): Promise<{ kill(): Promise<void> }> {
  const script = `const { temporaryFolder } = await import('${module}'); globalThis.kept = await temporaryFolder('a test', '${place}');
    console.log('made'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((made) => child.stdout.once('data', made));
  const ended = new Promise<void>((end) => child.once('exit', () => end()));
  return {
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

describe('given a temporary folder', () => {
  it('then it is empty and private, and it is gone with all that is in it at the end', async () => {
    const folder = await temporaryFolder('a test', place);
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    expect(await readdir(folder.path)).toEqual([]);
    await mkdir(join(folder.path, 'sealed'));
    await writeFile(join(folder.path, 'sealed', 'file'), 'x');
    await chmod(join(folder.path, 'sealed'), 0o500);
    await folder[Symbol.asyncDispose]();
    expect(await readdir(place)).toEqual([]);
  });

  it('when its process lives, then another run leaves it alone; when it was killed, then the next run takes it away', async () => {
    const other = await holder();
    await using mine = await temporaryFolder('a test', place);
    expect(await readdir(place)).toHaveLength(2);
    await other.kill();
    await using next = await temporaryFolder('a test', place);
    expect(await readdir(place)).toHaveLength(2);
    expect([await readdir(mine.path), await readdir(next.path)]).toEqual([[], []]);
  });

  it('when ten are made at once, then all of them are there', async () => {
    const folders = await Promise.all(Array.from({ length: 10 }, () => temporaryFolder('a test', place)));
    for (const { path } of folders) expect(await readdir(path)).toEqual([]);
    for (const folder of folders) await folder[Symbol.asyncDispose]();
    expect(await readdir(place)).toEqual([]);
  });

  it('when there is no place for it, then that is said', async () => {
    await expect(temporaryFolder('a test', join(place, 'nowhere'))).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/nowhere cannot be written: ENOENT/),
    });
  });
});
