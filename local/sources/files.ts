import { chmod, constants, copyFile, lutimes, mkdir, open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { counted } from '../../core/counted.ts';
import { FukugenError } from '../../core/errors.ts';
import type { SourcePolicy } from '../../core/policy/index.ts';
import { textDiff } from '../console/text-diff.ts';
import { captureFile } from '../generation/capture-tree.ts';
import type { DirectoryEntry, Entry, FileEntry } from '../generation/entry.ts';
import { readEntries, writeEntries } from '../generation/entry.ts';
import { hashFile } from '../generation/hash-file.ts';
import { type FilesDetail, type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { type Problem, reasonOf } from '../generation/tree-walk.ts';
import { exists, moving, namesBeside, swapFile } from '../system/file-swap.ts';
import { policyPath, syncFolder } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import { isSystemError, storeFailure } from '../system/store-failure.ts';
import type { Beside, CaptureContext, Captured, Plan, Proof } from './source.ts';

export { proveTree as prove } from './tree-proof.ts';

type FilesPolicy = Extract<SourcePolicy, { kind: 'files' }>;

interface NamedFile {
  /** As the policy names it. */
  readonly written: string;
  /** Absolute. */
  readonly path: string;
  readonly secret: boolean;
}

/** Single files, such as `.env` and `docker-compose.yml`. */
export interface Files {
  readonly files: readonly NamedFile[];
}

export function settingsOf({ files }: FilesPolicy, policyFile: string): Files {
  return {
    files: files.map(({ path, secret }) => ({ written: path, path: policyPath(path, policyFile), secret })),
  };
}

export async function plan({ files }: Files): Promise<Plan> {
  const missing = await missingOf(files);
  requireAny(files, missing);
  const secrets = files.filter(({ secret }) => secret).length;
  const lacking = missing.map(({ path, reason }) => `; ${path}: ${reason}`).join('');
  return { text: `${counted(files.length, 'file')}, ${secrets} of them secret${lacking}` };
}

export async function capture({ files }: Files, context: CaptureContext): Promise<Captured> {
  const capturedAt = new Date().toISOString();
  const data = join(context.folder, sourceLayout.data);
  await mkdir(data, { mode: 0o700 });
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  const stored: FilesDetail['files'][number][] = [];
  for (const [index, { written, path, secret }] of files.entries()) {
    context.signal.throwIfAborted();
    // Where it was, so that a person who looks into the generation finds it; on another machine `written` decides.
    const place = path.slice(1);
    try {
      await requireFile(path);
      await mkdir(join(data, dirname(place)), { recursive: true, mode: 0o700 });
      // A configuration that is a link into a folder of dotfiles is kept with its content.
      const found = await captureFile(place, await realpath(path), join(data, place), { earlier: context.earlier });
      if (!found) continue;
      // Nobody else's, whatever the original allows; like everything in a generation it is read-only.
      await chmod(join(data, place), 0o400);
      entries.push(found.entry);
      stored.push({ written, stored: place, secret });
      if (found.changed) problems.push({ path: written, reason: 'it changed while it was read' });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      problems.push({ path: written, reason: error.code === 'ENOENT' ? 'it is not there' : reasonOf(error) });
    }
    context.progress.count(index + 1, files.length, 'files');
  }
  requireAny(files, problems.slice(0, files.length - stored.length));
  const list = await writeEntries(join(context.folder, sourceLayout.files), [...foldersOf(entries), ...entries]);
  return { kind: 'files', capturedAt, files: list, problems, detail: { kind: 'files', files: stored } };
}

/** The folders that the files lie in, outermost first; of the originals' folders nothing is kept. */
function foldersOf(entries: readonly Entry[]): DirectoryEntry[] {
  const paths = new Set(['.']);
  for (const { path } of entries) {
    const parts = dirname(path).split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) paths.add(parts.slice(0, depth).join('/'));
  }
  return [...paths].sort().map((path) => ({ type: 'directory', path, mode: 0o700, modified: 0 }));
}

/** Compares what is there now; reads only. */
export async function compare({ files }: Files, folder: string, record: SourceRecord): Promise<Proof> {
  const changes: Change[] = [];
  for (const file of await recordedFiles(files, folder, record)) changes.push(await changeOf(file));
  const changed = changes.filter(({ text }) => text !== '');
  const left = record.problems.map(({ path, reason }) => `${path}: not in the backup, ${reason}`);
  return {
    verdict: changed.length > 0 ? 'different' : left.length > 0 ? 'incomplete' : 'identical',
    text: [
      `${counted(changes.length, 'file')}: ${changed.length === 0 ? 'identical' : `${changed.length} differ`}`,
      ...changed.map(({ text }) => text),
      ...left,
    ].join('\n'),
    detail: { files: changes.length, changes: changed.map(({ written, text }) => ({ path: written, text })) },
  };
}

/** Each file beside its original; what would change is told as a diff, without the values of secrets. */
export async function restoreBeside(
  { files }: Files,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Beside> {
  const restores: Restore[] = [];
  const discard = async () => {
    for (const { restored } of restores) await rm(restored, { force: true });
  };
  try {
    for (const file of await recordedFiles(files, folder, record)) {
      context.signal.throwIfAborted();
      const path = await realpath(file.path).catch(() => file.path);
      const { restored, kept } = namesBeside(path);
      const change = await changeOf(file);
      restores.push({ ...change, path, restored, kept: (await exists(path)) ? kept : undefined });
      await writeBeside(file, restored);
    }
  } catch (error) {
    await discard();
    throw error;
  }
  const changed = restores.filter(({ text }) => text !== '');
  const replaced = changed.filter(({ kept }) => kept !== undefined);
  const text = [
    `${counted(restores.length, 'file')}: identical with the backup; ${changed.length} would change what is there`,
    ...changed.map((change) => change.text),
    ...record.problems.map(({ path, reason }) => `${path}: not in the backup, ${reason}`),
  ].join('\n');
  return {
    name: restores.map(({ restored }) => restored).join(', '),
    proof: {
      verdict: record.problems.length > 0 ? 'incomplete' : 'identical',
      text,
      detail: { files: restores.length, changes: changed.map(({ written, text }) => ({ path: written, text })) },
    },
    replaces: changed.map(({ path, restored, kept }) => ({ live: path, restored, kept })),
    question: `Put ${changed.length} of ${restores.length} files in place, and keep ${replaced.length} that are there now beside them?`,
    swap: async () => {
      for (const { restored, path, kept, text } of restores) {
        if (text === '') await rm(restored, { force: true });
        else await swapFile(restored, path, kept);
      }
      return {
        inPlace: changed.map(({ path }) => path).join(', ') || 'what is there already',
        kept: replaced.map(({ kept }) => kept).join(', ') || undefined,
        undo: replaced.map(({ path, kept }) => moving(kept as string, path)),
      };
    },
    discard,
  };
}

interface RecordedFile {
  readonly written: string;
  readonly path: string;
  readonly secret: boolean;
  /** In the generation. */
  readonly stored: string;
  readonly entry: FileEntry;
}

interface Change {
  readonly written: string;
  /** Empty when nothing would change. */
  readonly text: string;
}

interface Restore extends Change {
  readonly path: string;
  readonly restored: string;
  readonly kept: string | undefined;
}

/** The files of the generation that the policy still names, each checked to be what was recorded. */
async function recordedFiles(
  files: readonly NamedFile[],
  folder: string,
  record: SourceRecord,
): Promise<RecordedFile[]> {
  const entries = await readEntries(join(folder, sourceLayout.files), record.files);
  const recorded: RecordedFile[] = [];
  for (const { written, stored, secret } of (record.detail as FilesDetail).files) {
    const file = files.find((candidate) => candidate.written === written);
    if (!file) continue;
    const entry = entries.find(({ path }) => path === stored) as FileEntry;
    const copy = join(folder, sourceLayout.data, stored);
    const sha256 = await hashFile(copy, entry.size).catch(() => 'none');
    if (sha256 !== entry.sha256) {
      throw new FukugenError('mismatch', `the backup is damaged: ${written} is missing or not what was recorded`, {
        next: 'fukugen list, then --at another generation or --store another store',
      });
    }
    recorded.push({ written, path: file.path, secret: secret || file.secret, stored: copy, entry });
  }
  if (recorded.length > 0) return recorded;
  throw new FukugenError('missing', 'the policy names none of the files in this generation');
}

async function changeOf({ written, path, secret, stored, entry }: RecordedFile): Promise<Change> {
  const live = await stat(path).catch(() => undefined);
  if (!live) return { written, text: `${written}: is not there now` };
  const mode = live.mode & 0o7777;
  const diff = textDiff(written, await readFile(path), await readFile(stored), secret);
  const modes = mode === entry.mode ? '' : `${written}: had mode ${entry.mode.toString(8)}, has ${mode.toString(8)}`;
  return { written, text: [diff, modes].filter(Boolean).join('\n') };
}

async function writeBeside({ stored, entry }: RecordedFile, restored: string): Promise<void> {
  try {
    await mkdir(dirname(restored), { recursive: true });
    await copyFile(stored, restored, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await lutimes(restored, entry.modified / 1_000, entry.modified / 1_000);
    await chmod(restored, entry.mode);
    const handle = await open(restored, 'r');
    await handle.sync().finally(() => handle.close());
    await syncFolder(dirname(restored));
  } catch (cause) {
    throw storeFailure(cause, restored);
  }
}

async function requireFile(path: string): Promise<void> {
  const stats = await stat(path);
  if (stats.isFile()) return;
  throw new FukugenError('missing', `${path} is not a file`, {
    next: 'write kind: directory for a folder',
  });
}

async function missingOf(files: readonly NamedFile[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { written, path } of files) {
    await requireFile(path).catch((error: Error) => {
      if (!isSystemError(error)) throw error;
      problems.push({ path: written, reason: error.code === 'ENOENT' ? 'it is not there' : reasonOf(error) });
    });
  }
  return problems;
}

/** One file that is missing leaves the rest worth having; with none of them there is nothing to keep. */
function requireAny(files: readonly NamedFile[], problems: readonly Problem[]): void {
  if (problems.length < files.length) return;
  const names = problems.map(({ path, reason }) => `${path}: ${reason}`).join('; ');
  throw new FukugenError('missing', `none of the files can be read: ${names}`, {
    next: 'correct their paths in the policy',
  });
}
