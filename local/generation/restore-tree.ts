import { constants } from 'node:fs';
import { access, chmod, copyFile, lchown, link, lutimes, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { mapTogether } from '../system/map-together.ts';
import { storeFailure } from '../system/store-failure.ts';
import { writeAttributes } from './attributes.ts';
import type { Entry, FileEntry } from './entry.ts';
import { copySparse } from './sparse-file.ts';

const parallel = 8;

/**
 * Writes a stored folder out again with the permissions, times, links, holes and attributes that were recorded, and as root with its owners.
 * Always a real copy (or a copy-on-write clone), never a link to the backup: an edit of what was restored must not reach it.
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
  const restore = async (entry: Entry) => {
    await restoreEntry(stored, entry, into);
    done += 1;
    onFile?.(done, entries.length);
  };
  try {
    await mkdir(into, { mode: 0o700 });
    const folders = entries.filter((entry) => entry.type === 'directory');
    const others = entries.filter((entry) => entry.type !== 'directory');
    const isAnotherName = (entry: Entry) => entry.type === 'file' && entry.sameAs !== undefined;
    for (const folder of folders) await restore(folder);
    await mapTogether(
      others.filter((entry) => !isAnotherName(entry)),
      restore,
      { concurrency: parallel },
    );
    await mapTogether(others.filter(isAnotherName), restore, { concurrency: parallel });
    await writeAttributes(into, entries);
    await mapTogether(others, (entry) => finish(into, entry), { concurrency: parallel });
    // Deepest first: writing into a folder changes its time, and a read-only one could not be written into.
    for (const folder of folders.reverse()) await finish(into, folder);
  } catch (cause) {
    throw storeFailure(cause, into);
  }
}

async function restoreEntry(stored: string, entry: Entry, into: string): Promise<void> {
  const to = join(into, entry.path);
  if (entry.type === 'directory') await mkdir(to, { recursive: true, mode: 0o700 });
  else if (entry.type === 'link') await symlink(entry.target, to);
  else if (entry.sameAs === undefined || !(await linked(join(into, entry.sameAs), to)))
    await restoreFile(join(stored, entry.path), to, entry);
}

/** A file system without hard links, such as exFAT, gets a copy; the comparison that follows says so. */
async function linked(existing: string, to: string): Promise<boolean> {
  return link(existing, to).then(
    () => true,
    () => false,
  );
}

/** A file that is missing from the backup stays missing: the comparison that follows names it, and the rest is worth having. */
async function restoreFile(from: string, to: string, entry: FileEntry): Promise<void> {
  try {
    if (entry.sparse) await copySparse(from, to, entry.size);
    else await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !(await exists(from))) return;
    throw error;
  }
  // What may not be written can have no attributes.
  if (entry.attributes) await chmod(to, 0o600);
}

/** Owner before permissions: a change of owner takes the bits away that let others run a program as them. */
async function finish(into: string, entry: Entry): Promise<void> {
  const path = join(into, entry.path);
  if (entry.type === 'file' && !(await exists(path))) return;
  if (entry.owner && process.getuid?.() === 0) await lchown(path, entry.owner.user, entry.owner.group);
  if (entry.type !== 'link') await chmod(path, entry.mode);
  if (entry.modified !== undefined) await lutimes(path, entry.modified / 1_000, entry.modified / 1_000);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
