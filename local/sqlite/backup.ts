import { backup, type DatabaseSync } from 'node:sqlite';
import { FukugenError } from '../../core/errors.ts';
import { storeFailure } from '../system/store-failure.ts';
import { codeOf, resultCode } from './database.ts';

/** Between two breaths of other work; 8 MB of pages of the usual size. */
const pagesAtOnce = 2_048;

interface BackupOptions {
  readonly onPages?: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Copies a database page by page with SQLite's own online backup, so that what only stands in the WAL is in the copy.
 * A copy of the file alone would lack it, or hold two moments at once, and could still pass an integrity check.
 * https://www.sqlite.org/backup.html
 *
 * @param source - in a transaction that has read already: writers go on, and the copy is of that moment
 * @param into - must not exist; not synced
 * @throws FukugenError `store` when the copy cannot be written
 */
export async function backupSqlite(
  source: DatabaseSync,
  into: string,
  { onPages, signal }: BackupOptions,
): Promise<void> {
  try {
    await backup(source, into, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) => {
        signal.throwIfAborted();
        onPages?.(totalPages - remainingPages, totalPages);
      },
    });
  } catch (cause) {
    const code = codeOf(cause);
    if (code === resultCode.full) throw storeFailure(Object.assign(cause as Error, { code: 'ENOSPC' }), 'the store');
    if (code === resultCode.cannotOpen || code === resultCode.readOnly)
      throw new FukugenError('store', `the store cannot be written: ${(cause as Error).message}`, { cause });
    throw cause;
  }
}
