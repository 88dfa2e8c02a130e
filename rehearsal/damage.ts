import { chmod, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Flips one bit in the middle of the largest file under a folder, as a dying disk would.
 *
 * @returns the file and the position of the byte
 */
export async function damageOneByte(folder: string): Promise<{ readonly file: string; readonly position: number }> {
  const file = await largestFile(folder);
  const { mode, size } = await stat(file);
  const position = Math.floor(size / 2);
  await chmod(file, 0o600);
  const handle = await open(file, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, position);
    byte[0] = (byte[0] as number) ^ 1;
    await handle.write(byte, 0, 1, position);
  } finally {
    await handle.close();
  }
  await chmod(file, mode);
  return { file, position };
}

async function largestFile(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => ({ file, size: (await stat(file)).size })));
  const [largest] = sizes.sort((a, b) => b.size - a.size);
  if (!largest) throw new Error(`nothing to damage in ${folder}`);
  return largest.file;
}
