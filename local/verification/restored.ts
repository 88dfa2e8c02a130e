import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { type Entry, readEntries } from '../generation/entry.ts';
import { type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { restoreTree } from '../generation/restore-tree.ts';
import { connectionFrom } from '../postgres/connection.ts';
import { clientFor, serverFor } from '../postgres/programs.ts';
import { fillDatabase } from '../postgres/restore-database.ts';
import { startScratchServer } from '../postgres/scratch-server.ts';
import { readStored } from '../postgres/stored.ts';
import { proveSource } from '../sources/index.ts';
import type { RunContext } from '../system/run-context.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { allFiles, type Portion, type Result } from './finding.ts';
import { requireRoom, roomFor } from './room.ts';

/** Of a folder: enough to meet what concerns one file in fifty, and few enough for every day. */
const sampleFiles = 100;

/** Restores a database, or a sample of the files, into a throwaway place; the contents are compared by the next level. */
export async function verifyRestorable(folder: string, record: SourceRecord, context: RunContext): Promise<Result> {
  return stoppedOr(async () => {
    const { detail } = record;
    if (detail.kind === 'directory' || detail.kind === 'files') return await restoreSample(folder, record, context);
    await requireRoom(roomFor(record), record.name);
    if (detail.kind === 'postgres' && !('part' in detail)) await restoreDatabaseAlone(folder, record, context);
    // What their kinds of restore cannot do without comparing is small, or has its comparison for nothing.
    else await proveSource(folder, record, context);
    return { verdict: 'proven', text: 'restored into a throwaway place', portion: await wholeOf(folder, record) };
  });
}

/**
 * Restores all of a source into a throwaway place and compares it with what was recorded when it was backed up: a proof of both
 * levels that need a restore.
 */
export async function verifyIdentical(
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<{ readonly restorable: Result; readonly identical?: Result }> {
  const portion = await wholeOf(folder, record);
  let identical: Result | undefined;
  const restorable = await stoppedOr(async () => {
    await requireRoom(roomFor(record), record.name);
    const { verdict, ...proof } = await proveSource(folder, record, context);
    const verdicts = { identical: 'proven', different: 'failed', incomplete: 'incomplete' } as const;
    identical = { verdict: verdicts[verdict], ...proof, portion };
    return { verdict: 'proven', text: 'restored into a throwaway place', portion };
  });
  return { restorable, ...(identical ? { identical } : {}) };
}

/** A restore that stops has found something; one that this machine cannot make has not. */
async function stoppedOr(restore: () => Promise<Result>): Promise<Result> {
  try {
    return await restore();
  } catch (error) {
    const isFound = error instanceof FukugenError && (error.code === 'mismatch' || error.code === 'source');
    if (!isFound) throw error;
    if (/No space left on device/.test(error.message)) {
      throw new FukugenError('store', 'the disk is full where the proof was restored', {
        cause: error,
        next: 'free some space or set TMPDIR to a folder with more, and run again',
      });
    }
    return { verdict: 'failed', text: `the restore stopped: ${error.message}` };
  }
}

async function restoreDatabaseAlone(folder: string, record: SourceRecord, context: RunContext): Promise<void> {
  const stored = await readStored(folder, record);
  await using server = await startScratchServer({ programs: await serverFor(stored.recorded.server.major) });
  await fillDatabase(connectionFrom(server.connection('postgres')), {
    ...stored,
    into: 'restored',
    place: 'scratch',
    programs: await clientFor(server.programs.major),
    signal: context.signal,
  });
}

async function restoreSample(folder: string, record: SourceRecord, context: RunContext): Promise<Result> {
  const entries = await readEntries(join(folder, sourceLayout.files), record.files);
  const all = entries.filter(({ type }) => type !== 'directory');
  const sample = new Set(sampleOf(all, sampleFiles));
  const chosen = entries.filter((entry) => sample.has(entry) || (entry.type === 'directory' && isAbove(entry, sample)));
  const bytes = chosen.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0);
  await requireRoom(bytes, record.name);
  await using scratch = await temporaryFolder('a proof');
  const into = join(scratch.path, 'restored');
  await restoreTree(join(folder, sourceLayout.data), chosen, into, (done, total) =>
    context.progress.count(done, total, 'files restored'),
  );
  // Read back, and no more: whether permissions, times and links are right is for the next level.
  const [missing, ...others] = await compareTree(into, chosen, { signal: context.signal });
  const portion = { done: sample.size, of: all.length, what: 'files' } as const;
  if (!missing) return { verdict: 'proven', text: `${sample.size} of ${all.length} files restored`, portion };
  const lines = [missing, ...others].map(({ path, text }) => `${path}: ${text}`);
  return { verdict: 'failed', text: ['what was restored is not what is stored', ...lines].join('\n'), portion };
}

/** Others each time. */
function sampleOf<T>(all: readonly T[], size: number): T[] {
  const rest = [...all];
  const sample: T[] = [];
  while (sample.length < size && rest.length > 0) {
    const at = randomInt(rest.length);
    sample.push(rest[at] as T);
    rest[at] = rest.at(-1) as T;
    rest.pop();
  }
  return sample;
}

function isAbove({ path }: Entry, sample: ReadonlySet<Entry>): boolean {
  for (const entry of sample) if (entry.path.startsWith(`${path}/`)) return true;
  return false;
}

async function wholeOf(folder: string, { detail, files }: SourceRecord): Promise<Portion> {
  if (detail.kind === 'postgres' || detail.kind === 'sqlite')
    return { done: detail.tables, of: detail.tables, what: 'tables' };
  return allFiles(await readEntries(join(folder, sourceLayout.files), files));
}
