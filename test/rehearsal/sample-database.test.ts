import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import pg from 'pg';
import { clientFor } from '../../local/postgres/programs.ts';
import { type ScratchServer, startScratchServer } from '../../local/postgres/scratch-server.ts';
import { buildSampleDatabase } from '../../rehearsal/sample-database.ts';

const small = { bytes: 14_000_000 };
let server: ScratchServer;

beforeAll(async () => {
  server = await startScratchServer();
  await buildSampleDatabase(server, 'first', small);
});

afterAll(() => server.stop());

async function query<T extends pg.QueryResultRow>(database: string, sql: string): Promise<T[]> {
  const client = new pg.Client(server.connection(database));
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Per table, view of sales and large objects: a hash that does not depend on the order of rows. */
async function contents(database: string): Promise<Record<string, string>> {
  const tables = await query<{ name: string }>(
    database,
    `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relkind IN ('r', 'm')
     AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)' ORDER BY 1`,
  );
  const sources = [
    ...tables.map(({ name }) => ({ name, from: `ONLY ${name} t`, row: 't::text' })),
    { name: 'large objects', from: 'pg_largeobject t', row: 'loid || data::text' },
    { name: 'sequences', from: 'pg_sequences t', row: 't::text' },
  ];
  const hashes: Record<string, string> = {};
  for (const { name, from, row } of sources) {
    const [hash] = await query<{ hash: string }>(
      database,
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(${row}), '' ORDER BY md5(${row}))), '') AS hash FROM ${from}`,
    );
    hashes[name] = hash?.hash as string;
  }
  return hashes;
}

describe('given a sample database', () => {
  it('when another is built of the same seed, then every table has the same content', async () => {
    await buildSampleDatabase(server, 'second', small);
    expect(await contents('second')).toEqual(await contents('first'));
  });

  it('when another is built of another seed, then its users are others', async () => {
    await buildSampleDatabase(server, 'third', { ...small, seed: 2 });
    expect((await contents('third'))['shop.users']).not.toBe((await contents('first'))['shop.users']);
  });

  it('when it is dumped and restored, then every table has the same content', async () => {
    const { bin } = await clientFor(server.programs.major);
    const folder = await mkdtemp(join(tmpdir(), 'sample-dump-'));
    const where = ['--host', server.host, '--port', String(server.port), '--username', server.user];
    await query('postgres', 'CREATE DATABASE restored');
    // Databases remember their own time zone; without it, the text of a moment is another.
    await query('postgres', `ALTER DATABASE restored SET timezone TO 'Asia/Tokyo'`);
    await execa(join(bin, 'pg_dump'), [...where, '-Fd', '--file', join(folder, 'dump'), 'first']);
    const restored = await execa(join(bin, 'pg_restore'), [
      ...where,
      '--exit-on-error',
      '--dbname=restored',
      join(folder, 'dump'),
    ]);
    await rm(folder, { recursive: true });
    expect(restored.stderr).toBe('');
    expect(await contents('restored')).toEqual(await contents('first'));
  });

  it('when 100 MB are asked for, then it is of that size within a factor of 1.5', async () => {
    await buildSampleDatabase(server, 'large', { bytes: 100_000_000 });
    const [size] = await query<{ bytes: string }>('postgres', `SELECT pg_database_size('large') AS bytes`);
    await query('postgres', 'DROP DATABASE large');
    expect(Math.abs(Math.log(Number(size?.bytes) / 100_000_000))).toBeLessThan(Math.log(1.5));
  });

  it('when its rows are counted, then the count is the one that was reported', async () => {
    const reported = await buildSampleDatabase(server, 'counted', small);
    const counts = Object.entries(await contents('counted')).filter(
      ([name]) => !['large objects', 'sequences', 'analytics.daily_sales'].includes(name),
    );
    const rows = counts.reduce((sum, [, hash]) => sum + Number.parseInt(hash, 10), 0);
    expect(reported).toEqual({ rows, tables: counts.length });
  });
});

describe('given a server', () => {
  it('when a sample smaller than an empty one is asked for, then it is refused', async () => {
    await expect(buildSampleDatabase(server, 'tiny', { bytes: 1_000 })).rejects.toMatchObject({ code: 'usage' });
  });

  it('when the database is there already, then it is refused and left alone', async () => {
    await expect(buildSampleDatabase(server, 'first', small)).rejects.toThrow('already exists');
  });
});
