import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { syncFolder } from './folders.ts';

/**
 * Puts a restored folder in place. A folder cannot be replaced in one step (`renameat2` could exchange two, and Node does not offer it):
 * between the two renames nothing has the name, which whoever keeps a record of the swap can finish.
 *
 * @param kept - the name that the old one gets; `undefined` when there is none
 * @throws FukugenError `store`; the old one is then in place
 */
export async function swapFolder(restored: string, live: string, kept: string | undefined): Promise<void> {
  try {
    if (kept !== undefined) await rename(live, kept);
    await rename(restored, live).catch(async (cause) => {
      if (kept !== undefined) await rename(kept, live);
      throw cause;
    });
  } catch (cause) {
    throw new FukugenError('store', `${restored} could not be put in place: ${(cause as Error).message}`, { cause });
  }
  await syncFolder(dirname(live));
}
