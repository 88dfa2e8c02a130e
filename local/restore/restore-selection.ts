import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ignore from 'ignore';
import { counted } from '../../core/counted.ts';
import { FukugenError } from '../../core/errors.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { type Entry, readEntries } from '../generation/entry.ts';
import { type FilesDetail, type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { restoreTree } from '../generation/restore-tree.ts';
import { type Files, restoreBeside } from '../sources/files.ts';
import type { Source } from '../sources/index.ts';
import type { Beside } from '../sources/source.ts';
import { namesBeside } from '../system/file-swap.ts';
import { removeTree } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import { restoreTables } from './restore-tables.ts';
import type { Selection } from './selection.ts';

type Part = Pick<Beside, 'name' | 'proof'>;

/**
 * Restores a part of a source to a new place and compares it with what was recorded of that part.
 *
 * @throws FukugenError `missing` when nothing in the backup is meant
 */
export async function restoreSelection(
  source: Source,
  folder: string,
  record: SourceRecord,
  selection: Selection,
  context: RunContext,
): Promise<Part> {
  if (source.kind === 'directory')
    return restoreFiles(source.settings.path, folder, record, selection.path ?? [], context);
  if (source.kind === 'files') return restoreNamed(source.settings, folder, record, selection.path ?? [], context);
  if (source.kind === 'postgres') return restoreTables(source, folder, record, selection, context);
  throw new Error(`no part of a ${source.kind}`);
}

async function restoreFiles(
  path: string,
  folder: string,
  record: SourceRecord,
  patterns: readonly string[],
  context: RunContext,
): Promise<Part> {
  const entries = selectEntries(await readEntries(join(folder, sourceLayout.files), record.files), patterns);
  const { restored } = namesBeside(path);
  await mkdir(dirname(path), { recursive: true });
  try {
    await restoreTree(join(folder, sourceLayout.data), entries, restored, (done, total) =>
      context.progress.count(done, total, 'files restored'),
    );
    const differences = await compareTree(restored, entries, {
      attributes: true,
      onFile: (done, total) => context.progress.count(done, total, 'files compared'),
      signal: context.signal,
    });
    const files = entries.filter(({ type }) => type !== 'directory').length;
    const verdict = differences.length === 0 ? 'identical' : 'different';
    const lines = differences.map((difference) => `${difference.path}: ${difference.text}`);
    const text = [
      `${files} of the files: ${differences.length === 0 ? 'identical' : counted(differences.length, 'difference')}`,
      ...lines,
    ].join('\n');
    return { name: restored, proof: { verdict, text, detail: { files, differences } } };
  } catch (error) {
    await removeTree(restored);
    throw error;
  }
}

/** Each beside its original, like all of them: single files have no folder in common. */
async function restoreNamed(
  { files }: Files,
  folder: string,
  record: SourceRecord,
  patterns: readonly string[],
  context: RunContext,
): Promise<Part> {
  const rules = ignore().add([...patterns]);
  const { files: recorded } = record.detail as FilesDetail;
  // As the policy names it, or by where it was.
  const meant = recorded.filter(({ written, stored }) => patterns.includes(written) || rules.ignores(stored));
  if (meant.length === 0) throw nothingCalled(patterns, `it has ${recorded.map(({ written }) => written).join(', ')}`);
  const chosen = files.filter((file) => meant.some(({ written }) => written === file.written));
  // What was not there to be backed up is no matter of these.
  return restoreBeside({ files: chosen }, folder, { ...record, problems: [] }, context);
}

function nothingCalled(patterns: readonly string[], next: string): FukugenError {
  return new FukugenError('missing', `nothing in the backup is called ${patterns.join(' or ')}`, { next });
}

/** What the patterns mean, with the folders it lies in. */
function selectEntries(entries: readonly Entry[], patterns: readonly string[]): Entry[] {
  const rules = ignore().add([...patterns]);
  const isMeant = ({ type, path }: Entry) => path !== '.' && rules.ignores(type === 'directory' ? `${path}/` : path);
  const meant = entries.filter(isMeant);
  if (meant.length === 0) {
    throw nothingCalled(
      patterns,
      "write it as in a .gitignore file: --path 'docs/', --path '*.md', --path /notes/2026/plan.md",
    );
  }
  const wanted = new Set(meant.map(({ path }) => path));
  for (const { path } of meant)
    for (let above = dirname(path); !wanted.has(above); above = dirname(above)) wanted.add(above);
  // Another name of a file that is not meant is a file of its own here, and the others its other names.
  const first = new Map<string, string>();
  return entries
    .filter(({ path }) => wanted.has(path))
    .map((entry) => {
      if (entry.type !== 'file' || entry.sameAs === undefined || wanted.has(entry.sameAs)) return entry;
      const { sameAs, ...own } = entry;
      const other = first.get(sameAs);
      if (other === undefined) first.set(sameAs, entry.path);
      return other === undefined ? own : { ...own, sameAs: other };
    });
}
