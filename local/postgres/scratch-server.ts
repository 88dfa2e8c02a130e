import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';
import { FukugenError } from '../../core/errors.ts';
import { newestServer, type PostgresPrograms } from './programs.ts';

export interface ScratchServerOptions {
  /** @default - the newest server on this machine */
  readonly programs?: PostgresPrograms;
  /**
   * A socket in a private folder is reachable by this user alone; the loopback port asks for a password.
   * @default 'socket'
   */
  readonly listen?: 'socket' | 'loopback';
  /** Superuser's password; required for 'loopback'. */
  readonly password?: string;
  /** postgresql.conf settings, over the scratch-speed ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Passed to initdb, such as `--data-checksums`. */
  readonly initArguments?: readonly string[];
  /**
   * A data directory, of a base backup say, whose copy the server starts with. `password` is then that of its superuser.
   * @default - a new cluster
   */
  readonly copyOf?: string;
  /** Files to be put into the data directory before the server starts, such as `pg_hba.conf`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A PostgreSQL server of our own: started for one purpose, gone afterwards with all its data. */
export interface ScratchServer extends AsyncDisposable {
  readonly programs: PostgresPrograms;
  /** A folder (Unix socket) or 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  /** Superuser. */
  readonly user: string;
  /** The data directory, for tests that damage it. */
  readonly data: string;
  /** Postmaster's log so far. */
  log(): Promise<string>;
  /** Connection settings for the `pg` package. */
  connection(database: string): pg.ClientConfig;
  stop(): Promise<void>;
}

/** Nothing here has to survive a crash, so nothing waits for the disk. https://www.postgresql.org/docs/current/non-durability.html */
const scratchSpeed = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  autovacuum: 'off',
  jit: 'off',
  shared_buffers: '128MB',
  maintenance_work_mem: '256MB',
  max_connections: '40',
  logging_collector: 'off',
} as const;

const readySeconds = 60;
const portAttempts = 3;

/**
 * Starts a PostgreSQL server with its data in a temporary folder and waits until it answers.
 *
 * @throws FukugenError `missing` without server programs, `store` when it does not start
 */
export async function startScratchServer(options: ScratchServerOptions = {}): Promise<ScratchServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(options);
    } catch (error) {
      // Between the choice of a free port and its use another program may take it.
      const isTaken = options.listen === 'loopback' && /Address already in use/.test((error as Error).message);
      if (!isTaken || attempt === portAttempts) throw error;
    }
  }
}

async function start(options: ScratchServerOptions): Promise<ScratchServer> {
  const programs = options.programs ?? (await newestServer());
  // PostgreSQL refuses to run as root, so root hands everything to the account that the packages make.
  const account = process.getuid?.() === 0 ? await postgresAccount() : undefined;
  const folder = await mkdtemp(join(await reachableFolder(account), 'fukugen-pg-'));
  const data = join(folder, 'data');
  const listen = options.listen ?? 'socket';
  try {
    if (account) await chown(folder, account.uid, account.gid);
    if (options.copyOf !== undefined) await copyCluster(options.copyOf, data, account);
    else await makeCluster(programs, folder, data, account, options);
    for (const [name, content] of Object.entries(options.files ?? {})) {
      const file = join(data, name);
      await writeFile(file, content, { mode: 0o600 });
      if (account) await chown(file, account.uid, account.gid);
    }
    const port = listen === 'loopback' ? await freePort() : 5432;
    const settings = {
      ...scratchSpeed,
      listen_addresses: listen === 'loopback' ? '127.0.0.1' : '',
      unix_socket_directories: folder,
      port: String(port),
      ...options.settings,
    };
    const keeper = startKeeper(folder, account, join(programs.bin, 'postgres'), data, settings);
    const server = new RunningServer(
      programs,
      listen === 'loopback' ? '127.0.0.1' : folder,
      port,
      data,
      options.password,
      keeper,
    );
    await server.ready();
    return server;
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    if (cause instanceof FukugenError) throw cause;
    const reason = (cause as { stderr?: string }).stderr || (cause as Error).message;
    throw new FukugenError('store', `a scratch PostgreSQL ${programs.major} did not start: ${reason}`, { cause });
  }
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

async function makeCluster(
  programs: PostgresPrograms,
  folder: string,
  data: string,
  account: Account | undefined,
  options: ScratchServerOptions,
): Promise<void> {
  await mkdir(data, { mode: 0o700 });
  const passwordFile = join(folder, 'pw');
  if (options.password) await writeFile(passwordFile, options.password, { mode: 0o600 });
  if (account)
    for (const path of [data, ...(options.password ? [passwordFile] : [])]) await chown(path, account.uid, account.gid);
  const authentication = options.password ? ['--auth=scram-sha-256', `--pwfile=${passwordFile}`] : ['--auth=trust'];
  const flags = ['-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', ...authentication];
  await execa(join(programs.bin, 'initdb'), ['-D', data, ...flags, ...(options.initArguments ?? [])], {
    ...account,
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
    extendEnv: false,
  });
  await rm(passwordFile, { force: true });
}

async function copyCluster(from: string, data: string, account: Account | undefined): Promise<void> {
  // The program and not Node: it copies thousands of small files several times as fast.
  await execa('cp', ['-a', from, data]);
  if (account) await execa('chown', ['-R', `${account.uid}:${account.gid}`, data]);
  await chmod(data, 0o700);
}

function startKeeper(
  folder: string,
  account: Account | undefined,
  program: string,
  data: string,
  settings: Readonly<Record<string, string>>,
): { readonly process: ChildProcess; readonly output: () => string } {
  const keeper = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('keeper.ts', import.meta.url)),
      folder,
      String(account?.uid ?? -1),
      String(account?.gid ?? -1),
      program,
      '-D',
      data,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // A group of its own, so that a Ctrl-C meant for us does not take the server away before we have finished with it.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: { PATH: process.env.PATH ?? '' } },
  );
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-100_000);
  };
  keeper.stdout.on('data', keep);
  keeper.stderr.on('data', keep);
  return { process: keeper, output: () => output };
}

class RunningServer implements ScratchServer {
  readonly programs: PostgresPrograms;
  readonly host: string;
  readonly port: number;
  readonly user = 'postgres';
  readonly data: string;
  private readonly password: string | undefined;
  private readonly keeper: ReturnType<typeof startKeeper>;
  private readonly exited: Promise<unknown>;

  constructor(
    programs: PostgresPrograms,
    host: string,
    port: number,
    data: string,
    password: string | undefined,
    keeper: ReturnType<typeof startKeeper>,
  ) {
    this.programs = programs;
    this.host = host;
    this.port = port;
    this.data = data;
    this.password = password;
    this.keeper = keeper;
    this.exited = new Promise((resolve) => keeper.process.once('exit', resolve));
  }

  connection(database: string): pg.ClientConfig {
    const base = { host: this.host, port: this.port, user: this.user, database };
    return this.password === undefined ? base : { ...base, password: this.password };
  }

  async log(): Promise<string> {
    return this.keeper.output();
  }

  async ready(): Promise<void> {
    const deadline = Date.now() + readySeconds * 1_000;
    for (;;) {
      if (this.keeper.process.exitCode !== null) throw new Error(this.keeper.output());
      const client = new pg.Client(this.connection('postgres'));
      // A server that goes away ends its idle clients with an error event; unheard, that would end this process too.
      client.on('error', () => {});
      try {
        // Whoever has taken the port may listen and say nothing for ever; the server has ended then.
        const isThere = await Promise.race([client.connect().then(() => true), this.exited.then(() => false)]);
        const ended = client.end();
        if (!isThere) throw new Error(this.keeper.output());
        await ended;
        return;
      } catch (cause) {
        if (Date.now() > deadline) {
          await this.stop();
          throw new Error(`no answer within ${readySeconds} seconds\n${this.keeper.output()}`, { cause });
        }
        await sleep(50);
      }
    }
  }

  async stop(): Promise<void> {
    this.keeper.process.stdin?.end();
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/**
 * Socket paths end at about 100 bytes, which macOS's own temporary folder nearly uses up,
 * and another account cannot reach a temporary folder that is root's alone.
 */
async function reachableFolder(account: Account | undefined): Promise<string> {
  const usual = tmpdir();
  if (usual.length > 60) return '/tmp';
  if (!account) return usual;
  for (let folder = usual; folder !== '/'; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return '/tmp';
  }
  return usual;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function postgresAccount(): Promise<Account> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) {
    throw new FukugenError(
      'missing',
      'PostgreSQL does not run as root, and there is no postgres account to run it as',
      {
        next: 'install postgresql, whose package makes the account, or run as another user',
      },
    );
  }
  return { uid: Number(uid), gid: Number(gid) };
}
