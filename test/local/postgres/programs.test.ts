import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientFor, newestServer, programsIn, serverFor } from '../../../local/postgres/programs.ts';
import { embeddedPostgres } from '../../helpers/embedded-postgres.ts';
import { startLocalServer } from '../../helpers/local-server.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);
const module = resolve(import.meta.dirname, '../../../local/postgres/programs.ts');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-programs-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('given the PostgreSQL of this machine', () => {
  it('then a client of the server’s own major is taken, or the nearest newer one', async () => {
    const newest = await newestServer();
    expect((await clientFor(newest.major)).major).toBe(newest.major);
    expect((await clientFor(9)).major).toBeGreaterThanOrEqual(9);
    expect((await serverFor(newest.major)).bin).toBe(newest.bin);
  });

  it('when every one is older than the server, then that is said with what to install', async () => {
    await expect(clientFor(99)).rejects.toMatchObject({
      code: 'missing',
      message: expect.stringMatching(
        /^the PostgreSQL client programs here are of major [\d, ]+, older than the server, which is 99$/,
      ),
      next: expect.stringMatching(/^install postgresql-client-99 \(Debian, Ubuntu\)/),
    });
    await expect(serverFor(99)).rejects.toMatchObject({
      code: 'missing',
      message: expect.stringMatching(
        /^the PostgreSQL server programs here are of major [\d, ]+, older than the server, which is 99$/,
      ),
    });
  });

  it('when there is none at all, then that is said', async () => {
    const namespace = process.getuid?.() === 0 ? '-m' : '-rm';
    const script = `const { clientFor } = await import('${module}');
      await clientFor(15).catch((error) => console.log(error.code, error.message, error.next))`;
    const hidden = `mount --bind "$0" /usr/lib/postgresql && PATH=/nowhere exec "$@"`;
    const node = [process.execPath, '--input-type=module', '-e', script];
    const { stdout } = await run('unshare', [namespace, 'sh', '-c', hidden, folder, ...node], {
      env: { PATH: process.env.PATH },
    });
    expect(stdout).toBe(
      'missing no PostgreSQL client programs are installed here install postgresql-client-15 (Debian, Ubuntu) or postgresql@17 (Homebrew)\n',
    );
  });
});

describe('given a folder', () => {
  it.each([
    ['a version', 'echo "pg_dump (PostgreSQL) 16.2 (Debian 16.2-1)"', { major: 16, version: '16.2 (Debian 16.2-1)' }],
    ['a version that is not out yet', 'echo "pg_dump (PostgreSQL) 19devel"', { major: 19, version: '19devel' }],
    ['nothing that is a version', 'echo hello', undefined],
    ['a failure', 'exit 1', undefined],
  ])('when a program in it prints %s, then it is read as such', async (_what, script, expected) => {
    await writeFile(join(folder, 'pg_dump'), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, 'pg_dump'), 0o755);
    expect(await programsIn(folder, 'pg_dump')).toEqual(expected && { ...expected, bin: folder });
    await rm(join(folder, 'pg_dump'));
  });

  it('when the program is not in it, or is a folder, then it is none', async () => {
    expect(await programsIn(folder, 'initdb')).toBeUndefined();
    await mkdir(join(folder, 'initdb'));
    expect(await programsIn(folder, 'initdb')).toBeUndefined();
    await rm(join(folder, 'initdb'), { recursive: true });
  });
});

describe('given servers of other majors', () => {
  it('when the server is newer than every client here, then the backup says so with status 5 and leaves no generation', async () => {
    await using embedded = await embeddedPostgres(18);
    await using server = await startLocalServer({ programs: embedded.programs });
    await using workspace = await LocalWorkspace.open(
      {
        sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' } },
        stores: { disk: { kind: 'generations', path: 'disk' } },
      },
      { SHOP_URL: server.url('postgres') },
    );
    const { status, all } = await workspace.run(['backup']);
    expect(all).toMatch(
      /^\nfukugen: the PostgreSQL client programs here are of major [\d, ]+, older than the server, which is 18\n/,
    );
    expect(status).toBe(5);
    expect((await workspace.run(['list', '--json'])).json).toEqual({ generations: [], unavailable: [] });
  });

  it('when the server is older, then its backup is proven in the nearest newer server, and restored into its own', async () => {
    await using embedded = await embeddedPostgres(13);
    await using server = await startLocalServer({ programs: embedded.programs });
    await server.create(
      'shop',
      `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 1000) g`,
    );
    await using workspace = await LocalWorkspace.open(
      {
        sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' } },
        stores: { disk: { kind: 'generations', path: 'disk' } },
      },
      { SHOP_URL: server.url('shop') },
    );
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0, all: '\n' });
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0, all: '\n' });
    await server.query('postgres', 'DROP DATABASE shop');
    const { status, json } = await workspace.run(['restore', 'shop', '--in-place', '--no-safety', '--yes', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true });
    expect(status).toBe(0);
  });
});
