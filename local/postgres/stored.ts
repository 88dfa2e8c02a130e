import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import type { DatabaseFingerprint } from '../../core/integrity/index.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { type Entry, type FileEntry, readEntries } from '../generation/entry.ts';
import { type PostgresDetail, type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { readRecorded } from '../generation/recorded-file.ts';
import type { RunContext } from '../system/run-context.ts';
import type { DatabaseSetting } from './database-shell.ts';

/** Where things lie inside the source's folder of a generation. */
export const dumpPath = join(sourceLayout.data, 'dump');
export const settingsPath = join(sourceLayout.data, 'settings.json');
export const globalsPath = join(sourceLayout.data, 'globals.sql');

/** What a generation holds of a database, besides its rows. */
export interface Stored {
  readonly dump: string;
  readonly entries: readonly Entry[];
  readonly recorded: DatabaseFingerprint;
  readonly settings: readonly DatabaseSetting[];
}

/** @throws FukugenError `mismatch` when any of it is missing or damaged */
export async function readStored(folder: string, record: SourceRecord): Promise<Stored> {
  const detail = record.detail as PostgresDetail;
  const entries = await readEntries(join(folder, sourceLayout.files), record.files);
  const settings = entries.find(
    (entry) => entry.type === 'file' && join(sourceLayout.data, entry.path) === settingsPath,
  ) as FileEntry;
  return {
    dump: join(folder, dumpPath),
    entries,
    recorded: JSON.parse(
      await readRecorded(join(folder, sourceLayout.fingerprint), detail.fingerprint),
    ) as DatabaseFingerprint,
    settings: JSON.parse(await readRecorded(join(folder, settingsPath), settings.sha256)) as DatabaseSetting[],
  };
}

/**
 * Before anything is made on a live server: pg_restore may fail on a damaged dump after an hour, in words about something else.
 *
 * @throws FukugenError `mismatch` naming what is damaged
 */
export async function requireIntact(folder: string, { entries }: Stored, context: RunContext): Promise<void> {
  const [damage] = await compareTree(join(folder, sourceLayout.data), entries, { signal: context.signal });
  if (!damage) return;
  throw new FukugenError('mismatch', `the backup is damaged: ${damage.path}: ${damage.text}`, {
    next: 'fukugen list, then --at another generation or --store another store',
  });
}
