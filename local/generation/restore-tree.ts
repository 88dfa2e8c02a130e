import { constants } from 'node:fs';
import { access, chmod, copyFile, lutimes, mkdir, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { storeFailure } from '../system/store-failure.ts';
import type { Entry, FileEntry } from './entry.ts';

/**
 * Writes a stored folder out again with the permissions and times that were recorded.
 * Always a real copy (or a copy-on-write clone), never a link: an edit of what was restored must not reach the backup.
 *
 * @param into - must not exist yet
 * @throws FukugenError `store` when something cannot be written
 */
export async function restoreTree(
  stored: string,
  entries: readonly Entry[],
  into: string,
  onFile?: (done: number, total: number) => void,
): Promise<void> {
  let done = 0;
  try {
    await mkdir(into, { mode: 0o700 });
    const folders = entries.filter((entry) => entry.type === 'directory');
    for (const { path } of folders) await mkdir(join(into, path), { recursive: true, mode: 0o700 });
    await pMap(
      entries,
      async (entry) => {
        const to = join(into, entry.path);
        if (entry.type === 'link') await symlink(entry.target, to);
        else if (entry.type === 'file') await restoreFile(join(stored, entry.path), to, entry);
        done += 1;
        onFile?.(done, entries.length);
      },
      { concurrency: 8 },
    );
    // Deepest first: writing into a folder changes its time, and a read-only one could not be written into.
    for (const { path, mode, modified } of folders.reverse()) {
      await utimes(join(into, path), modified / 1_000, modified / 1_000);
      await chmod(join(into, path), mode);
    }
  } catch (cause) {
    throw storeFailure(cause, into);
  }
}

/** A file that is missing from the backup stays missing: the comparison that follows names it, and the rest is worth having. */
async function restoreFile(from: string, to: string, entry: FileEntry): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !(await exists(from))) return;
    throw error;
  }
  await lutimes(to, entry.modified / 1_000, entry.modified / 1_000);
  await chmod(to, entry.mode);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
