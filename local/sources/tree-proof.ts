import { join } from 'node:path';
import { counted } from '../../core/counted.ts';
import { compareTree, type TreeDifference } from '../generation/compare-tree.ts';
import { readEntries } from '../generation/entry.ts';
import { type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { restoreTree } from '../generation/restore-tree.ts';
import type { RunContext } from '../system/run-context.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import type { Proof } from './source.ts';

/** Restores the files of a source into a throwaway folder and compares every one with what was recorded. */
export async function proveTree(folder: string, record: SourceRecord, context: RunContext): Promise<Proof> {
  await using scratch = await temporaryFolder('a proof');
  return await restoreAndCompare(folder, record, join(scratch.path, 'restored'), context);
}

/** @param into - must not exist yet */
export async function restoreAndCompare(
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

export function proofOf(record: SourceRecord, differences: readonly TreeDifference[]): Proof {
  const verdict = differences.length > 0 ? 'different' : record.problems.length > 0 ? 'incomplete' : 'identical';
  return { verdict, text: render(record, differences), detail: { files: record.files.entries, differences } };
}

function render(record: SourceRecord, differences: readonly TreeDifference[]): string {
  const size = `${counted(record.files.entries, 'file or folder', 'files and folders')}, ${counted(record.files.bytes, 'byte')}`;
  const lines = differences.map((difference) => `${difference.path}: ${difference.text}`);
  if (lines.length > 0) return [`${size}: ${counted(lines.length, 'difference')}`, ...lines].join('\n');
  const left = record.problems.map((problem) => `${problem.path}: not in the backup, ${problem.reason}`);
  return [`${size}: identical`, ...left].join('\n');
}
