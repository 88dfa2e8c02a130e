import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FukugenError } from '../../core/errors.ts';
import { readRecorded } from './recorded-file.ts';

/** One thing inside a captured folder, as it was. Paths are relative, with `/`, in UTF-8. */
export type Entry = FileEntry | DirectoryEntry | LinkEntry;

/** What a thing of any type may have. */
interface Belongings {
  /** Kept only by root, who alone could give it back. */
  readonly owner?: { readonly user: number; readonly group: number };
  /** Extended attributes by name, in base64, where the platform has them. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface FileEntry extends Belongings {
  readonly type: 'file';
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Permission bits of the original; the stored file is read-only. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** SHA-256 of what was stored, in hexadecimal. */
  readonly sha256: string;
  /** It took less room than its size says: holes in it were never written. */
  readonly sparse?: true;
  /** The path of the same file under the name that is stored first: a hard link. */
  readonly sameAs?: string;
  /** What the next generation knows an untouched file by. Absent of a file that had only just changed. */
  readonly state?: FileState;
}

/** Unlike size and time of modification, nothing but a change of the clock can bring these back after a change of the file. */
export interface FileState {
  readonly inode: number;
  /** Of anything about the file (ctime), by the file system's own hand; milliseconds since 1970. */
  readonly changed: number;
}

export interface DirectoryEntry extends Belongings {
  readonly type: 'directory';
  readonly path: string;
  readonly mode: number;
  readonly modified: number;
}

export interface LinkEntry extends Belongings {
  readonly type: 'link';
  readonly path: string;
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly modified?: number;
}

/** The digest of a written file list, which the manifest names. */
export interface FileList {
  readonly entries: number;
  /** Sum of the sizes of the files, in bytes. */
  readonly bytes: number;
  readonly sha256: string;
}

/** One JSON object a line, so that a list of a million files is written and read without holding its text. */
export async function writeEntries(file: string, entries: Iterable<Entry>): Promise<FileList> {
  const digest = createHash('sha256');
  let count = 0;
  let bytes = 0;
  function* lines(): Generator<string> {
    for (const entry of entries) {
      const line = `${JSON.stringify(entry)}\n`;
      digest.update(line);
      count += 1;
      bytes += entry.type === 'file' ? entry.size : 0;
      yield line;
    }
  }
  await pipeline(lines, createWriteStream(file, { mode: 0o400, flags: 'wx', flush: true }));
  return { entries: count, bytes, sha256: digest.digest('hex') };
}

/**
 * Reads a file list back, after holding it against its digest.
 *
 * @throws FukugenError `mismatch` when the list is missing or damaged, or names a place outside of its folder
 */
export async function readEntries(file: string, expected: FileList): Promise<Entry[]> {
  const text = await readRecorded(file, expected.sha256);
  const entries = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
  requireInside(entries);
  return entries;
}

/** An archive may come from a stranger: what leads out of the folder, by itself or through a link, would be restored over something else. */
function requireInside(entries: readonly Entry[]): void {
  const seen = new Set<string>();
  const links = new Set(entries.filter(({ type }) => type === 'link').map(({ path }) => path));
  const refuse = (path: string, reason: string) => {
    throw new FukugenError('mismatch', `the list of files names ${JSON.stringify(path)}${reason}`);
  };
  for (const entry of entries) {
    const others = entry.type === 'file' && entry.sameAs !== undefined ? [entry.sameAs] : [];
    for (const path of [entry.path, ...others]) {
      const steps = path.split('/');
      const isInside = path !== '' && normalize(path) === path && steps[0] !== '' && steps[0] !== '..';
      if (!isInside) refuse(path, ', which is not a path inside of the folder');
      if (links.size === 0) continue;
      const link = steps.map((_, index) => steps.slice(0, index).join('/')).find((folder) => links.has(folder));
      if (link !== undefined) refuse(path, `, below the link ${JSON.stringify(link)}`);
    }
    if (seen.has(entry.path)) refuse(entry.path, ' twice');
    seen.add(entry.path);
  }
}
