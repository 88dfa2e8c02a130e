import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Every path under a folder with type, mode, owner, time and the SHA-256 of its content; of a link its target, since a backup keeps no more. */
export async function photograph(folder: string): Promise<Record<string, string>> {
  const pictures: Record<string, string> = {};
  for (const path of (await everyPath(folder)).sort()) {
    const file = join(folder, path);
    const stats = await lstat(file);
    const content = stats.isFile()
      ? createHash('sha256')
          .update(await readFile(file))
          .digest('hex')
      : stats.isSymbolicLink()
        ? await readlink(file)
        : '';
    const moment = stats.isSymbolicLink() ? '' : stats.mtimeMs;
    pictures[path] = [stats.mode.toString(8), stats.uid, moment, content].join(' ');
  }
  return pictures;
}

/** Links are not followed, as the recursion of `readdir` does. */
async function everyPath(folder: string, inside = ''): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(join(folder, inside), { withFileTypes: true })) {
    const path = join(inside, entry.name);
    paths.push(path, ...(entry.isDirectory() ? await everyPath(folder, path) : []));
  }
  return paths;
}

/** The files under a folder that hold a text anywhere in their bytes. */
export async function filesHolding(folder: string, text: string): Promise<string[]> {
  const holding: string[] = [];
  for (const path of await everyPath(folder)) {
    const file = join(folder, path);
    const isFile = (await lstat(file)).isFile();
    if (path.includes(text) || (isFile && (await readFile(file)).includes(text))) holding.push(path);
  }
  return holding;
}

/** The generations in a store, oldest first. */
export async function generationsIn(store: string): Promise<string[]> {
  return (await readdir(store)).filter((name) => !name.startsWith('.')).sort();
}
