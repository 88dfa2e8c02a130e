import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FukugenError } from '../../core/errors.ts';

/** How long to wait for a program that is writing. */
const busyMilliseconds = 5_000;

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
export const resultCode = { busy: 5, locked: 6, readOnly: 8, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

/**
 * Opens a database that a program may be using, for reading only: SQLite itself would make an empty one where there is none.
 * Next to a database in WAL mode it may leave an empty -wal and an -shm, as any reader does.
 *
 * @throws FukugenError `missing` when there is none
 */
export async function openLive(path: string): Promise<DatabaseSync> {
  await requireDatabase(path);
  return opening(path, () => new DatabaseSync(path, { readOnly: true, timeout: busyMilliseconds }));
}

/** Opens a copy that nobody writes to, and makes nothing beside it: it may lie in a read-only folder. */
export function openCopy(path: string): DatabaseSync {
  const address = pathToFileURL(path);
  // Without a promise that nobody writes, SQLite wants to make an -shm file. https://www.sqlite.org/uri.html#uriimmutable
  address.searchParams.set('immutable', '1');
  return opening(path, () => new DatabaseSync(address, { readOnly: true }));
}

/** @throws FukugenError `missing` */
export async function requireDatabase(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    throw new FukugenError('missing', `the database ${path} cannot be read: ${cause.message}`, {
      cause,
      next: 'correct its path in the policy; a database that was never made is not backed up as an empty one',
    });
  });
}

function opening(path: string, open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (cause) {
    throw sqliteFailure(cause, path);
  }
}

/** Runs something with an open database, closes it whatever happens, and puts what SQLite refuses into words. */
export async function withDatabase<T>(
  database: DatabaseSync,
  path: string,
  use: (database: DatabaseSync) => Promise<T>,
): Promise<T> {
  try {
    return await use(database);
  } catch (cause) {
    throw sqliteFailure(cause, path);
  } finally {
    database.close();
  }
}

/** The primary result code of an error of SQLite's; the extended one holds it in its low byte. */
export function codeOf(error: unknown): number | undefined {
  const { code, errcode } = error as { readonly code?: string; readonly errcode?: number };
  return code === 'ERR_SQLITE_ERROR' && errcode !== undefined ? errcode & 0xff : undefined;
}

/** What SQLite refused, in words; anything else as it is. */
function sqliteFailure(cause: unknown, path: string): unknown {
  const code = codeOf(cause);
  if (code === undefined) return cause;
  const { message } = cause as Error;
  switch (code) {
    case resultCode.busy:
    case resultCode.locked:
      return new FukugenError('source', `another program keeps the database ${path} locked`, {
        cause,
        next: 'run again when that program has ended its transaction',
      });
    case resultCode.corrupt:
    case resultCode.notADatabase:
      return new FukugenError('source', `the database ${path} is damaged: ${message}`, {
        cause,
        next: 'restore it from the newest generation that verifies: fukugen restore',
      });
    case resultCode.readOnly:
    case resultCode.cannotOpen:
      return new FukugenError('source', `the database ${path} cannot be opened for reading: ${message}`, {
        cause,
        next: 'check the permissions of its folder, and open it once with the program it belongs to, which repairs what a crash left',
      });
    default:
      return new FukugenError('source', `the database ${path}: ${message}`, { cause });
  }
}

/** An identifier as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
