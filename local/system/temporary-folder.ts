import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { removeTree } from './folders.ts';
import { acquireLock } from './lock.ts';
import { isSystemError, storeFailure } from './store-failure.ts';

/** A folder that goes with its process: removed at the end, and after a `kill -9` by the next run that needs one. */
export interface TemporaryFolder extends AsyncDisposable {
  /** Empty, and for this user alone. */
  readonly path: string;
}

const prefix = 'fukugen-temporary-';
const attempts = 5;

/**
 * What a backup is restored into may be secret, so nothing of it may stay: the lock in each folder tells whether its process still lives.
 *
 * @param place - @default the system's own
 * @throws FukugenError `store` when it cannot be made
 */
export async function temporaryFolder(purpose: string, place = tmpdir()): Promise<TemporaryFolder> {
  await sweep(place);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const home = await mkdtemp(join(place, prefix));
      const lock = await acquireLock(home, purpose);
      const path = join(home, 'content');
      await mkdir(path, { mode: 0o700 });
      const remove = async () => {
        await removeTree(home);
        await lock.release();
      };
      return { path, [Symbol.asyncDispose]: remove };
    } catch (error) {
      // Another run may have swept the folder away before it was locked.
      const wasSwept = isSystemError(error) ? error.code === 'ENOENT' : error instanceof FukugenError;
      if (!wasSwept || attempt === attempts) throw storeFailure(error, place);
    }
  }
}

/** Removes the folders of runs that were killed; what cannot be looked at is somebody else's. */
async function sweep(place: string): Promise<void> {
  const names = await readdir(place).catch(() => []);
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    const home = join(place, name);
    const lock = await acquireLock(home, 'clearing up').catch(() => undefined);
    if (!lock) continue;
    // The lock is held until the folder has gone: its owner cannot come back in between.
    await removeTree(home).catch(() => {});
    await lock.release();
  }
}
