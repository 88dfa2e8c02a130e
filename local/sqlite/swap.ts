import { rename } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { FukugenError } from '../../core/errors.ts';
import { exists, moving, shellQuoted, swapFile } from '../system/file-swap.ts';
import { codeOf, resultCode } from './database.ts';

/** Files beside a database that belong to it: with another main file under the same name they would destroy that one. */
export const companions = ['-wal', '-shm', '-journal'] as const;

/**
 * Puts a restored database in place of the live one, if there is one.
 *
 * @param kept - the name that the old one gets, with its companions
 * @returns whether there was an old one
 * @throws FukugenError `locked` while another program has the live one open, as far as SQLite can tell
 */
export async function swapSqlite(restored: string, live: string, kept: string): Promise<boolean> {
  const isThere = await exists(live);
  if (isThere) settle(live);
  // What is left now belongs to a database that is gone or damaged. SQLite would play it into the new one.
  for (const suffix of companions) if (await exists(live + suffix)) await rename(live + suffix, kept + suffix);
  await swapFile(restored, live, isThere ? kept : undefined);
  return isThere;
}

/** Writes what is in the WAL into the main file, alone with the database; closing it then removes the WAL. */
function settle(live: string): void {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(live, { timeout: 2_000 });
  } catch {
    // Nothing to settle in what does not open.
    return;
  }
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (cause) {
    const code = codeOf(cause);
    if (code !== resultCode.busy && code !== resultCode.locked) return;
    throw new FukugenError('locked', `another program has the database ${live} open; it is as it was`, {
      cause,
      next: 'stop that program and run it again; without --in-place a restore goes beside it',
    });
  } finally {
    database.close();
  }
}

/** The commands that go back, to be typed while no program uses the database. */
export function undoing(restored: string, live: string, kept: string): string[] {
  const suffixes = `for s in ${companions.join(' ')}; do`;
  const companionsOf = (from: string, to: string) =>
    `${suffixes} [ ! -e ${shellQuoted(from)}"$s" ] || mv ${shellQuoted(from)}"$s" ${shellQuoted(to)}"$s"; done`;
  return [companionsOf(live, restored), moving(live, restored), companionsOf(kept, live), moving(kept, live)];
}
