import { hash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { FukugenError } from '../../core/errors.ts';

/** Reads a recorded file and holds it against the digest that the manifest names. */
export async function readRecorded(file: string, sha256: string): Promise<string> {
  const bytes = await readWhole(file);
  if (hash('sha256', bytes) !== sha256)
    throw new FukugenError('mismatch', `${file} is damaged: it does not have the SHA-256 in the manifest`);
  return bytes.toString();
}

export async function readWhole(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: Error) => {
    throw new FukugenError('mismatch', `${file} cannot be read: ${cause.message}`, { cause });
  });
}

export async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o400);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
