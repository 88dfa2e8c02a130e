import { join } from 'node:path';
import { counted } from '../../core/counted.ts';
import { FukugenError } from '../../core/errors.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { readEntries } from '../generation/entry.ts';
import { layout, type Manifest, type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { readRecorded } from '../generation/recorded-file.ts';
import { walkTree } from '../generation/tree-walk.ts';
import type { RunContext } from '../system/run-context.ts';
import { allFiles, type Result } from './finding.ts';

/** Reads every stored file of a source and holds it against its SHA-256. */
export async function verifyBytes(folder: string, record: SourceRecord, context: RunContext): Promise<Result> {
  try {
    if (record.detail.kind === 'postgres')
      await readRecorded(join(folder, sourceLayout.fingerprint), record.detail.fingerprint);
    const entries = await readEntries(join(folder, sourceLayout.files), record.files);
    const differences = await compareTree(join(folder, sourceLayout.data), entries, {
      onFile: (done, total) => context.progress.count(done, total, 'files'),
      signal: context.signal,
    });
    const portion = allFiles(entries);
    if (differences.length === 0) {
      const text = `${counted(entries.length, 'file or folder', 'files and folders')}, ${counted(record.files.bytes, 'byte')}: as recorded`;
      return { verdict: 'proven', text, portion };
    }
    const lines = differences.map((difference) => `${difference.path}: ${difference.text}`);
    const different = new Set(differences.map(({ path }) => path));
    return {
      verdict: 'failed',
      text: [`${lines.length} of ${entries.length} are not as recorded`, ...lines].join('\n'),
      portion,
      detail: { differences },
      damaged: entries.flatMap((entry) => (entry.type === 'file' && different.has(entry.path) ? [entry.sha256] : [])),
    };
  } catch (error) {
    if (!(error instanceof FukugenError) || error.code !== 'mismatch') throw error;
    return { verdict: 'failed', text: error.message };
  }
}

/** Files of a generation that nothing recorded. */
export async function strangersIn(folder: string, manifest: Manifest): Promise<string[]> {
  const known = new Set<string>([layout.manifest, `${layout.manifest}.sha256`, 'sources']);
  for (const { name, kind } of manifest.sources) {
    for (const path of [layout.source(name), layout.data(name), layout.files(name)]) known.add(path);
    if (kind === 'postgres') known.add(layout.fingerprint(name));
  }
  const data = manifest.sources.map(({ name }) => `${layout.data(name)}/`);
  const { found } = await walkTree(folder, (path) => data.some((prefix) => path.startsWith(prefix)));
  return found.filter(({ path }) => !known.has(path)).map(({ path }) => `${path} was not recorded`);
}
