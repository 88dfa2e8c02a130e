import { chmod, constants, copyFile, mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { counted } from '../../core/counted.ts';
import { FukugenError } from '../../core/errors.ts';
import type { SourcePolicy } from '../../core/policy/index.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { type FileEntry, readEntries, writeEntries } from '../generation/entry.ts';
import { type SourceRecord, type SqliteDetail, sourceLayout } from '../generation/manifest.ts';
import { recordTree } from '../generation/record-tree.ts';
import { readRecorded, writeDurably } from '../generation/recorded-file.ts';
import { backupSqlite } from '../sqlite/backup.ts';
import { checkSqlite, type SqliteCheck } from '../sqlite/check.ts';
import { compareSqlite } from '../sqlite/compare.ts';
import { openCopy, openLive, requireDatabase, withDatabase } from '../sqlite/database.ts';
import { fingerprintSqlite, type SqliteFingerprint } from '../sqlite/fingerprint.ts';
import { swapSqlite, undoing } from '../sqlite/swap.ts';
import { exists, namesBeside } from '../system/file-swap.ts';
import { policyPath } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import type { Beside, CaptureContext, Captured, Plan, Proof } from './source.ts';

type SqlitePolicy = Extract<SourcePolicy, { kind: 'sqlite' }>;

/** A SQLite database. */
export interface Sqlite {
  /** Of the main file, absolute. */
  readonly path: string;
  readonly foreignKeys: SqlitePolicy['foreignKeys'];
}

/** Where things lie inside the source's folder of a generation. */
const databaseName = 'database.sqlite';
const fingerprintName = 'fingerprint.json';
const databasePath = join(sourceLayout.data, databaseName);
const fingerprintPath = join(sourceLayout.data, fingerprintName);

export function settingsOf({ path, foreignKeys }: SqlitePolicy, policyFile: string): Sqlite {
  return { path: policyPath(path, policyFile), foreignKeys };
}

export async function plan({ path }: Sqlite): Promise<Plan> {
  await requireDatabase(path);
  return { text: `the SQLite database ${path}, ${(await stat(path)).size} bytes` };
}

/** Fingerprint and copy read the same transaction, so that a restore can be held against exactly what was copied. */
export async function capture({ path, foreignKeys }: Sqlite, context: CaptureContext): Promise<Captured> {
  const live = await openLive(path);
  const data = join(context.folder, sourceLayout.data);
  await mkdir(data, { mode: 0o700 });
  const copy = join(context.folder, databasePath);
  const { capturedAt, journalMode, fingerprint } = await withDatabase(live, path, async (database) => {
    const journalMode = Object.values(database.prepare('PRAGMA journal_mode').get() ?? {})[0] as string;
    database.exec('BEGIN');
    // The first reading decides which moment the transaction sees.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    const capturedAt = new Date().toISOString();
    await backupSqlite(database, copy, {
      onPages: (done, total) => context.progress.count(done, total, 'pages'),
      signal: context.signal,
    });
    const fingerprint = await fingerprintSqlite(database, {
      onTable: (done, total) => context.progress.count(done, total, 'tables'),
      signal: context.signal,
    });
    return { capturedAt, journalMode, fingerprint };
  });
  // On the copy, so that the live database is not held any longer; a damaged page is copied like any other.
  const check = await withDatabase(openCopy(copy), path, async (database) => checkSqlite(database));
  requireHealth(path, check, foreignKeys);
  await writeDurably(join(context.folder, fingerprintPath), `${JSON.stringify(fingerprint, null, 2)}\n`);
  const entries = await recordTree(data, context.earlier);
  const detail: SqliteDetail = {
    kind: 'sqlite',
    path,
    mode: (await stat(path)).mode & 0o7777,
    journalMode,
    tables: fingerprint.tables.length,
    rows: fingerprint.tables.reduce((sum, table) => sum + table.rows, 0),
    integrity: check.integrity,
    orphans: check.orphans,
  };
  const files = await writeEntries(join(context.folder, sourceLayout.files), entries);
  return { kind: 'sqlite', capturedAt, files, problems: [], detail };
}

function requireHealth(path: string, { damage, orphans }: SqliteCheck, foreignKeys: Sqlite['foreignKeys']): void {
  if (damage.length > 0) {
    throw new FukugenError('source', `the database ${path} is damaged: ${damage.join('; ')}`, {
      next: 'restore it from the newest generation that verifies: fukugen restore',
    });
  }
  if (orphans.length > 0 && foreignKeys === 'fail') {
    throw new FukugenError('source', `the database ${path} breaks its own foreign keys: ${orphans.join('; ')}`, {
      next: 'mend the rows, or write foreignKeys: report in the policy to back it up as it is',
    });
  }
}

/** Copies the database into a throwaway folder and compares every row. */
export async function prove(folder: string, record: SourceRecord, context: RunContext): Promise<Proof> {
  await using scratch = await temporaryFolder('a proof');
  const restored = join(scratch.path, databaseName);
  await writeCopy(folder, record, restored, context);
  return await proofOf(folder, record, openCopy(restored), restored, context);
}

export async function compare(
  { path }: Sqlite,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Proof> {
  return proofOf(folder, record, await openLive(path), path, context);
}

export async function restoreBeside(
  settings: Sqlite,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Beside> {
  // A link to the database stays a link.
  const path = await realpath(settings.path).catch(() => settings.path);
  const { restored, kept } = namesBeside(path);
  await mkdir(dirname(path), { recursive: true });
  const discard = () => rm(restored, { force: true });
  const proof = await writeCopy(folder, record, restored, context)
    .then(() => proofOf(folder, record, openCopy(restored), restored, context))
    .catch(async (error) => {
      await discard();
      throw error;
    });
  const isThere = await exists(path);
  return {
    name: restored,
    proof,
    replaces: [{ live: path, restored, kept: isThere ? kept : undefined }],
    question: isThere
      ? `Stop every program that uses it. Put it in place of ${path} and keep what is there now as ${kept}?`
      : `Put it in place as ${path}?`,
    swap: async () => {
      const replaced = await swapSqlite(restored, path, kept);
      return { inPlace: path, kept: replaced ? kept : undefined, undo: replaced ? undoing(restored, path, kept) : [] };
    },
    discard,
  };
}

/** The copy as it was recorded, with the journal mode and the permissions that the original had; it survives a power cut. */
async function writeCopy(folder: string, record: SourceRecord, to: string, context: RunContext): Promise<void> {
  const detail = record.detail as SqliteDetail;
  const entries = await readEntries(join(folder, sourceLayout.files), record.files);
  const [damage] = await compareTree(join(folder, sourceLayout.data), entries, { signal: context.signal });
  if (damage) {
    throw new FukugenError('mismatch', `the backup is damaged: ${damage.path}: ${damage.text}`, {
      next: 'fukugen list, then --at another generation or --store another store',
    });
  }
  await copyFile(join(folder, databasePath), to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(to, 0o600);
  // An online backup is never in WAL mode itself.
  if (detail.journalMode === 'wal') {
    const database = new DatabaseSync(to);
    await withDatabase(database, to, async () => database.exec('PRAGMA journal_mode = WAL'));
  }
  await chmod(to, detail.mode);
  const handle = await open(to, 'r');
  await handle.sync().finally(() => handle.close());
}

async function proofOf(
  folder: string,
  record: SourceRecord,
  database: DatabaseSync,
  path: string,
  context: RunContext,
): Promise<Proof> {
  const recorded = await readFingerprint(folder, record);
  const differences = await withDatabase(database, path, async () => {
    database.exec('BEGIN');
    const found = await fingerprintSqlite(database, {
      onTable: (done, total) => context.progress.count(done, total, 'tables compared'),
      signal: context.signal,
    });
    return compareSqlite(recorded, found);
  });
  const rows = recorded.tables.reduce((sum, table) => sum + table.rows, 0);
  const size = `${counted(recorded.tables.length, 'table')}, ${counted(rows, 'row')}`;
  const lines = differences.map(({ kind, name, text }) => `${kind} ${name}: ${text}`);
  return {
    verdict: differences.length === 0 ? 'identical' : 'different',
    text:
      differences.length === 0
        ? `${size}: identical`
        : [`${size}: ${counted(lines.length, 'difference')}`, ...lines].join('\n'),
    detail: { tables: recorded.tables.length, rows, differences },
  };
}

async function readFingerprint(folder: string, record: SourceRecord): Promise<SqliteFingerprint> {
  const entries = await readEntries(join(folder, sourceLayout.files), record.files);
  const entry = entries.find(({ path }) => path === fingerprintName) as FileEntry;
  return JSON.parse(await readRecorded(join(folder, fingerprintPath), entry.sha256)) as SqliteFingerprint;
}
