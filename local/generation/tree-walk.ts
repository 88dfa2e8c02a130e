import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Something in a folder that is not, or not whole, in the backup. */
export interface Problem {
  /** Relative to the source. */
  readonly path: string;
  readonly reason: string;
}

export interface Walk {
  /** Relative paths, folders before what is in them, in a stable order. */
  readonly found: readonly { readonly path: string; readonly type: 'file' | 'directory' | 'link' }[];
  readonly problems: readonly Problem[];
  /** Sockets, pipes and devices, which have no content to keep. */
  readonly special: readonly string[];
}

/** `ignoreBOM` keeps a byte order mark: without it the decoder takes one away, and a name without it is another file's. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Lists a folder whole. What cannot be listed becomes a problem, never an exception: the rest still counts. */
export async function walkTree(
  root: string,
  isExcluded: (path: string, isDirectory: boolean) => boolean = () => false,
): Promise<Walk> {
  const found: { path: string; type: 'file' | 'directory' | 'link' }[] = [];
  const problems: Problem[] = [];
  const special: string[] = [];

  async function enter(folder: string): Promise<void> {
    let names: Dirent<Buffer>[];
    try {
      names = await readdir(join(root, folder), { withFileTypes: true, encoding: 'buffer' });
    } catch (error) {
      problems.push({ path: folder === '' ? '.' : folder, reason: reasonOf(error) });
      return;
    }
    for (const entry of names.sort((a, b) => Buffer.compare(a.name, b.name))) {
      const name = decode(entry.name);
      if (name === undefined) {
        problems.push({ path: join(folder, entry.name.toString('latin1')), reason: 'its name is not UTF-8' });
        continue;
      }
      const path = folder === '' ? name : `${folder}/${name}`;
      if (isExcluded(path, entry.isDirectory())) continue;
      if (entry.isSymbolicLink()) found.push({ path, type: 'link' });
      else if (entry.isFile()) found.push({ path, type: 'file' });
      else if (entry.isDirectory()) {
        found.push({ path, type: 'directory' });
        await enter(path);
      } else special.push(path);
    }
  }

  await enter('');
  return { found, problems, special };
}

function decode(name: Buffer): string | undefined {
  try {
    return utf8.decode(name);
  } catch {
    return undefined;
  }
}

const reasons: Record<string, string> = {
  EACCES: 'no permission to read it',
  EPERM: 'the system does not permit reading it',
  ENOENT: 'it went away while the backup ran',
  EIO: 'the disk cannot read it',
  ELOOP: 'it became a link while the backup ran',
  EISDIR: 'it became a folder while the backup ran',
  ESPIPE: 'it became a pipe while the backup ran',
  // An iCloud file whose content is elsewhere: local-peers, section 4.5.
  EDEADLK: 'its content is not on this machine',
};

/** The errno of a file system call in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && reasons[code]) || message;
}
