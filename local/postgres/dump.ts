import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { runProgram } from '../system/run-program.ts';
import type { Connection } from './connection.ts';
import type { PostgresPrograms } from './programs.ts';

/** Two connections read at once: the second core of a small machine, without crowding out the database's own users. */
const jobs = 2;

/**
 * Dumps the database that another session has exported a snapshot of: the same rows that its fingerprint counted.
 * Directory format: one file a table, so that a table which did not change is a file which did not change.
 *
 * @param into - created by pg_dump; must not exist
 * @throws FukugenError `source`, or `store` when the disk is full
 */
export async function dumpDatabase(
  connection: Connection,
  programs: PostgresPrograms,
  snapshot: string,
  into: string,
  signal: AbortSignal,
): Promise<void> {
  const args = [
    '--format=directory',
    `--jobs=${jobs}`,
    // Level 1 takes about half the time of the default and 6 % more room: local-peers, section 6.1.
    '--compress=1',
    `--snapshot=${snapshot}`,
    `--file=${into}`,
    '--no-password',
    // A migration that holds a lock for hours should fail the backup, not hang it.
    '--lock-wait-timeout=300s',
  ];
  try {
    await runProgram(join(programs.bin, 'pg_dump'), args, { environment: connection.environment, signal });
  } catch (error) {
    // pg_dump has one exit status for everything, so its words must do.
    if (error instanceof FukugenError && /No space left on device/.test(error.message)) {
      throw new FukugenError('store', 'the store cannot be written: the disk is full', {
        cause: error,
        next: 'free some space or name another store; earlier generations are untouched',
      });
    }
    throw error;
  }
}
