import { type Connection, refusal } from './connection.ts';
import { quoted } from './names.ts';
import { isFatal, lockTimeout } from './savepoint.ts';

interface Lockable {
  readonly schema: string;
  readonly name: string;
}

/** One statement locks this many tables; pg_dump does the same since 16. */
const together = 500;

/** out_of_memory in the server's lock table (max_locks_per_transaction). */
const noMoreLocks = '53200';

/**
 * Locks tables against TRUNCATE and ALTER TABLE, as pg_dump does at its start. Both replace a table's file, and a snapshot taken before
 * then finds the new one empty: a table would be recorded with no rows that pg_dump, having locked it in time, has dumped in full.
 *
 * Best effort: a table that this role may not lock is read without, and so is the rest when the server has no lock space left.
 *
 * @returns of tables that stayed locked by somebody else, what the server said
 */
export async function lockTables<T extends Lockable>(
  connection: Connection,
  tables: readonly T[],
): Promise<ReadonlyMap<T, string>> {
  const refused = new Map<T, string>();
  const lock = async (batch: readonly T[]): Promise<boolean> => {
    const { code, text } = await tryToLock(connection, batch);
    if (code === noMoreLocks) return false;
    if (code !== '' && batch.length > 1) {
      for (const table of batch) if (!(await lock([table]))) return false;
    } else if (code === lockTimeout) refused.set(batch[0] as T, text);
    return true;
  };
  for (let at = 0; at < tables.length; at += together) {
    if (!(await lock(tables.slice(at, at + together)))) break;
  }
  return refused;
}

async function tryToLock(connection: Connection, batch: readonly Lockable[]): Promise<ReturnType<typeof refusal>> {
  const names = batch.map(({ schema, name }) => `only ${quoted(schema, name)}`);
  await connection.query('savepoint fukugen_lock');
  try {
    await connection.query(`lock table ${names.join(', ')} in access share mode`);
  } catch (error) {
    const refused = refusal(error);
    if (isFatal(refused.code)) throw error;
    await connection.query('rollback to savepoint fukugen_lock; release savepoint fukugen_lock');
    return refused;
  }
  await connection.query('release savepoint fukugen_lock');
  return { code: '', text: '' };
}
