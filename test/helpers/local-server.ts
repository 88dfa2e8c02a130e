import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type ScratchServer, startScratchServer } from '../../local/postgres/scratch-server.ts';

type ServerOptions = NonNullable<Parameters<typeof startScratchServer>[0]>;

/** A PostgreSQL that asks for a password, shared by the tests of a file; each test makes databases of its own in it. */
export interface LocalServer extends AsyncDisposable {
  readonly scratch: ScratchServer;
  readonly password: string;
  /** The connection URL of a database, with the password in it. */
  url(database: string, password?: string): string;
  /** Runs statements in a database and hands back the rows of the last one. */
  // biome-ignore lint/suspicious/noExplicitAny: rows have the shape of the query
  query(database: string, sql: string): Promise<any[]>;
  /** A new database, filled by the statements. */
  create(database: string, sql?: string): Promise<void>;
  names(): Promise<string[]>;
}

export async function startLocalServer(options: ServerOptions = {}): Promise<LocalServer> {
  const password = randomBytes(12).toString('hex');
  const scratch = await startScratchServer({ listen: 'loopback', password, ...options });
  const query = async (database: string, sql: string) => {
    const client = new pg.Client(scratch.connection(database));
    client.on('error', () => {});
    await client.connect();
    try {
      const result = await client.query(sql);
      return (Array.isArray(result) ? result.at(-1) : result).rows;
    } finally {
      await client.end();
    }
  };
  return {
    scratch,
    password,
    query,
    url: (database, given = password) =>
      `postgres://${scratch.user}:${given}@${scratch.host}:${scratch.port}/${encodeURIComponent(database)}`,
    create: async (database, sql) => {
      await query('postgres', `CREATE DATABASE ${pg.escapeIdentifier(database)}`);
      if (sql) await query(database, sql);
    },
    names: async () =>
      (await query('postgres', 'SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1')).map(
        (row: { datname: string }) => row.datname,
      ),
    [Symbol.asyncDispose]: () => scratch.stop(),
  };
}
