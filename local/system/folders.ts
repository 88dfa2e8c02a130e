import { chmod, open, readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A path of the policy: under the home folder, absolute, or beside the policy's file. */
export function policyPath(written: string, policyFile: string): string {
  if (written === '~') return homedir();
  return written.startsWith('~/') ? join(homedir(), written.slice(2)) : resolve(dirname(policyFile), written);
}

/** What this machine remembers between runs, by the XDG base directory specification. */
export function stateFolder(policy: string): string {
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'fukugen', policy);
}

/** Makes the names in a folder survive a power cut; on file systems that refuse, as some network ones do, the rename alone must do. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync().catch(() => {});
  } finally {
    await handle.close();
  }
}

/** The folder itself, or the nearest one above it that exists. */
export async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const stats = await stat(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    if (stats && !stats.isDirectory()) throw new Error(`${folder} is not a folder`);
    if (stats) return folder;
  }
}

/** Calls back for every folder of a tree, the deepest first. */
async function eachFolder(root: string, visit: (folder: string) => Promise<void>): Promise<void> {
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (entry.isDirectory()) await eachFolder(join(root, entry.name), visit);
  }
  await visit(root);
}

/** Syncs a tree's folders and takes their write permission away, the root's excepted: a folder that cannot be written cannot be moved. */
export async function sealTree(root: string): Promise<void> {
  await eachFolder(root, async (folder) => {
    await syncFolder(folder);
    if (folder !== root) await chmod(folder, 0o500);
  });
}

/** Removes a tree that was sealed. */
export async function removeTree(root: string): Promise<void> {
  await unseal(root).catch(() => {
    // Whatever stays in the way makes `rm` fail below, with its own reason.
  });
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
}

async function unseal(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await unseal(join(folder, entry.name));
  }
}
