import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { FukugenError } from '../../core/errors.ts';
import { type Connection, withSession } from './connection.ts';

const name = pg.escapeIdentifier;

/** The server's patience with sessions that do not end is 5 seconds for each try. */
const renameAttempts = 6;

/** The statement that gives a database another name. */
export function renaming(database: string, to: string): string {
  return `ALTER DATABASE ${name(database)} RENAME TO ${name(to)}`;
}

export async function databaseExists(maintenance: Connection, database: string): Promise<boolean> {
  return withSession(maintenance, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    return rowCount === 1;
  });
}

/** Autovacuum, which is nobody's, gives way to a rename by itself, and only a superuser may end it. What kind a session is of, others do not see. */
const isOfAProgram = 'usesysid IS NOT NULL';

/** Sessions of other programs in a database, which a swap ends. */
export async function sessionsIn(maintenance: Connection, database: string): Promise<number> {
  return withSession(maintenance, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = $1 AND ${isOfAProgram}`,
      [database],
    );
    return rows[0]?.count ?? 0;
  });
}

/**
 * Gives the restored database the name and keeps the old one under another, both in one transaction:
 * under its name there is always either the old database or the new one, whenever anything is killed.
 *
 * A rename holds a lock that new sessions wait for, and itself waits for old sessions, which a second session ends meanwhile.
 *
 * @throws FukugenError `source` when the renames are refused; nothing has changed then
 */
export async function swapDatabases(
  maintenance: Connection,
  swap: { readonly live: string; readonly restored: string; readonly kept: string | undefined },
): Promise<void> {
  await withSession(maintenance, async (client) => {
    for (let attempt = 1; ; attempt += 1) {
      const finished = new AbortController();
      const refusals: Error[] = [];
      const evicting =
        swap.kept === undefined
          ? undefined
          : evict(maintenance, swap.live, finished.signal).catch((refusal: Error) => refusals.push(refusal));
      try {
        await client.query('BEGIN');
        if (swap.kept !== undefined) await client.query(renaming(swap.live, swap.kept));
        await client.query(renaming(swap.restored, swap.live));
        await client.query('COMMIT');
        return;
      } catch (cause) {
        await client.query('ROLLBACK').catch(() => {});
        const inUse = (cause as { code?: string }).code === '55006';
        if (inUse && refusals.length === 0 && attempt < renameAttempts) continue;
        const [{ message } = cause as Error] = refusals;
        throw new FukugenError('source', `the databases could not be swapped: ${message}; ${swap.live} is as it was`, {
          cause,
          next: `the restored one stays as ${swap.restored}; stop the programs that use ${swap.live} and run the restore again`,
        });
      } finally {
        finished.abort();
        await evicting;
      }
    }
  });
}

/** Ends the other sessions of a database until told to stop. */
async function evict(maintenance: Connection, database: string, until: AbortSignal): Promise<void> {
  await withSession(maintenance, async (client) => {
    while (!until.aborted) {
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND ${isOfAProgram} AND pid <> pg_backend_pid()`,
        [database],
      );
      await sleep(100, undefined, { signal: until }).catch(() => {});
    }
  });
}

/** Removes a database that a restore made. */
export async function dropDatabase(maintenance: Connection, database: string): Promise<void> {
  await withSession(maintenance, (client) => client.query(`DROP DATABASE IF EXISTS ${name(database)}`));
}
