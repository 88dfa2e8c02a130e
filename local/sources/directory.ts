import type { Stats } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import ignore from 'ignore';
import { counted } from '../../core/counted.ts';
import { FukugenError } from '../../core/errors.ts';
import type { SourcePolicy } from '../../core/policy/index.ts';
import { attributesLacking, withAttributes } from '../generation/attributes.ts';
import { captureTree } from '../generation/capture-tree.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { isElsewhere } from '../generation/elsewhere.ts';
import { readEntries, writeEntries } from '../generation/entry.ts';
import { type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { exists, moving, namesBeside } from '../system/file-swap.ts';
import { swapFolder } from '../system/folder-swap.ts';
import { policyPath, removeTree } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import type { Beside, CaptureContext, Captured, Plan, Proof } from './source.ts';
import { proofOf, restoreAndCompare } from './tree-proof.ts';

/** A folder with everything in it. */
export interface Directory {
  /** Absolute. */
  readonly path: string;
  /** As in a .gitignore file. */
  readonly exclude: readonly string[];
  readonly notDownloaded: DirectoryPolicy['notDownloaded'];
}

/** What programs make again, by themselves or at the next start. */
const usual = ['.venv', '__pycache__', 'node_modules', '*.log', '*.tmp'];

/** Of the names in one message. */
const shown = 20;

type DirectoryPolicy = Extract<SourcePolicy, { kind: 'directory' }>;

export function settingsOf(policy: DirectoryPolicy, policyFile: string): Directory {
  const { path, excludeUsual, excludeGit, exclude, notDownloaded } = policy;
  return {
    path: policyPath(path, policyFile),
    // The policy's own come last, so that they can take one of the others back.
    exclude: [...(excludeUsual ? usual : []), ...(excludeGit ? ['.git'] : []), ...exclude],
    notDownloaded,
  };
}

export async function plan(directory: Directory): Promise<Plan> {
  await requireFolder(directory);
  const without = directory.exclude.length > 0 ? ` without ${directory.exclude.join(', ')}` : '';
  return { text: `the folder ${directory.path}${without}` };
}

/** @param probe - says of a file whether its content is elsewhere; stands in for iCloud where there is none */
export async function capture(
  directory: Directory,
  context: CaptureContext,
  probe = isElsewhere as (stats: Stats) => boolean,
): Promise<Captured> {
  await requireFolder(directory);
  const capturedAt = new Date().toISOString();
  const rules = ignore().add([...directory.exclude]);
  const data = join(context.folder, sourceLayout.data);
  await mkdir(data, { mode: 0o700 });
  const result = await captureTree(directory.path, data, {
    isExcluded: (path, isDirectory) => rules.ignores(isDirectory ? `${path}/` : path),
    earlier: context.earlier,
    isElsewhere: (stats) => directory.notDownloaded !== 'download' && probe(stats),
    onFile: (done, total) => context.progress.count(done, total, 'files'),
    signal: context.signal,
  });
  if (directory.notDownloaded === 'fail') refuseElsewhere(directory, result.elsewhere);
  const lacking = await attributesLacking();
  const entries = lacking ? result.entries : await withAttributes(directory.path, result.entries, context.signal);
  const files = await writeEntries(join(context.folder, sourceLayout.files), entries);
  return {
    kind: 'directory',
    capturedAt,
    files,
    problems: result.problems,
    detail: {
      kind: 'directory',
      path: directory.path,
      linked: result.linked,
      ...(lacking ? { attributesLacking: lacking } : {}),
    },
  };
}

/** All of them at once, for whoever is to download them. */
function refuseElsewhere({ path }: Directory, elsewhere: readonly string[]): void {
  if (elsewhere.length === 0) return;
  const names = elsewhere.slice(0, shown).join(', ');
  const more = elsewhere.length > shown ? ` and ${elsewhere.length - shown} more` : '';
  throw new FukugenError(
    'source',
    `${counted(elsewhere.length, 'file')} in ${path} not on this machine: ${names}${more}`,
    {
      next: 'download them in the Finder, or write notDownloaded: download or skip in the policy',
    },
  );
}

export { proveTree as prove } from './tree-proof.ts';

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
  const { restored: name, kept } = namesBeside(directory.path);
  await mkdir(dirname(directory.path), { recursive: true });
  const proof = await restoreAndCompare(folder, record, name, context).catch(async (error) => {
    await removeTree(name);
    throw error;
  });
  const old = (await exists(directory.path)) ? kept : undefined;
  return {
    name,
    proof,
    replaces: [{ live: directory.path, restored: name, kept: old }],
    question: old
      ? `Put it in place of ${directory.path} and keep what is there now as ${kept}?`
      : `Put it in place as ${directory.path}?`,
    swap: async () => {
      await swapFolder(name, directory.path, old);
      const undo = old ? [moving(directory.path, name), moving(old, directory.path)] : [];
      return { inPlace: directory.path, kept: old, undo };
    },
    discard: () => removeTree(name),
  };
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
