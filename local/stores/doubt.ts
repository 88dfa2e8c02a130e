import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import type { EarlierTree } from '../generation/capture-tree.ts';
import { hashFile } from '../generation/hash-file.ts';
import { replaceFile } from '../system/replace-file.ts';

/**
 * The mark that `verify` leaves in a store of plain files: SHA-256 digests of contents that it found changed. A backup links to
 * the file of an unchanged source without reading it, and would so hand the damage on to the next generation; what is marked it
 * reads first, and stores anew.
 */
export class Doubt {
  private readonly file: string;

  /** @param folder - the store's own, which holds its lock too */
  constructor(folder: string) {
    this.file = join(folder, 'doubtful.json');
  }

  async contents(): Promise<ReadonlySet<string>> {
    try {
      return new Set(JSON.parse(await readFile(this.file, 'utf8')) as readonly string[]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
      throw error;
    }
  }

  async cast(contents: readonly string[]): Promise<void> {
    const all = new Set([...(await this.contents()), ...contents]);
    await replaceFile(this.file, `${JSON.stringify([...all], null, 2)}\n`);
  }

  /** The newest generation, which the next one links to, was read whole and is as recorded. */
  async dispel(): Promise<void> {
    await rm(this.file, { force: true });
  }
}

/**
 * A tree to link to without the files that are not what they should be.
 *
 * @param isDoubtful - by the SHA-256 that was recorded; what is not doubted is not read
 */
export async function trusted(tree: EarlierTree, isDoubtful: (sha256: string) => boolean): Promise<EarlierTree> {
  const doubted = [...tree.entries.values()].filter((entry) => entry.type === 'file' && isDoubtful(entry.sha256));
  if (doubted.length === 0) return tree;
  const entries = new Map(tree.entries);
  await pMap(
    doubted,
    async (entry) => {
      if (entry.type !== 'file') return;
      const found = await hashFile(join(tree.folder, entry.path), entry.size).catch(() => undefined);
      if (found !== entry.sha256) entries.delete(entry.path);
    },
    { concurrency: 4 },
  );
  return { ...tree, entries };
}
