import { access, mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import ignore from 'ignore';
import { FukugenError } from '../../core/errors.ts';
import { captureTree } from '../generation/capture-tree.ts';
import { compareTree, type TreeDifference } from '../generation/compare-tree.ts';
import { readEntries, writeEntries } from '../generation/entry.ts';
import { type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { restoreTree } from '../generation/restore-tree.ts';
import { removeTree } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import type { Beside, CaptureContext, Captured, Plan, Proof } from './source.ts';

/** A folder with everything in it. */
export interface Directory {
  /** Absolute. */
  readonly path: string;
  /** As in a .gitignore file. */
  readonly exclude: readonly string[];
}

export async function plan(directory: Directory): Promise<Plan> {
  await requireFolder(directory);
  return { text: `the folder ${directory.path}` };
}

export async function capture(directory: Directory, context: CaptureContext): Promise<Captured> {
  await requireFolder(directory);
  const capturedAt = new Date().toISOString();
  const rules = ignore().add([...directory.exclude]);
  const data = join(context.folder, sourceLayout.data);
  await mkdir(data, { mode: 0o700 });
  const result = await captureTree(directory.path, data, {
    isExcluded: (path, isDirectory) => rules.ignores(isDirectory ? `${path}/` : path),
    earlier: context.earlier,
    onFile: (done, total) => context.progress.count(done, total, 'files'),
    signal: context.signal,
  });
  const files = await writeEntries(join(context.folder, sourceLayout.files), result.entries);
  return {
    kind: 'directory',
    capturedAt,
    files,
    problems: result.problems,
    detail: { kind: 'directory', path: directory.path, linked: result.linked },
  };
}

/** Restores into a throwaway folder and compares every file with what was recorded. */
export async function prove(folder: string, record: SourceRecord, context: RunContext): Promise<Proof> {
  await using scratch = await temporaryFolder('a proof');
  return await restoreAndCompare(folder, record, join(scratch.path, 'restored'), context);
}

/** Holds what the folder is now against what was recorded; reads only. */
export async function compare(
  directory: Directory,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Proof> {
  await requireFolder(directory);
  const entries = await readEntries(join(folder, sourceLayout.files), record.files);
  const rules = ignore().add([...directory.exclude]);
  const differences = await compareTree(directory.path, entries, {
    attributes: true,
    inUse: true,
    leftOut: record.problems.map(({ path }) => path),
    isExcluded: (path, isDirectory) => rules.ignores(isDirectory ? `${path}/` : path),
    onFile: (done, total) => context.progress.count(done, total, 'files compared'),
    signal: context.signal,
  });
  return proofOf(record, differences);
}

/** Restores beside the folder, on the same file system, so that the swap is a rename. */
export async function restoreBeside(
  directory: Directory,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Beside> {
  const suffix = new Date().toISOString().replace(/[:.]/g, '-');
  const name = join(dirname(directory.path), `${basename(directory.path)}.restored-${suffix}`);
  const kept = join(dirname(directory.path), `${basename(directory.path)}.before-${suffix}`);
  await mkdir(dirname(directory.path), { recursive: true });
  const proof = await restoreAndCompare(folder, record, name, context).catch(async (error) => {
    await removeTree(name);
    throw error;
  });
  const exists = await access(directory.path).then(
    () => true,
    () => false,
  );
  return {
    name,
    proof,
    question: exists
      ? `Put it in place of ${directory.path} and keep what is there now as ${kept}?`
      : `Put it in place as ${directory.path}?`,
    swap: async () => {
      if (exists) await rename(directory.path, kept);
      await rename(name, directory.path).catch(async (cause: Error) => {
        if (exists) await rename(kept, directory.path);
        throw new FukugenError('store', `${name} could not be put in place: ${cause.message}`, { cause });
      });
      const undo = exists ? [moving(directory.path, name), moving(kept, directory.path)] : [];
      return { inPlace: directory.path, kept: exists ? kept : undefined, undo };
    },
    discard: () => removeTree(name),
  };
}

/** The command that gives a folder another name, for a person to type. */
function moving(folder: string, to: string): string {
  const quoted = (path: string) => `'${path.replaceAll("'", "'\\''")}'`;
  return `mv ${quoted(folder)} ${quoted(to)}`;
}

async function restoreAndCompare(
  folder: string,
  record: SourceRecord,
  into: string,
  context: RunContext,
): Promise<Proof> {
  const entries = await readEntries(join(folder, sourceLayout.files), record.files);
  await restoreTree(join(folder, sourceLayout.data), entries, into, (done, total) =>
    context.progress.count(done, total, 'files restored'),
  );
  const differences = await compareTree(into, entries, {
    attributes: true,
    leftOut: record.problems.map(({ path }) => path),
    onFile: (done, total) => context.progress.count(done, total, 'files compared'),
    signal: context.signal,
  });
  return proofOf(record, differences);
}

function proofOf(record: SourceRecord, differences: readonly TreeDifference[]): Proof {
  const verdict = differences.length > 0 ? 'different' : record.problems.length > 0 ? 'incomplete' : 'identical';
  return { verdict, text: render(record, differences), detail: { files: record.files.entries, differences } };
}

function render(record: SourceRecord, differences: readonly TreeDifference[]): string {
  const size = `${record.files.entries} files and folders, ${record.files.bytes} bytes`;
  const lines = differences.map((difference) => `${difference.path}: ${difference.text}`);
  if (lines.length > 0) return [`${size}: ${lines.length} differences`, ...lines].join('\n');
  const left = record.problems.map((problem) => `${problem.path}: not in the backup, ${problem.reason}`);
  return [`${size}: identical`, ...left].join('\n');
}

async function requireFolder({ path }: Directory): Promise<void> {
  const stats = await stat(path).catch((cause: Error) => {
    throw new FukugenError('missing', `the folder ${path} cannot be found: ${cause.message}`, {
      cause,
      next: 'correct its path in the policy, or connect the disk it is on',
    });
  });
  if (!stats.isDirectory()) throw new FukugenError('missing', `${path} is not a folder`);
}

/** Whether a store would swallow itself. */
export function contains(directory: Directory, path: string): boolean {
  const inside = relative(directory.path, path);
  return inside === '' || (!inside.startsWith('..') && !inside.startsWith('/'));
}
