import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Every path under a folder with all that can be seen of it from outside: type, mode, owner, time, and the SHA-256 of its content. */
export async function photograph(folder: string): Promise<Record<string, string>> {
  const pictures: Record<string, string> = {};
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const file = join(folder, path);
    const stats = await lstat(file);
    const content = stats.isFile()
      ? createHash('sha256')
          .update(await readFile(file))
          .digest('hex')
      : stats.isSymbolicLink()
        ? await readlink(file)
        : '';
    pictures[path] = [stats.mode.toString(8), stats.uid, stats.mtimeMs, content].join(' ');
  }
  return pictures;
}

/** The files under a folder that hold a text anywhere in their bytes. */
export async function filesHolding(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const holding: string[] = [];
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    if (file.includes(text) || (entry.isFile() && (await readFile(file)).includes(text))) holding.push(file);
  }
  return holding;
}

/** The generations in a store, oldest first. */
export async function generationsIn(store: string): Promise<string[]> {
  return (await readdir(store)).filter((name) => !name.startsWith('.')).sort();
}
