import { dirname, join } from 'node:path';
import type pg from 'pg';
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
import type { Entry } from '../generation/entry.ts';
import { type PostgresDetail, type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { readRecorded } from '../generation/recorded-file.ts';
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
import { presentRoles, rolesIn } from '../postgres/globals.ts';
import { databasesBeside } from '../postgres/names-beside.ts';
import { partOf, partText, requireTables, tablesOf } from '../postgres/part.ts';
import { clientFor, serverFor } from '../postgres/programs.ts';
import { type DatabaseRestore, type RestoredDatabase, restoreDatabase } from '../postgres/restore-database.ts';
import { restorePart } from '../postgres/restore-part.ts';
import { startScratchServer } from '../postgres/scratch-server.ts';
import { globalsPath, readStored, requireIntact } from '../postgres/stored.ts';
import { databaseExists, dropDatabase, renaming, sessionsIn, swapDatabases } from '../postgres/swap-database.ts';
import { policyPath } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import { dumpingClient, largestShown } from './postgres-capture.ts';
import type { Beside, Plan, Proof } from './source.ts';

/** A database that every server has, to work from when the one in question is missing or in the way. */
const maintenanceDatabase = 'postgres';

export { capture } from './postgres-capture.ts';

export function settingsOf(
  { compose, ...policy }: Extract<SourcePolicy, { kind: 'postgres' }>,
  policyFile: string,
): PostgresPolicy {
  if (!compose) return policy;
  const file = compose.file && policyPath(compose.file, policyFile);
  return { ...policy, compose: { ...compose, file, folder: dirname(policyFile) } };
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

function proofOf({ comparison, notes }: RestoredDatabase): Proof {
  const text = [renderComparison(comparison), ...notes].join('\n');
  return { verdict: verdictOf(comparison), text, detail: { ...comparison, notes } };
}

/** Notes are no differences: they say what a restore changes by its nature. */
function verdictOf({ verdict }: Comparison): Proof['verdict'] {
  return verdict === 'identical-with-notes' ? 'identical' : verdict;
}
