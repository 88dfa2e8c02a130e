import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

const chunkBytes = 256 * 1024;

/** A file from its beginning to its end. A chunk is good until the next one is asked for. */
export async function* chunksOf(input: FileHandle, expectedSize: number): AsyncGenerator<Buffer> {
  // One byte more than expected shows the end of a small file, or that it grew, in a buffer no larger than it needs.
  const buffer = Buffer.allocUnsafe(Math.min(expectedSize + 1, chunkBytes));
  let position = 0;
  for (;;) {
    const { bytesRead } = await input.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
    if (bytesRead < buffer.length && position >= expectedSize) return;
  }
}

/** SHA-256 in hexadecimal. */
export async function hashOpenFile(input: FileHandle, expectedSize: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(input, expectedSize)) hash.update(chunk);
  return hash.digest('hex');
}

/** SHA-256 in hexadecimal. */
export async function hashFile(file: string, expectedSize: number): Promise<string> {
  const input = await open(file, 'r');
  try {
    return await hashOpenFile(input, expectedSize);
  } finally {
    await input.close();
  }
}
