import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAlive } from './alive.ts';
import { syncFolder } from './folders.ts';

/**
 * Gives a small JSON file of this machine another content, private to its owner: whenever this is killed, the file has the old one or
 * the new one whole. The folder, which holds nobody else's files, is made when it is missing; what a killed process left in it goes.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  const beside = `${file}.${process.pid}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  await syncFolder(folder);
  for (const name of await readdir(folder)) {
    const owner = /\.json\.(\d+)$/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(join(folder, name), { force: true });
  }
}
