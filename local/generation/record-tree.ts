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
 *
 * @param linked - what the program has linked to the earlier generation by itself, by its path, as it was recorded there
 */
export async function recordTree(
  folder: string,
  earlier: EarlierTree | undefined,
  linked: ReadonlyMap<string, FileEntry> = new Map(),
): Promise<Entry[]> {
  const { found } = await walkTree(folder);
  return pMap(
    found,
    async ({ path, type }): Promise<Entry> => {
      const file = join(folder, path);
      const stats = await stat(file);
      if (type !== 'file') return { type: 'directory', path, mode: 0o700, modified: stats.mtimeMs };
      // To hash it again would take whatever is there now for what was recorded, and hide its damage for ever.
      const already = linked.get(path);
      if (already) return { ...already, path };
      const known = earlier?.entries.get(path);
      const sha256 = await hashFile(file, stats.size);
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
  // To sync needs no permission to write, which a file that is read-only already gives to nobody but root.
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(file, 0o400);
}
