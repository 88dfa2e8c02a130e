import { access, link, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { syncFolder } from './folders.ts';

/** Names for what a restore puts beside a path, on the same file system, so that the swap is a rename. */
export function namesBeside(path: string): { readonly restored: string; readonly kept: string } {
  const suffix = new Date().toISOString().replace(/[:.]/g, '-');
  return { restored: `${path}.restored-${suffix}`, kept: `${path}.before-${suffix}` };
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Puts a restored file in place: under its name there is always the old one or the new one, whenever this is killed.
 *
 * @param kept - the name that the old one gets; `undefined` when there is none
 * @throws FukugenError `store`; the old one is then in place
 */
export async function swapFile(restored: string, live: string, kept: string | undefined): Promise<void> {
  try {
    if (kept !== undefined) await keep(live, kept);
    await rename(restored, live);
    await syncFolder(dirname(live));
  } catch (cause) {
    if (kept !== undefined && (await exists(live))) await rm(kept, { force: true });
    else if (kept !== undefined) await rename(kept, live);
    throw new FukugenError('store', `${restored} could not be put in place: ${(cause as Error).message}`, { cause });
  }
}

async function keep(live: string, kept: string): Promise<void> {
  await link(live, kept).catch(async (error: NodeJS.ErrnoException) => {
    // A file system without hard links, such as exFAT: for a moment nothing has the name.
    if (error.code !== 'EPERM' && error.code !== 'ENOTSUP' && error.code !== 'EOPNOTSUPP') throw error;
    await rename(live, kept);
  });
}

/** A path as a shell reads it. */
export function shellQuoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** The command that gives a file or folder another name, for a person to type. */
export function moving(path: string, to: string): string {
  return `mv ${shellQuoted(path)} ${shellQuoted(to)}`;
}
