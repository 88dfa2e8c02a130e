import { lstat, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { connectionOf, onDatabase } from '../postgres/connection.ts';
import { databaseExists, swapDatabases } from '../postgres/swap-database.ts';
import type { Source } from '../sources/index.ts';
import type { Replacement } from '../sources/source.ts';
import { companions, swapSqlite } from '../sqlite/swap.ts';
import { swapFile } from '../system/file-swap.ts';
import { swapFolder } from '../system/folder-swap.ts';
import { syncFolder } from '../system/folders.ts';

/** A database that every server has, to work from when the one in question is missing or in the way. */
const maintenanceDatabase = 'postgres';

/** Going back: the old one gets the name again, and what was restored the name that it had before the swap. */
export async function putBack(source: Source, replacement: Replacement): Promise<void> {
  const { live, restored, kept } = replacement;
  if (source.kind === 'postgres') {
    const maintenance = await maintenanceOf(source);
    if (kept === undefined) await swapDatabases(maintenance, { live: restored, restored: live, kept: undefined });
    else await swapDatabases(maintenance, { live, restored: kept, kept: restored });
    return;
  }
  if (kept === undefined) await rename(live, restored);
  else if (source.kind === 'directory') await swapFolder(kept, live, restored);
  else if (source.kind === 'sqlite') {
    await swapSqlite(kept, live, restored);
    await moveCompanions(kept, live);
  } else await swapFile(kept, live, restored);
  await syncFolder(dirname(live));
}

/**
 * Looks at a swap that was interrupted and leaves it done or not begun: where nothing has the name the new one gets it,
 * and of a file that was not replaced yet nothing stays but what was there.
 *
 * @param replacement - of an undo, with what it puts back as `restored`
 * @returns whether it is done
 */
export async function settle(source: Source, { live, restored, kept }: Replacement): Promise<boolean> {
  if (source.kind === 'postgres') {
    return (await isTaken(source, live)) && !(await isTaken(source, restored));
  }
  if (!(await inode(restored))) return true;
  const old = kept === undefined ? undefined : await inode(kept);
  if (!(await inode(live))) {
    // Between the two renames.
    if (old === undefined && kept !== undefined) return false;
    await rename(restored, live);
    await syncFolder(dirname(live));
    return true;
  }
  if (kept === undefined) return false;
  // What belonged to a damaged database stays where it was moved: someone may have written to the database since.
  // The second name of the live file, made before the rename that never came.
  if (source.kind !== 'directory' && old !== undefined && old === (await inode(live))) await rm(kept);
  return false;
}

async function moveCompanions(from: string, to: string): Promise<void> {
  for (const suffix of companions)
    if ((await inode(from + suffix)) && !(await inode(to + suffix))) await rename(from + suffix, to + suffix);
}

/** Whether a name of a source is taken: a database of its server, or a path. */
export async function isTaken(source: Source, name: string): Promise<boolean> {
  if (source.kind === 'postgres') return databaseExists(await maintenanceOf(source), name);
  return (await inode(name)) !== undefined;
}

/** Also of a link that points nowhere; `undefined` when nothing has the name. */
async function inode(path: string): Promise<number | undefined> {
  return lstat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );
}

export async function maintenanceOf(source: Extract<Source, { kind: 'postgres' }>) {
  return onDatabase(await connectionOf(source.settings), maintenanceDatabase);
}
