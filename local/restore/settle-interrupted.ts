import { FukugenError } from '../../core/errors.ts';
import type { Source } from '../sources/index.ts';
import type { Replacement } from '../sources/source.ts';
import type { Workspace } from '../workspace.ts';
import { type InPlaceRestore, RestoreJournal } from './journal.ts';
import { isTaken, settle } from './put-back.ts';

/**
 * Finishes what a killed restore or undo left between two names, so that no source stays without its name.
 * What another process is at work on is left to it, and what cannot be looked at now (a server that is down) to the next time.
 */
export async function settleInterrupted(workspace: Workspace): Promise<void> {
  const journal = new RestoreJournal(workspace.state);
  for (const record of await journal.all()) {
    if (!isInterrupted(record)) continue;
    try {
      await using _lock = await journal.lock(record.source, 'restore');
      await settleRecord(workspace, journal, record);
    } catch (error) {
      if (!(error instanceof FukugenError)) throw error;
    }
  }
}

/** As `settleInterrupted`, for a source whose lock the caller holds. */
export async function settleSource(workspace: Workspace, journal: RestoreJournal, source: string): Promise<void> {
  for (const record of await journal.all())
    if (record.source === source && isInterrupted(record)) await settleRecord(workspace, journal, record);
}

function isInterrupted({ stage }: InPlaceRestore): boolean {
  return stage === 'swapping' || stage === 'undoing';
}

async function settleRecord(workspace: Workspace, journal: RestoreJournal, record: InPlaceRestore): Promise<void> {
  const source = sourceOf(workspace, record);
  if (!source) return;
  const finished: Replacement[] = [];
  const open: Replacement[] = [];
  for (const replacement of record.replaced) {
    const isFinished = await (record.stage === 'swapping'
      ? settle(source, replacement)
      : settleBack(source, replacement));
    (isFinished ? finished : open).push(replacement);
  }
  if (record.stage === 'swapping') {
    // Of several files those that were replaced can be gone back from; the others are as they were.
    const stage = finished.length > 0 ? 'done' : 'abandoned';
    await journal.write({ ...record, stage, replaced: finished.length > 0 ? finished : record.replaced });
  } else {
    const stage = open.length > 0 ? 'done' : 'undone';
    await journal.write({ ...record, stage, replaced: open.length > 0 ? open : record.replaced });
  }
}

async function settleBack(source: Source, { live, restored, kept }: Replacement): Promise<boolean> {
  if (kept !== undefined) return settle(source, { live, restored: kept, kept: restored });
  return !(await isTaken(source, live));
}

/** The source of the policy that a record is about; one that left it, or became of another kind, is out of reach. */
export function sourceOf(workspace: Workspace, record: InPlaceRestore): Source | undefined {
  return workspace.sources.find(({ name, kind }) => name === record.source && kind === record.kind);
}
