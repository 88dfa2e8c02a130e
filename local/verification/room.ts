import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { FukugenError } from '../../core/errors.ts';
import { bytesText } from '../console/table.ts';
import type { SourceRecord } from '../generation/manifest.ts';

/** Of a new PostgreSQL server with nothing in it, and some for what it writes besides. */
const serverBytes = 128 * 2 ** 20;

/** About what a source needs when all of it is restored into a throwaway place, in bytes. */
export function roomFor({ detail, files }: SourceRecord): number {
  if (detail.kind === 'postgres') return detail.size + serverBytes;
  return detail.kind === 'command' ? detail.bytes : files.bytes;
}

/**
 * Before a restore that would fill the disk: other programs need it too.
 *
 * @throws FukugenError `store`
 */
export async function requireRoom(needed: number, source: string, place = tmpdir()): Promise<void> {
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  if (needed <= free) return;
  throw new FukugenError(
    'store',
    `restoring ${source} for a proof needs about ${bytesText(needed)}, and ${place} has ${bytesText(free)} free`,
    { next: 'free some space or set TMPDIR to a folder with more, and run again; --level readable restores nothing' },
  );
}
