import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import type { Archive } from './archive.ts';

/** A bucket, or its `evidence/`, as `aws s3 sync` leaves it. */
export async function folderArchive(folder: string): Promise<Archive> {
  const isFolder = (path: string) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (!(await isFolder(folder))) {
    throw new FukugenError('missing', `there is no folder ${folder}`, {
      next: 'aws s3 sync s3://BUCKET FOLDER, or name s3://BUCKET itself',
    });
  }
  const isWhole = await isFolder(join(folder, 'evidence'));
  const root = isWhole ? join(folder, 'evidence') : folder;
  return {
    name: folder,
    hasFingerprints: isWhole && (await isFolder(join(folder, 'fingerprints'))),
    records: async () => {
      const found = await readdir(root, { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map(
          (entry) =>
            `evidence/${join(entry.parentPath, entry.name)
              .slice(root.length + 1)
              .split(sep)
              .join('/')}`,
        )
        .sort();
    },
    read: async (key) => {
      const path = isWhole ? join(folder, key) : join(root, key.replace(/^evidence\//, ''));
      try {
        return await readFile(path, 'utf8');
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw new FukugenError('store', `${path} cannot be read: ${(cause as Error).message}`, { cause });
      }
    },
  };
}
