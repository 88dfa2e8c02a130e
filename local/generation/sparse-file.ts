import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { chunksOf } from './hash-file.ts';

/** The blocks of usual file systems; a hole in a smaller one is written. */
const blockBytes = 4_096;
const zeros = Buffer.alloc(blockBytes);
/** What `st_blocks` counts in, whatever the file system's own blocks are. */
const countedBytes = 512;

/** A file that takes less room than its size has holes, or lies on a file system that compresses, where leaving zeros out does no harm. */
export function isSparse({ size, blocks }: Pick<Stats, 'size' | 'blocks'>): boolean {
  return size >= blockBytes && blocks * countedBytes < size;
}

/** Writes what is not zero; what is left out reads as zeros, once the file has its length. */
export async function writeSparse(output: FileHandle, chunk: Buffer, position: number): Promise<void> {
  let start: number | undefined;
  for (let offset = 0; offset <= chunk.length; offset += blockBytes) {
    const block = chunk.subarray(offset, offset + blockBytes);
    const isHole = block.equals(zeros.subarray(0, block.length));
    if (!isHole) start ??= offset;
    else if (start !== undefined) {
      await writeAt(output, chunk.subarray(start, offset), position + start);
      start = undefined;
    }
  }
  if (start !== undefined) await writeAt(output, chunk.subarray(start), position + start);
}

/** One write may take less than it was given, on a nearly full disk for example. */
export async function writeAt(output: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let offset = 0; offset < chunk.length; )
    offset += (await output.write(chunk, offset, chunk.length - offset, position + offset)).bytesWritten;
}

/** Copies a file with its holes, which `copyFile` fills on most file systems. */
export async function copySparse(from: string, to: string, size: number): Promise<void> {
  const input = await open(from, 'r');
  try {
    const output = await open(to, 'wx', 0o600);
    try {
      let position = 0;
      for await (const chunk of chunksOf(input, size)) {
        await writeSparse(output, chunk, position);
        position += chunk.length;
      }
      await output.truncate(position);
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}
