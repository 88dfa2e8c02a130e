import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { hashFile } from '../generation/hash-file.ts';

/** Of the file beside an archive that `sha256sum -c` checks. No compression and no cipher notices every byte that was changed or added. */
export const digestSuffix = '.sha256';

export function digestText(sha256: string, archive: string): string {
  return `${sha256}  ${basename(archive)}\n`;
}

/**
 * Holds an archive against its digest; one that was handed over without is taken as it is.
 *
 * @throws FukugenError `mismatch`
 */
export async function requireDigest(archive: string): Promise<void> {
  const recorded = await readFile(archive + digestSuffix, 'utf8').catch(() => undefined);
  if (recorded === undefined) return;
  const { size } = await stat(archive);
  if (recorded === digestText(await hashFile(archive, size), archive)) return;
  throw new FukugenError('mismatch', `the archive ${archive} is damaged: it does not have the SHA-256 beside it`, {
    next: 'fukugen list, then --at another generation or --store another store',
  });
}
