import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { FukugenError } from '../core/errors.ts';
import type { ScratchServer } from '../local/postgres/scratch-server.ts';

export interface SampleDatabaseOptions {
  /**
   * How large `pg_database_size` says it is afterwards, within a factor of 1.5.
   * @default 60_000_000, which is about 180,000 rows
   */
  readonly bytes?: number;
  /**
   * Another number gives other content of the same shape; the same number the same content on every server; only PostgreSQL 13 lacks a multirange.
   * @default 1
   */
  readonly seed?: number;
}

/** Measured on PostgreSQL 15: what an empty database and the schema take, and what a scale of 1 adds. */
const emptyBytes = 11_500_000;
const bytesPerScale = 62_000_000;

/**
 * Creates a database like that of a small Japanese shop: forty-odd tables, half of every trap that a backup can fall into,
 * a dump that gzip makes about three times smaller (3.3 measured). Also creates the roles `hoshizora_app` and `hoshizora_reporting` on the server.
 *
 * @returns rows of all tables together, and how many tables hold rows: partitions count, the tables they belong to do not
 * @throws FukugenError `usage` when so few bytes cannot be, `store` when the server refuses
 */
export async function buildSampleDatabase(
  server: Pick<ScratchServer, 'connection'>,
  name: string,
  options: SampleDatabaseOptions = {},
): Promise<{ readonly rows: number; readonly tables: number }> {
  const { bytes = 60_000_000, seed = 1 } = options;
  if (bytes <= emptyBytes) {
    throw new FukugenError(
      'usage',
      `a sample database is larger than ${emptyBytes} bytes even when empty; got ${bytes}`,
    );
  }
  try {
    await connected(server.connection('postgres'), (client) =>
      client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`),
    );
    return await connected(server.connection(name), async (client) => {
      // One transaction: with wal_level=minimal, what fills a table made in the same transaction writes no log.
      await client.query(`BEGIN; SET LOCAL client_min_messages = warning; SET LOCAL timezone = 'UTC';
        SET LOCAL work_mem = '64MB'; SET LOCAL jit = off`);
      await client.query(`SELECT set_config('sample.scale', $1, true), set_config('sample.seed', $2, true)`, [
        String((bytes - emptyBytes) / bytesPerScale),
        String(seed),
      ]);
      for (const part of ['schema', 'data', 'rules']) {
        await client.query(await readFile(new URL(`sample/${part}.sql`, import.meta.url), 'utf8'));
      }
      await client.query('COMMIT; ANALYZE');
      return countRows(client);
    });
  } catch (cause) {
    throw new FukugenError('store', `the sample database ${name} was not built: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Runs something on a connection of its own. */
async function connected<T>(connection: pg.ClientConfig, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  // A server that goes away ends its clients with an error event besides; unheard, that would end this process too.
  client.on('error', () => {});
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

async function countRows(client: pg.Client): Promise<{ readonly rows: number; readonly tables: number }> {
  const tables = await client.query<{ name: string }>(
    `SELECT format('%I.%I', nspname, relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema)'`,
  );
  const counts = tables.rows.map(({ name }) => `(SELECT count(*) FROM ONLY ${name})`);
  const total = await client.query<{ rows: string }>(`SELECT ${counts.join(' + ')} AS rows`);
  return { rows: Number(total.rows[0]?.rows), tables: tables.rows.length };
}
