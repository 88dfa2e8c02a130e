import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pMap from 'p-map';
import { attributesLacking, withAttributes } from './attributes.ts';
import type { Entry, FileEntry } from './entry.ts';
import { hashFile } from './hash-file.ts';
import { reasonOf, walkTree } from './tree-walk.ts';

/** One way in which a folder is not what was recorded. */
export interface TreeDifference {
  readonly path: string;
  readonly kind:
    | 'missing'
    | 'extra'
    | 'type'
    | 'content'
    | 'target'
    | 'mode'
    | 'time'
    | 'owner'
    | 'hard link'
    | 'attributes'
    | 'unreadable';
  readonly text: string;
}

export interface CompareTreeOptions {
  /**
   * A restored folder has the original's permissions and times; a stored one is read-only on purpose.
   * @default false
   */
  readonly attributes?: boolean;
  /** Paths that were left out on purpose, and so are no strangers. */
  readonly isExcluded?: (path: string, isDirectory: boolean) => boolean;
  /**
   * Sockets, pipes and devices are never in a backup, so a folder in use may hold some; a stored or restored one may not.
   * @default false
   */
  readonly inUse?: boolean;
  /**
   * What the backup could not read, and so knows nothing about: files, and folders with all that is in them.
   * @default []
   */
  readonly leftOut?: readonly string[];
  readonly onFile?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const parallel = 4;
/** File systems keep times to different grains; exFAT to two seconds, which no grain of ours hides. */
const timeGrainMilliseconds = 2;

/** Reads a folder whole and names every difference from what was recorded, down to the last byte of content. */
export async function compareTree(
  folder: string,
  entries: readonly Entry[],
  options: CompareTreeOptions = {},
): Promise<TreeDifference[]> {
  const differences: TreeDifference[] = [];
  let done = 0;
  const results = await pMap(
    entries,
    async (entry) => {
      options.signal?.throwIfAborted();
      const found = await compareEntry(folder, entry, options.attributes ?? false);
      done += 1;
      options.onFile?.(done, entries.length);
      return found;
    },
    { concurrency: parallel },
  );
  differences.push(...results.flat());
  if (options.attributes) differences.push(...(await compareAttributes(folder, entries, options.signal)));
  const recorded = new Set(entries.map((entry) => entry.path));
  const leftOut = new Set(options.leftOut);
  const isUnknown = (path: string) => !recorded.has(path) && !isWithin(path, leftOut);
  const walk = await walkTree(folder, options.isExcluded);
  for (const path of [...walk.found.map((found) => found.path), ...(options.inUse ? [] : walk.special)]) {
    if (isUnknown(path)) differences.push({ path, kind: 'extra', text: 'was not recorded' });
  }
  for (const { path, reason } of walk.problems) {
    if (!isWithin(path, leftOut)) differences.push({ path, kind: 'unreadable', text: reason });
  }
  return differences;
}

/** Whether a path is among these, or inside one of them. */
function isWithin(path: string, these: ReadonlySet<string>): boolean {
  if (these.size === 0) return false;
  for (let place = path; place !== '.'; place = dirname(place)) if (these.has(place)) return true;
  return these.has('.');
}

async function compareEntry(folder: string, entry: Entry, attributes: boolean): Promise<TreeDifference[]> {
  const { path } = entry;
  const file = join(folder, path);
  try {
    const stats = await lstat(file);
    const type = stats.isSymbolicLink()
      ? 'link'
      : stats.isDirectory()
        ? 'directory'
        : stats.isFile()
          ? 'file'
          : 'special';
    if (type !== entry.type) return [{ path, kind: 'type', text: `was a ${entry.type}, is a ${type}` }];
    if (entry.type === 'link') {
      const target = await readlink(file);
      const text = `pointed to ${entry.target}, points to ${target}`;
      return target === entry.target
        ? attributes
          ? [...time(entry, stats), ...owner(entry, stats)]
          : []
        : [{ path, kind: 'target', text }];
    }
    const differences: TreeDifference[] = entry.type === 'file' ? await compareContent(file, entry, stats.size) : [];
    if (!attributes) return differences;
    const mode = stats.mode & 0o7777;
    if (mode !== entry.mode)
      differences.push({ path, kind: 'mode', text: `had mode ${entry.mode.toString(8)}, has ${mode.toString(8)}` });
    differences.push(...time(entry, stats), ...owner(entry, stats));
    if (
      entry.type === 'file' &&
      entry.sameAs !== undefined &&
      (await lstat(join(folder, entry.sameAs))).ino !== stats.ino
    )
      differences.push({ path, kind: 'hard link', text: `was the same file as ${entry.sameAs}, is one of its own` });
    return differences;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return [
      missing ? { path, kind: 'missing', text: 'is missing' } : { path, kind: 'unreadable', text: reasonOf(error) },
    ];
  }
}

function time({ path, modified }: Entry, stats: Stats): TreeDifference[] {
  if (modified === undefined || Math.abs(stats.mtimeMs - modified) <= timeGrainMilliseconds) return [];
  const text = `was changed ${new Date(modified).toISOString()}, says ${stats.mtime.toISOString()}`;
  return [{ path, kind: 'time', text }];
}

/** Only root could have given it back. */
function owner({ path, owner: was }: Entry, { uid, gid }: Stats): TreeDifference[] {
  if (!was || process.getuid?.() !== 0 || (was.user === uid && was.group === gid)) return [];
  return [{ path, kind: 'owner', text: `belonged to ${was.user}:${was.group}, belongs to ${uid}:${gid}` }];
}

/** Of the things that had any; a machine without the program for it cannot tell, and restored none. */
async function compareAttributes(
  folder: string,
  entries: readonly Entry[],
  signal: AbortSignal = new AbortController().signal,
): Promise<TreeDifference[]> {
  const having = entries.filter(({ attributes }) => attributes !== undefined);
  if (having.length === 0) return [];
  const lacking = await attributesLacking();
  const found = lacking
    ? having.map(({ path }) => ({ path }))
    : await withAttributes(
        folder,
        having.map((entry) => ({ ...entry, attributes: {} })),
        signal,
      );
  const sorted = (entry: { readonly attributes?: Entry['attributes'] }) =>
    JSON.stringify(Object.entries(entry.attributes ?? {}).sort());
  return having.flatMap(({ path, attributes }, index): TreeDifference[] =>
    sorted({ attributes }) === sorted(found[index] as Entry)
      ? []
      : [{ path, kind: 'attributes', text: lacking ?? 'has other extended attributes' }],
  );
}

async function compareContent(file: string, entry: FileEntry, size: number): Promise<TreeDifference[]> {
  if (size !== entry.size) return [{ path: entry.path, kind: 'content', text: `had ${entry.size} bytes, has ${size}` }];
  const sha256 = await hashFile(file, size);
  return sha256 === entry.sha256
    ? []
    : [{ path: entry.path, kind: 'content', text: `content differs: SHA-256 was ${entry.sha256}, is ${sha256}` }];
}
