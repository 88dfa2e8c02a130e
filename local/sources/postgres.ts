import { hash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type pg from 'pg';
import { FukugenError } from '../../core/errors.ts';
import {
  type Comparison,
  compareFingerprints,
  type DatabaseFingerprint,
  fingerprintDatabase,
  named,
  openSnapshot,
  renderComparison,
} from '../../core/integrity/index.ts';
import type { SourcePolicy } from '../../core/policy/index.ts';
import { bytesText } from '../console/table.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { type Entry, type FileEntry, readEntries, writeEntries } from '../generation/entry.ts';
import { type PostgresDetail, type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { recordTree } from '../generation/record-tree.ts';
import { readRecorded, writeDurably } from '../generation/recorded-file.ts';
import { composePrograms } from '../postgres/compose.ts';
import {
  type Connection,
  connectionFrom,
  connectionOf,
  databaseOf,
  onDatabase,
  type PostgresPolicy,
  serverOf,
  withSession,
} from '../postgres/connection.ts';
import { type DatabaseSetting, readSettings } from '../postgres/database-shell.ts';
import { dumpDatabase } from '../postgres/dump.ts';
import { dumpGlobals, presentRoles, rolesIn } from '../postgres/globals.ts';
import { partOf, partText, requireTables, tablesOf } from '../postgres/part.ts';
import { clientFor, type PostgresPrograms, serverFor } from '../postgres/programs.ts';
import { type DatabaseRestore, type RestoredDatabase, restoreDatabase } from '../postgres/restore-database.ts';
import { restorePart } from '../postgres/restore-part.ts';
import { startScratchServer } from '../postgres/scratch-server.ts';
import { databaseExists, dropDatabase, renaming, sessionsIn, swapDatabases } from '../postgres/swap-database.ts';
import { policyPath } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import type { Beside, CaptureContext, Captured, Plan, Proof } from './source.ts';

/** Where things lie inside the source's folder of a generation. */
const dumpPath = join(sourceLayout.data, 'dump');
const settingsPath = join(sourceLayout.data, 'settings.json');
const globalsPath = join(sourceLayout.data, 'globals.sql');

const largestShown = 5;

/** A database that every server has, to work from when the one in question is missing or in the way. */
const maintenanceDatabase = 'postgres';

export function settingsOf(
  { compose, ...policy }: Extract<SourcePolicy, { kind: 'postgres' }>,
  policyFile: string,
): PostgresPolicy {
  if (!compose) return policy;
  const file = compose.file && policyPath(compose.file, policyFile);
  return { ...policy, compose: { ...compose, file, folder: dirname(policyFile) } };
}

/** For dumping; a restore runs here, where the files are. */
function dumpingClient(
  { compose }: PostgresPolicy,
  { config }: Connection,
  serverMajor: number,
): Promise<PostgresPrograms> {
  if (!compose) return clientFor(serverMajor);
  return composePrograms(compose, { user: String(config.user), database: String(config.database) });
}

export async function plan(policy: PostgresPolicy): Promise<Plan> {
  const connection = await connectionOf(policy);
  return withSession(connection, async (client) => {
    const server = await serverOf(client);
    const client_ = await dumpingClient(policy, connection, server.major);
    const { rows } = await client.query<{ size: string }>('SELECT pg_database_size(current_database()) AS size');
    const part = partOf(policy);
    if (part) await requireTables(client, part, databaseOf(connection));
    const of = part ? `${partText(part)} of ` : '';
    const size = `${bytesText(Number(rows[0]?.size))}${await largestText(client)}`;
    return {
      text: `${of}the database ${databaseOf(connection)}, ${size}, on PostgreSQL ${server.version}, with pg_dump ${client_.version}`,
    };
  });
}

/** As the last VACUUM or ANALYZE saw them: to measure a table is to wait for whoever has it locked. */
async function largestText(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ schema: string; name: string; bytes: string }>(
    `SELECT n.nspname AS schema, c.relname AS name,
            (c.relpages + coalesce(t.relpages, 0)) * current_setting('block_size')::bigint AS bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
      WHERE c.relkind IN ('r', 'm') AND c.relpages > 0 AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      ORDER BY 3 DESC, 1, 2 LIMIT ${largestShown}`,
  );
  if (rows.length === 0) return '';
  return `, largest ${rows.map(({ schema, name, bytes }) => `${named(schema, name)} about ${bytesText(Number(bytes))}`).join(', ')}`;
}

/** Dump and fingerprint read the same exported snapshot, so that a restore can be held against exactly what was dumped. */
export async function capture(policy: PostgresPolicy, context: CaptureContext): Promise<Captured> {
  const connection = await connectionOf(policy);
  const data = join(context.folder, sourceLayout.data);
  await mkdir(data, { mode: 0o700 });
  return withSession(connection, async (client) => {
    const server = await serverOf(client);
    const programs = await dumpingClient(policy, connection, server.major);
    const snapshot = await openSnapshot(client);
    const part = partOf(policy);
    const chosen = part && (await requireTables(client, part, databaseOf(connection)));
    const settings = await readSettings(client);
    const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
    const encoding = rows[0]?.server_encoding ?? '';
    const { rows: sizes } = await client.query<{ size: string }>('SELECT pg_database_size(current_database()) AS size');
    // Sequences do not follow snapshots: they are read first, so that what is dumped is never behind what is recorded.
    const sequencesRead = Promise.withResolvers<void>();
    const fingerprinting = fingerprintDatabase(client, {
      onSequencesRead: sequencesRead.resolve,
      ...(chosen ? { tables: (name) => chosen.tables.has(name) } : {}),
      onTable: (_name, done, total) => context.progress.count(done, total, 'tables'),
      signal: context.signal,
    });
    await Promise.race([sequencesRead.promise, fingerprinting]);
    const [recorded, linked] = await together(
      fingerprinting,
      (signal) =>
        dumpDatabase({
          connection,
          programs,
          snapshot,
          encoding,
          without: chosen?.others,
          into: join(context.folder, dumpPath),
          earlier: context.earlier,
          signal,
        }),
      () => client.end(),
      context.signal,
    );
    await client.query('COMMIT');
    const problems = await dumpGlobals(connection, programs, join(context.folder, globalsPath), context.signal);

    await writeDurably(join(context.folder, settingsPath), `${JSON.stringify(settings, null, 2)}\n`);
    const text = `${JSON.stringify(recorded, null, 2)}\n`;
    await writeDurably(join(context.folder, sourceLayout.fingerprint), text);
    const files = await writeEntries(
      join(context.folder, sourceLayout.files),
      await recordTree(data, context.earlier, inDump(linked)),
    );
    const detail: PostgresDetail = {
      kind: 'postgres',
      database: recorded.database.name,
      serverVersion: recorded.server.version,
      serverMajor: recorded.server.major,
      clientVersion: programs.version,
      size: Number(sizes[0]?.size),
      largest: recorded.tables
        .toSorted((a, b) => b.bytes - a.bytes)
        .slice(0, largestShown)
        .map(({ schema, name, rows, bytes }) => ({ name: `${schema}.${name}`, rows, bytes })),
      ...(part ? { part } : {}),
      tables: recorded.tables.length,
      rows: recorded.tables.reduce((sum, table) => sum + table.rows, 0),
      fingerprint: hash('sha256', text),
    };
    return { kind: 'postgres', capturedAt: recorded.takenAt, files, problems, detail };
  });
}

/** Paths in the dump as paths in the source's data. */
function inDump(linked: ReadonlyMap<string, FileEntry>): Map<string, FileEntry> {
  return new Map([...linked].map(([path, entry]) => [join(relative(sourceLayout.data, dumpPath), path), entry]));
}

/** Restores into a PostgreSQL started for it alone and compares every table with its fingerprint. */
export async function prove(folder: string, record: SourceRecord, context: RunContext): Promise<Proof> {
  const stored = await readStored(folder, record);
  await using server = await startScratchServer({ programs: await serverFor(stored.recorded.server.major) });
  const maintenance = connectionFrom(server.connection(maintenanceDatabase));
  const restored = await restoreAll(maintenance, record, {
    ...stored,
    into: 'restored',
    place: 'scratch',
    programs: await clientFor(server.programs.major),
    onTable: (done, total) => context.progress.count(done, total, 'tables compared'),
    signal: context.signal,
  });
  return proofOf(restored);
}

/** All that the dump has; of a part nothing else, not even empty tables. */
async function restoreAll(
  maintenance: Connection,
  record: SourceRecord,
  restore: DatabaseRestore,
): Promise<RestoredDatabase> {
  const { part } = record.detail as PostgresDetail;
  if (!part) return restoreDatabase(maintenance, restore);
  const { comparison, notes, leftOut } = await restorePart(maintenance, { ...restore, selection: undefined });
  const lines = [`note: ${partText(part)}, as the policy said`, ...leftOut.map((line) => `left out: ${line}`)];
  return { comparison, notes: [...notes, ...lines] };
}

/** Holds what the database is now against what was recorded; reads only. */
export async function compare(
  policy: PostgresPolicy,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Proof> {
  const { recorded } = await readStored(folder, record);
  const { part } = record.detail as PostgresDetail;
  const found = await withSession(await connectionOf(policy), async (client) => {
    await openSnapshot(client);
    const chosen = part && (await tablesOf(client, part));
    return fingerprintDatabase(client, {
      ...(chosen ? { tables: (name) => chosen.tables.has(name) } : {}),
      onTable: (_name, done, total) => context.progress.count(done, total, 'tables compared'),
      signal: context.signal,
    });
  });
  const sides = part
    ? ([inPart(recorded), { ...inPart(found), largeObjects: recorded.largeObjects }] as const)
    : ([recorded, found] as const);
  return proofOf({ comparison: compareFingerprints(...sides, { restore: 'logical' }), notes: [] });
}

/** Nobody wants to be told of what was left out by choice. */
function inPart(fingerprint: DatabaseFingerprint): DatabaseFingerprint {
  return { ...fingerprint, unseen: fingerprint.unseen.filter(({ why }) => why !== 'excluded') };
}

/** Restores into a new database on the same server, beside the live one. */
export async function restoreBeside(
  policy: PostgresPolicy,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Beside> {
  const stored = await readStored(folder, record);
  await requireIntact(folder, stored, context);
  const connection = await connectionOf(policy);
  const maintenance = onDatabase(connection, maintenanceDatabase);
  const live = databaseOf(connection);
  const { restored: name, kept: keptName } = databasesBeside(live);
  const programs = await withSession(maintenance, async (client) => clientFor((await serverOf(client)).major));
  const discard = () => dropDatabase(maintenance, name);
  const missing = await rolesMissing(maintenance, folder, stored.entries);
  const restored = await restoreAll(maintenance, record, {
    ...stored,
    into: name,
    place: 'live',
    programs,
    onTable: (done, total) => context.progress.count(done, total, 'tables compared'),
    signal: context.signal,
  }).catch(async (error) => {
    await discard().catch(() => {});
    throw error;
  });
  const kept = (await databaseExists(maintenance, live)) ? keptName : undefined;
  return {
    name,
    proof: proofOf({ ...restored, notes: [...restored.notes, ...missing] }),
    replaces: [{ live, restored: name, kept }],
    question: await questionFor(maintenance, live, kept),
    swap: async () => {
      await swapDatabases(maintenance, { live, restored: name, kept });
      const undo = kept === undefined ? [] : [`${renaming(live, name)};`, `${renaming(kept, live)};`];
      return { inPlace: live, kept, undo };
    },
    discard,
  };
}

/** Roles that no object of the database names are not missed by it, but perhaps by the people who log in as them. */
async function rolesMissing(maintenance: Connection, folder: string, entries: readonly Entry[]): Promise<string[]> {
  const entry = entries.find(({ path }) => join(sourceLayout.data, path) === globalsPath);
  if (entry?.type !== 'file') return [];
  const roles = rolesIn(await readRecorded(join(folder, globalsPath), entry.sha256));
  const present = await withSession(maintenance, (client) => presentRoles(client));
  const missing = roles.filter((role) => !present.has(role));
  if (missing.length === 0) return [];
  return [
    `note: the server lacks roles that the one backed up had: ${missing.join(', ')}; globals.sql in the backup makes them`,
  ];
}

async function questionFor(maintenance: Connection, live: string, kept: string | undefined): Promise<string> {
  if (kept === undefined) return `Give it the name ${live}, which no database has now?`;
  const sessions = await sessionsIn(maintenance, live);
  const ended = sessions === 0 ? '' : `, ending ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`;
  return `Put it in place of ${live}${ended}, and keep what is there now as ${kept}?`;
}

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

function proofOf({ comparison, notes }: RestoredDatabase): Proof {
  const text = [renderComparison(comparison), ...notes].join('\n');
  return { verdict: verdictOf(comparison), text, detail: { ...comparison, notes } };
}

/** Notes are no differences: they say what a restore changes by its nature. */
function verdictOf({ verdict }: Comparison): Proof['verdict'] {
  return verdict === 'identical-with-notes' ? 'identical' : verdict;
}

/** Names for what a restore puts beside a database. */
export function databasesBeside(live: string): { readonly restored: string; readonly kept: string } {
  const suffix = new Date()
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .toLowerCase();
  return { restored: withSuffix(live, `_restored_${suffix}`), kept: withSuffix(live, `_before_${suffix}`) };
}

/** PostgreSQL cuts names at 63 bytes, silently; the suffix must survive. */
function withSuffix(database: string, suffix: string): string {
  let base = database;
  while (Buffer.byteLength(base + suffix) > 63) base = base.slice(0, -1);
  return base + suffix;
}

/** Dump and fingerprint at the same time; when one fails the other is stopped, and nothing still writes when the caller cleans up. */
async function together<T, D>(
  fingerprinting: Promise<T>,
  dump: (signal: AbortSignal) => Promise<D>,
  stopFingerprint: () => Promise<void>,
  signal: AbortSignal,
): Promise<[T, D]> {
  const failed = new AbortController();
  const dumping = dump(AbortSignal.any([signal, failed.signal]));
  let first: unknown;
  const remember = (error: unknown) => {
    first ??= error;
  };
  fingerprinting.catch((error) => {
    remember(error);
    failed.abort();
  });
  dumping.catch(async (error) => {
    remember(error);
    await stopFingerprint();
  });
  const [fingerprint, dumped] = await Promise.allSettled([fingerprinting, dumping]);
  if (fingerprint.status === 'rejected' || dumped.status === 'rejected') throw first;
  return [fingerprint.value, dumped.value];
}
