import { chmod, link, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import type { EarlierTree } from './capture-tree.ts';
import type { Entry, FileEntry } from './entry.ts';
import { hashFile } from './hash-file.ts';
import { walkTree } from './tree-walk.ts';

/**
 * Records what a program wrote into a staged folder: each file is hashed, synced and made read-only,
 * and replaced by a link when the earlier generation has the same content under the same path.
 */
export async function recordTree(folder: string, earlier: EarlierTree | undefined): Promise<Entry[]> {
  const { found } = await walkTree(folder);
  return pMap(
    found,
    async ({ path, type }): Promise<Entry> => {
      const file = join(folder, path);
      const stats = await stat(file);
      if (type !== 'file') return { type: 'directory', path, mode: 0o700, modified: stats.mtimeMs };
      const sha256 = await hashFile(file, stats.size);
      const known = earlier?.entries.get(path);
      if (
        earlier &&
        known?.type === 'file' &&
        known.sha256 === sha256 &&
        (await replaceByLink(join(earlier.folder, path), file))
      )
        return known;
      await seal(file);
      const entry: FileEntry = { type: 'file', path, size: stats.size, mode: 0o400, modified: stats.mtimeMs, sha256 };
      return entry;
    },
    { concurrency: 4 },
  );
}

async function replaceByLink(existing: string, file: string): Promise<boolean> {
  const beside = `${file}.link`;
  try {
    await link(existing, beside);
    await rename(beside, file);
    return true;
  } catch {
    // Too many links, or another file system: the copy stays.
    await rm(beside, { force: true });
    return false;
  }
}

async function seal(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(file, 0o400);
}
