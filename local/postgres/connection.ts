import pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { FukugenError } from '../../core/errors.ts';
import type { SourcePolicy } from '../../core/policy/index.ts';
import { markSecret, resolveSecret } from '../system/secrets.ts';
import { accountOf, type ComposeService, placeOf as publishedAt } from './compose.ts';

/** As in the policy, with the place of a compose service resolved. */
export type PostgresPolicy = Omit<Extract<SourcePolicy, { kind: 'postgres' }>, 'compose' | 'hooks'> & {
  readonly compose?: ComposeService | undefined;
};

/** How to reach one database, for the driver and for PostgreSQL's own programs. */
export interface Connection {
  readonly config: pg.ClientConfig;
  /** libpq's variables; the password travels here, since arguments are public. */
  readonly environment: Readonly<Record<string, string>>;
}

const answerSeconds = 15;

/** libpq's own defaults fill what the policy leaves out, as psql does it. */
export async function connectionOf(policy: PostgresPolicy): Promise<Connection> {
  if (policy.url) return fromUrl(await resolveSecret(policy.url));
  const password = policy.password ? await resolveSecret(policy.password) : undefined;
  if (policy.compose) return inCompose(policy.compose, policy, password);
  return fromFields({
    ...ambient(),
    ...(policy.host === undefined ? {} : { PGHOST: policy.host }),
    ...(policy.port === undefined ? {} : { PGPORT: String(policy.port) }),
    ...(policy.user === undefined ? {} : { PGUSER: policy.user }),
    ...(policy.database === undefined ? {} : { PGDATABASE: policy.database }),
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  });
}

/** Whatever the policy leaves out is what the container was started with; the variables of this shell are about other servers. */
async function inCompose(
  service: ComposeService,
  { user, database }: PostgresPolicy,
  password: string | undefined,
): Promise<Connection> {
  const account = await accountOf(service);
  const { host, port } = await publishedAt(service);
  const given = password ?? account.password;
  return fromFields({
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user ?? account.user,
    PGDATABASE: database ?? account.database,
    ...(given === undefined ? {} : { PGPASSWORD: given }),
  });
}

/** The same server and account, another database. */
export function onDatabase(connection: Connection, database: string): Connection {
  return {
    config: { ...connection.config, database },
    environment: { ...connection.environment, PGDATABASE: database },
  };
}

/** A connection from the driver's settings, as a scratch server gives them. */
export function connectionFrom(config: pg.ClientConfig): Connection {
  return fromFields({
    PGHOST: String(config.host),
    PGPORT: String(config.port),
    PGUSER: String(config.user),
    PGDATABASE: String(config.database),
    ...(typeof config.password === 'string' ? { PGPASSWORD: config.password } : {}),
  });
}

/** The database's name; libpq falls back to the name of the user. */
export function databaseOf(connection: Connection): string {
  return connection.config.database ?? connection.config.user ?? process.env.USER ?? 'postgres';
}

function ambient(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name, value]) => /^PG[A-Z]+$/.test(name) && value !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}

function fromFields(environment: Record<string, string>): Connection {
  if (environment.PGPASSWORD) markSecret(environment.PGPASSWORD);
  return {
    environment,
    config: {
      ...(environment.PGHOST ? { host: environment.PGHOST } : {}),
      ...(environment.PGPORT ? { port: Number(environment.PGPORT) } : {}),
      ...(environment.PGUSER ? { user: environment.PGUSER } : {}),
      ...(environment.PGDATABASE ? { database: environment.PGDATABASE } : {}),
      ...(environment.PGPASSWORD ? { password: environment.PGPASSWORD } : {}),
    },
  };
}

function fromUrl(url: string): Connection {
  let config: pg.ClientConfig;
  let parameters: URLSearchParams;
  try {
    config = parseIntoClientConfig(url) as pg.ClientConfig;
    parameters = new URL(url).searchParams;
  } catch {
    // The parser's own message quotes the URL, and with it the password.
    throw new FukugenError('secret', 'the connection URL of the source is not a URL', {
      next: 'write it as postgres://user:password@host:5432/database, with special characters percent-encoded',
    });
  }
  if (typeof config.password === 'string') markSecret(config.password);
  const environment: Record<string, string> = {};
  const put = (name: string, value: unknown) => {
    if (typeof value === 'string' && value !== '') environment[name] = value;
    if (typeof value === 'number') environment[name] = String(value);
  };
  put('PGHOST', config.host);
  put('PGPORT', config.port);
  put('PGUSER', config.user);
  put('PGPASSWORD', config.password);
  put('PGDATABASE', config.database);
  for (const name of ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'])
    put(`PG${name.toUpperCase()}`, parameters.get(name));
  return { config, environment };
}

/**
 * Opens a session that the caller ends.
 *
 * @throws FukugenError `secret` when the server refuses the account, `missing` without the database, `source` when nothing answers
 */
async function connect(connection: Connection): Promise<pg.Client> {
  const client = new pg.Client({
    ...connection.config,
    application_name: 'fukugen',
    connectionTimeoutMillis: answerSeconds * 1_000,
  });
  // A session that the server ends later is reported by the query that meets it; without a listener it would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (cause) {
    throw explain(connection, cause as Error & { code?: string });
  }
}

/**
 * Runs something in a session and ends the session, whatever happens.
 *
 * @throws FukugenError `source` when the server refuses a statement or goes away
 */
export async function withSession<T>(connection: Connection, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(connection);
  try {
    return await use(client);
  } catch (cause) {
    if (!isFromServer(cause)) throw cause;
    throw new FukugenError(
      'source',
      `PostgreSQL at ${placeOf(connection)}, database ${databaseOf(connection)}: ${cause.message}`,
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

/** What the server said, or that it is gone: no defect of ours. */
function isFromServer(error: unknown): error is Error {
  if (error instanceof pg.DatabaseError) return true;
  return (
    error instanceof Error &&
    (/^Connection terminated|^Client has encountered a connection error|^Client was closed/.test(error.message) ||
      'syscall' in error)
  );
}

function placeOf({ config }: Connection): string {
  return `${config.host ?? 'the local socket'}:${config.port ?? 5432}`;
}

function explain(connection: Connection, cause: Error & { code?: string }): FukugenError {
  const { config } = connection;
  const where = placeOf(connection);
  if (cause.code === '28P01' || cause.code === '28000') {
    return new FukugenError(
      'secret',
      `the PostgreSQL at ${where} refuses the account ${config.user ?? ''}: ${cause.message}`,
      {
        cause,
        next: 'check the password that the policy names, and pg_hba.conf on the server',
      },
    );
  }
  if (cause.code === '3D000') {
    return new FukugenError('missing', `the PostgreSQL at ${where} has no database ${config.database}`, { cause });
  }
  return new FukugenError('source', `no PostgreSQL answers at ${where}: ${cause.message || cause.code}`, {
    cause,
    next: 'check that the server runs and that host and port are right',
  });
}

/** What the server says of itself. */
export async function serverOf(client: pg.Client): Promise<{ readonly version: string; readonly major: number }> {
  const { rows } = await client.query<{ version: string; number: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number`,
  );
  const [row] = rows;
  return { version: row?.version ?? '', major: Math.floor(Number(row?.number) / 10_000) };
}
