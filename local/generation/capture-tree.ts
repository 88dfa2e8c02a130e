import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, lutimes, mkdir, open, readlink, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { mapTogether } from '../system/map-together.ts';
import { isSystemError, storeFailure } from '../system/store-failure.ts';
import type { Entry, FileEntry } from './entry.ts';
import { HardLinks } from './hard-links.ts';
import { chunksOf, hashOpenFile } from './hash-file.ts';
import { isSparse, writeAt, writeSparse } from './sparse-file.ts';
import { type Problem, reasonOf, walkTree } from './tree-walk.ts';

/** The same source in an earlier generation on the same file system, whose unchanged files are linked instead of copied. */
export interface EarlierTree {
  readonly folder: string;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface CaptureOptions {
  readonly isExcluded?: (path: string, isDirectory: boolean) => boolean;
  readonly earlier?: EarlierTree | undefined;
  /**
   * Whether a file has its content on another machine only, and is a problem instead of being read.
   * @default - none is
   */
  readonly isElsewhere?: (stats: Stats) => boolean;
  readonly onFile?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Capture {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
  /** How many files are links to the earlier generation. */
  readonly linked: number;
  /** Sockets, pipes and devices left out. */
  readonly special: readonly string[];
  /** Files whose content is elsewhere; each is a problem too. */
  readonly elsewhere: readonly string[];
}

/** A file being written to all the time is stored as last read, and named. */
const attempts = 3;
const parallel = 8;

/**
 * Copies a folder and records, for each file, the SHA-256 of exactly what was written.
 * What cannot be read, or changed while it was read, is a problem in the result; what cannot be written is an error.
 *
 * @param into - an empty folder
 * @throws FukugenError `store` when a copy cannot be written
 */
export async function captureTree(source: string, into: string, options: CaptureOptions = {}): Promise<Capture> {
  const walk = await walkTree(source, options.isExcluded);
  const problems: Problem[] = [...walk.problems];
  const hardLinks = new HardLinks();
  const elsewhere: string[] = [];
  let linked = 0;
  let done = 0;

  // The folder itself counts: ~/.ssh is private by its own mode.
  const found = [{ path: '.', type: 'directory' } as const, ...walk.found];

  // Folders first, one by one: each stands before what goes into it.
  for (const { path, type } of found)
    if (type === 'directory') await writing(() => mkdir(join(into, path), { recursive: true, mode: 0o700 }));

  const entries = await mapTogether(
    found,
    async ({ path, type }): Promise<Entry | undefined> => {
      options.signal?.throwIfAborted();
      const from = join(source, path);
      const to = join(into, path);
      try {
        if (type === 'directory') {
          const stats = await stat(from);
          return { type, path, mode: stats.mode & 0o7777, modified: stats.mtimeMs, ...ownerOf(stats) };
        }
        if (type === 'link') {
          const target = await readlink(from);
          const stats = await lstat(from);
          await writing(() => symlink(target, to));
          await writing(() => lutimes(to, stats.atimeMs / 1_000, stats.mtimeMs / 1_000));
          return { type, path, target, modified: stats.mtimeMs, ...ownerOf(stats) };
        }
        const result = await captureFile(path, from, to, { ...options, hardLinks, into });
        if (!result) {
          problems.push({ path, reason: 'its content is not on this machine' });
          elsewhere.push(path);
          return undefined;
        }
        if (result.linked) linked += 1;
        if (result.changed)
          problems.push({ path, reason: 'it changed while it was read; what is stored is the last of three readings' });
        return result.entry;
      } catch (error) {
        // `writing` makes a FukugenError of what the store refuses; what the system refuses besides is the source's.
        if (!isSystemError(error)) throw error;
        problems.push({ path, reason: reasonOf(error) });
        // The generation holds what its list names and nothing else: a folder stands in it by now, and half a file must go.
        if (type === 'directory') return { type, path, mode: 0o700, modified: Date.now() };
        await writing(() => rm(to, { force: true }));
        return undefined;
      } finally {
        done += 1;
        options.onFile?.(done, found.length);
      }
    },
    { concurrency: parallel },
  );
  return {
    entries: entries.filter((entry) => entry !== undefined),
    problems,
    linked,
    special: walk.special,
    elsewhere,
  };
}

export interface CapturedFile {
  readonly entry: FileEntry;
  readonly linked: boolean;
  readonly changed: boolean;
}

interface FileOptions extends Pick<CaptureOptions, 'earlier' | 'isElsewhere'> {
  /** Names of the same file seen so far, which lie in the folder `into`. */
  readonly hardLinks?: HardLinks;
  readonly into?: string;
}

/**
 * Copies one file, or links it to the earlier generation. Throws the system's own error when it cannot be read.
 *
 * @returns `undefined` when its content is elsewhere; nothing was read then
 */
export async function captureFile(
  path: string,
  from: string,
  to: string,
  options: FileOptions,
): Promise<CapturedFile | undefined> {
  const untouched = await linkUntouched(path, from, to, options);
  if (untouched) return untouched;
  // Non-blocking: should a pipe have taken the file's place, opening it would wait for a writer for ever.
  const input = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await input.stat();
    // Opening an evicted iCloud file does nothing; the first reading downloads it, for minutes or never.
    if (options.isElsewhere?.(stats)) return undefined;
    if (!options.hardLinks || stats.nlink === 1) return await captureContent(path, input, to, options.earlier);
    return await options.hardLinks.capture(stats, {
      first: () => captureContent(path, input, to, options.earlier),
      again: async ({ entry, changed }) =>
        (await linkTo(join(options.into as string, entry.path), to))
          ? { entry: { ...entry, path, sameAs: entry.path }, linked: false, changed }
          : undefined,
    });
  } finally {
    await input.close();
  }
}

/** Links a file that nothing has touched since the generation before, without opening it. */
async function linkUntouched(
  path: string,
  from: string,
  to: string,
  { earlier, isElsewhere }: FileOptions,
): Promise<CapturedFile | undefined> {
  const before = earlier?.entries.get(path);
  if (!earlier || before?.type !== 'file' || before.state === undefined) return undefined;
  const stats = await lstat(from);
  const isKnown = stats.isFile() && stats.nlink === 1 && isSameOutside(before, stats) && isUntouched(before, stats);
  if (!isKnown || isElsewhere?.(stats) || !(await linkTo(join(earlier.folder, path), to))) return undefined;
  const { attributes: _, ...entry } = before;
  return { entry, linked: true, changed: false };
}

async function captureContent(
  path: string,
  input: FileHandle,
  to: string,
  earlier: EarlierTree | undefined,
): Promise<CapturedFile> {
  const before = earlier?.entries.get(path);
  for (let attempt = 1; ; attempt += 1) {
    const start = await input.stat();
    const known = before?.type === 'file' && isSameOutside(before, start) ? before : undefined;
    const about = { type: 'file', path, mode: start.mode & 0o7777, modified: start.mtimeMs } as const;
    const more = { ...(isSparse(start) ? ({ sparse: true } as const) : {}), ...ownerOf(start), ...stateOf(start) };
    // Size and time of modification may lie (rsync links the old content then): of a file that was touched the content decides.
    if (
      known &&
      earlier &&
      (await hashOpenFile(input, start.size)) === known.sha256 &&
      (await linkTo(join(earlier.folder, path), to))
    ) {
      const { size, sha256 } = known;
      return { entry: { ...about, size, sha256, ...more }, linked: true, changed: false };
    }
    // A reading that is tried again finds its own read-only copy in the way.
    if (attempt > 1) await writing(() => rm(to));
    const { sha256, size } = await copyAndHash(input, to, start);
    const end = await input.stat();
    const changed = start.size !== end.size || start.mtimeMs !== end.mtimeMs || start.ctimeMs !== end.ctimeMs;
    if (!changed || attempt === attempts) return { entry: { ...about, size, sha256, ...more }, linked: false, changed };
  }
}

function ownerOf({ uid, gid }: Stats): Pick<FileEntry, 'owner'> {
  return process.getuid?.() === 0 ? { owner: { user: uid, group: gid } } : {};
}

/** Within this time a file system may give two changes the same ctime; the coarsest count in steps of two seconds. */
const settledMilliseconds = 2_000;

/** To be asked before the file is read: what changes it afterwards then changes this too. */
function stateOf({ ino, ctimeMs }: Stats): Pick<FileEntry, 'state'> {
  return Date.now() - ctimeMs > settledMilliseconds ? { state: { inode: ino, changed: ctimeMs } } : {};
}

function isUntouched({ state }: FileEntry, { ino, ctimeMs }: Stats): boolean {
  return state?.inode === ino && state.changed === ctimeMs;
}

function isSameOutside(entry: FileEntry, stats: Stats): boolean {
  return (
    entry.size === stats.size && storedMode(entry.mode) === storedMode(stats.mode) && entry.modified === stats.mtimeMs
  );
}

/** Read-only: an edit inside one generation would change every generation that links to the file. */
function storedMode(mode: number): number {
  return (mode & 0o555) | 0o400;
}

/** A file system allows only so many links to one file (65,000 on ext4): the next generation then starts a new copy. */
async function linkTo(existing: string, to: string): Promise<boolean> {
  return link(existing, to).then(
    () => true,
    () => false,
  );
}

interface Copied {
  readonly sha256: string;
  /** Bytes written, which for a growing file is more than its size was. */
  readonly size: number;
}

async function copyAndHash(input: FileHandle, to: string, stats: Stats): Promise<Copied> {
  const hash = createHash('sha256');
  const hasHoles = isSparse(stats);
  let size = 0;
  const output = await writing(() => open(to, 'wx', 0o600));
  try {
    for await (const chunk of chunksOf(input, stats.size)) {
      hash.update(chunk);
      await writing(() => (hasHoles ? writeSparse(output, chunk, size) : writeAt(output, chunk, size)));
      size += chunk.length;
    }
    await writing(async () => {
      if (hasHoles) await output.truncate(size);
      await output.chmod(storedMode(stats.mode));
      await output.utimes(stats.atimeMs / 1_000, stats.mtimeMs / 1_000);
      await output.sync();
    });
  } finally {
    await writing(() => output.close());
  }
  return { sha256: hash.digest('hex'), size };
}

async function writing<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw storeFailure(cause, 'the store');
  }
}
