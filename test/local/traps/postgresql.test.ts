import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientFor } from '../../../local/postgres/programs.ts';
import { eventually } from '../../helpers/local-processes.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);

let server: LocalServer;
let workspace: LocalWorkspace;

/** The tools as in most people's scripts, which may fail; standard output apart. */
async function plain(program: string, ...args: string[]): Promise<number> {
  const { bin } = await clientFor(0);
  return run(join(bin, program), args, { cwd: workspace.home, env: await environment() }).then(
    () => 0,
    ({ code }: { readonly code: number }) => code,
  );
}

async function environment() {
  const { host, port, user } = server.scratch;
  const { bin } = await clientFor(0);
  const path = `${bin}:${process.env.PATH}`;
  return { PATH: path, PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: server.password };
}

const rowsIn = async (database: string) => (await server.query(database, 'SELECT count(*)::int AS n FROM goods'))[0].n;

/** The rows of the only table, as a generation of fukugen's holds them. */
async function segment(place: number): Promise<string> {
  const [generation] = (await generationsIn(workspace.path('disk'))).slice(place);
  const data = workspace.path('disk', generation as string, 'sources', 'shop', 'data', 'dump');
  const found = (await readdir(data, { recursive: true })).filter((name) => name.endsWith('.zst'));
  const sizes = await Promise.all(found.map(async (name) => ({ name, size: (await stat(join(data, name))).size })));
  return join(data, sizes.sort((a, b) => b.size - a.size)[0]?.name as string);
}

/** What a person finds who damages a generation, lets fukugen look at it, and mends it. */
async function verifiedWith(damage: (file: string) => Promise<void>): Promise<number> {
  const file = await segment(-1);
  const whole = await readFile(file);
  await chmod(file, 0o600);
  await damage(file);
  const { status } = await workspace.run(['verify']);
  await writeFile(file, whole);
  return status;
}

beforeAll(async () => {
  server = await startLocalServer();
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url('shop') },
  );
  // Without a key, as logs are: nothing stops the same rows from coming twice.
  await server.create(
    'shop',
    `CREATE TABLE goods (name text); INSERT INTO goods SELECT 'marmalade ' || md5(g::text) FROM generate_series(1, 2000) g`,
  );
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  expect(await plain('pg_dump', '--format=custom', '--file=shop.dump', 'shop')).toBe(0);
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('the trap of pg_restore --list, which is no check', () => {
  it('when a dump is cut in half, then it lists all the same; fukugen notices, though the tables exist in the live database', async () => {
    await writeFile(workspace.path('cut.dump'), await readFile(workspace.path('shop.dump')));
    await truncate(workspace.path('cut.dump'), Math.floor((await stat(workspace.path('cut.dump'))).size / 2));
    expect(await plain('pg_restore', '--list', 'cut.dump')).toBe(0);
    expect(await plain('pg_restore', '--file=/dev/null', 'cut.dump')).not.toBe(0);
    const cut = (file: string) => stat(file).then(({ size }) => truncate(file, Math.floor(size / 2)));
    expect(await verifiedWith(cut)).toBe(4);
  });

  it('when a letter of a row rots in an uncompressed dump, then even reading all of it says nothing; fukugen notices, also in a valid file', async () => {
    await plain('pg_dump', '--format=custom', '--compress=0', '--file=raw.dump', 'shop');
    const raw = (await readFile(workspace.path('raw.dump'))).toString('latin1').replace('marmalade', 'marmelade');
    await writeFile(workspace.path('raw.dump'), raw, 'latin1');
    expect(await plain('pg_restore', '--file=/dev/null', 'raw.dump')).toBe(0);
    const rot = async (file: string) => {
      const rows = zstdDecompressSync(await readFile(file)).toString('latin1');
      await writeFile(file, zstdCompressSync(Buffer.from(rows.replace('marmalade', 'marmelade'), 'latin1')));
    };
    expect(await verifiedWith(rot)).toBe(4);
    expect(await verifiedWith(async () => {})).toBe(0);
  });
});

describe('the trap of pg_restore --create, which ignores the name of the scratch database', () => {
  it('when the original is still there, then its rows are there twice and scratch is empty; fukugen restores beside it', async () => {
    await server.create(
      'victim',
      'CREATE TABLE goods (name text); INSERT INTO goods SELECT g::text FROM generate_series(1, 10) g',
    );
    await plain('pg_dump', '--format=custom', '--file=victim.dump', 'victim');
    await server.create('scratch');
    await plain('pg_restore', '--create', '--dbname=scratch', 'victim.dump');
    expect(await rowsIn('victim')).toBe(20);
    await expect(rowsIn('scratch')).rejects.toThrow(/relation "goods" does not exist/);

    const before = await server.names();
    const { status, json } = await workspace.run(['restore', 'shop', '--json']);
    expect(status).toBe(0);
    expect(before).not.toContain(json.beside);
    expect([await rowsIn('shop'), await rowsIn(json.beside)]).toEqual([2_000, 2_000]);
    await server.query('postgres', `DROP DATABASE ${json.beside}`);
  });
});

describe('the trap of a pipe, whose end alone is asked how it went', () => {
  it('when a database that is not there is dumped into gzip, then the status is 0 and a file is left; fukugen leaves none', async () => {
    await run('sh', ['-c', 'pg_dump nowhere | gzip > nowhere.gz'], { cwd: workspace.home, env: await environment() });
    expect((await stat(workspace.path('nowhere.gz'))).size).toBeLessThan(30);
    const before = await readdir(workspace.path('disk'));
    const answer = await workspace.run(['backup'], { environment: { SHOP_URL: server.url('nowhere') } });
    expect(answer.status).toBe(5);
    expect(await readdir(workspace.path('disk'))).toEqual(before);
  });
});

describe('the trap of dumps that are never the same file twice', () => {
  it('when nothing has changed, then two dumps differ; fukugen compares rows, and stores them once', async () => {
    const first = await readFile(workspace.path('shop.dump'));
    // The time in it has seconds.
    const isAnother = async () => {
      await plain('pg_dump', '--format=custom', '--file=again.dump', 'shop');
      return !(await readFile(workspace.path('again.dump'))).equals(first);
    };
    expect(await eventually(isAnother, (another) => another, 60)).toBe(true);
    expect(await workspace.run(['compare', 'shop'])).toMatchObject({ status: 0 });
    await workspace.run(['backup']);
    expect((await stat(await segment(-1))).ino).toBe((await stat(await segment(-2))).ino);
  });
});
