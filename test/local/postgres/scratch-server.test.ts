import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import pg from 'pg';
import { newestServer } from '../../../local/postgres/programs.ts';
import { startScratchServer } from '../../../local/postgres/scratch-server.ts';
import { commandLines, eventually, processesOf } from '../../helpers/local-processes.ts';

const module = resolve(import.meta.dirname, '../../../local/postgres/scratch-server.ts');

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fukugen-keeper-'));
  await chmod(home, 0o711);
});

afterAll(() => rm(home, { recursive: true }));

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A process that starts a server and tells its data folder; its own folder in PATH marks all that it starts. */
async function owner(): Promise<{ readonly id: number; readonly data: string }> {
  const script = `const { startScratchServer } = await import('${module}'); globalThis.server = await startScratchServer();
    console.log(globalThis.server.data); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: `${home}:${process.env.PATH ?? ''}`, TMPDIR: tmpdir() },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const data = await new Promise<string>((told) => child.stdout.once('data', (chunk) => told(String(chunk).trim())));
  return { id: child.pid as number, data };
}

describe('given a scratch server', () => {
  it.each([
    ['the process that asked for it', (id: number) => process.kill(id, 'SIGKILL')],
    ['its whole group', (id: number) => process.kill(-id, 'SIGKILL')],
  ])('when %s is killed, then neither a process nor a folder of it stays', async (_what, kill) => {
    const { id, data } = await owner();
    const running = await processesOf(home);
    expect(running.some(({ commandLine }) => commandLine.includes('keeper.ts'))).toBe(true);
    expect(running.some(({ commandLine }) => commandLine.includes('/postgres '))).toBe(true);
    expect(await exists(data)).toBe(true);
    kill(id);
    await eventually(
      () => processesOf(home),
      ({ length }) => length === 0,
    );
    await eventually(
      () => exists(dirname(data)),
      (there) => !there,
    );
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'when its keeper gets %s, then it ends and takes all away',
    async (signal) => {
      const server = await startScratchServer();
      const data = join(server.data, 'postmaster.pid');
      const postmaster = Number((await readFile(data, 'utf8')).split('\n')[0]);
      const keeper = Number(/^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${postmaster}/status`, 'utf8'))?.[1]);
      process.kill(keeper, signal);
      await eventually(
        () => exists(dirname(server.data)),
        (there) => !there,
      );
      await server.stop();
    },
  );

  it('when it is stopped, then its folder has gone by then', async () => {
    const server = await startScratchServer();
    await server.stop();
    expect(await exists(dirname(server.data))).toBe(false);
  });

  it('when it listens on the loopback interface, then it asks for the password, which no command line holds', async () => {
    const password = randomBytes(12).toString('hex');
    await using server = await startScratchServer({ listen: 'loopback', password });
    const wrong = new pg.Client({ ...server.connection('postgres'), password: 'another' });
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' });
    const client = new pg.Client(server.connection('postgres'));
    await client.connect();
    await client.end();
    expect((await commandLines()).filter((line) => line.includes(password))).toEqual([]);
    expect(await readdir(dirname(server.data))).not.toContain('pw');
    expect(await server.log()).toMatch(/password authentication failed/);
  });

  it.each([
    ["{ settings: { shared_buffers: 'a lot' } }", /did not start: .*invalid value for parameter "shared_buffers"/s],
    ["{ initArguments: ['--no-such-option'] }", /did not start: .*unrecognized option/s],
  ])('when it does not start with %s, then its own words are told and nothing stays', async (options, words) => {
    // A temporary folder of its own, which the server's account can reach: other tests start and stop servers in the machine's.
    const place = await mkdtemp(join(tmpdir(), 'fukugen-refused-'));
    await chmod(place, 0o711);
    const script = `const { startScratchServer } = await import('${module}');
      await startScratchServer(${options}).catch((error) => console.log(JSON.stringify(error), error.message))`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script], { env: { TMPDIR: place } });
    expect(stdout).toContain('"code":"store"');
    expect(stdout).toMatch(words);
    expect(await readdir(place)).toEqual([]);
    await rm(place, { recursive: true });
  });
});

/** A folder of programs that stand for those of a server, which its account can run and write beside. */
async function programsOf(scripts: Readonly<Record<string, (folder: string) => string>>): Promise<string> {
  const folder = await mkdtemp(join(home, 'programs-'));
  await chmod(folder, 0o777);
  for (const [name, script] of Object.entries(scripts))
    await writeFile(join(folder, name), `#!/bin/sh\n${script(folder)}\n`, { mode: 0o755, flag: 'wx' });
  return folder;
}

describe('given a port that another program takes before the server does', () => {
  it('when the server is started, then it has another port', async () => {
    const real = await newestServer();
    const bin = await programsOf({
      initdb: () => `exec ${real.bin}/initdb "$@"`,
      postgres: (folder) => `
if [ ! -e ${folder}/wanted ]; then
  printf '%s\\n' "$@" | sed -n 's/^port=//p' > ${folder}/told
  mv ${folder}/told ${folder}/wanted
  until [ -e ${folder}/taken ]; do sleep 0.05; done
fi
exec ${real.bin}/postgres "$@"`,
    });
    const starting = startScratchServer({ programs: { ...real, bin }, listen: 'loopback', password: 'of the scratch' });
    const wanted = await eventually(
      async () => Number(await readFile(join(bin, 'wanted'), 'utf8').catch(() => '')),
      (port) => port > 0,
    );
    const other = createServer().listen(wanted, '127.0.0.1');
    await once(other, 'listening');
    await writeFile(join(bin, 'taken'), '');
    await using scratch = await starting;
    expect(scratch.port).not.toBe(wanted);
    other.close();
  });
});

describe('given programs that are not those of a server', () => {
  it('when initdb cannot be run, then that is said and nothing stays', async () => {
    const bin = await programsOf({ initdb: () => 'echo "no room" >&2; exit 1' });
    await expect(startScratchServer({ programs: { major: 15, version: '15', bin } })).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/did not start: (no room|.*EACCES)/),
    });
  });
});
