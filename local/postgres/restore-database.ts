import { join } from 'node:path';
import type pg from 'pg';
import { FukugenError } from '../../core/errors.ts';
import {
  type CompareOptions,
  type Comparison,
  compareFingerprints,
  type DatabaseFingerprint,
  fingerprintDatabase,
  openSnapshot,
} from '../../core/integrity/index.ts';
import { runProgram } from '../system/run-program.ts';
import { type Connection, onDatabase, serverOf, withSession } from './connection.ts';
import { creation, type DatabaseSetting, isPredefined, roleStatements, shellStatements } from './database-shell.ts';
import { presentRoles } from './globals.ts';
import type { PostgresPrograms } from './programs.ts';
import { dumpLayout } from './segments/layout.ts';
import { loadSegments } from './segments/load-segments.ts';

export interface DatabaseRestore {
  /** The folder of the dump. */
  readonly dump: string;
  /** What the database was when it was dumped. */
  readonly recorded: DatabaseFingerprint;
  readonly settings: readonly DatabaseSetting[];
  /** A database that does not exist yet. */
  readonly into: string;
  /** On a scratch server roles are made as they were, and a locale that this machine lacks gives way to C. A live server is asked for both. */
  readonly place: 'scratch' | 'live';
  readonly programs: PostgresPrograms;
  readonly onTable?: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface RestoredDatabase {
  readonly comparison: Comparison;
  /** What could not be as it was, on a scratch server. */
  readonly notes: readonly string[];
}

const jobs = 2;

/** Nobody waits for the commits of a database that is thrown away if anything goes wrong; indexes are built in memory where they fit. */
const restoreOptions = '-c synchronous_commit=off -c maintenance_work_mem=256MB';

/**
 * Restores a dump into a new database, brings back what a dump does not carry (settings, grants and comment of the database),
 * and compares the result with what was recorded when it was dumped.
 *
 * @param maintenance - a connection to another database of the server, as a role that may create databases
 * @throws FukugenError when something stops on the way; the new database may then be there half done, for the caller to drop
 */
export async function restoreDatabase(maintenance: Connection, restore: DatabaseRestore): Promise<RestoredDatabase> {
  const { recorded, into } = restore;
  const { expected, notes } = await fillDatabase(maintenance, restore);
  const found = await withSession(onDatabase(maintenance, into), async (client) => {
    await openSnapshot(client);
    return fingerprintDatabase(client, {
      onTable: (_name, done, total) => restore.onTable?.(done, total),
      signal: restore.signal,
    });
  });
  return { comparison: compareFingerprints(recorded, found, { restore: 'logical', expected }), notes };
}

/**
 * Restores a dump into a new database, and what a dump does not carry: settings, grants and comment of the database. Throws as
 * `restoreDatabase` does.
 */
export async function fillDatabase(maintenance: Connection, restore: DatabaseRestore): Promise<Prepared> {
  const { recorded, settings, into } = restore;
  const prepared = await withSession(maintenance, (client) => prepareDatabase(client, restore));
  const target = onDatabase(maintenance, into);
  const archive = join(restore.dump, dumpLayout.schema);
  await pgRestore(restore, target, ['--section=pre-data', archive]);
  await loadSegments(target, restore.dump, restore.signal);
  await pgRestore(restore, target, ['--section=post-data', `--jobs=${jobs}`, archive]);
  await withSession(target, async (client) => {
    for (const statement of shellStatements(recorded, settings, into)) await client.query(statement);
  });
  return prepared;
}

export async function pgRestore(
  { programs, into, signal }: Pick<DatabaseRestore, 'programs' | 'into' | 'signal'>,
  target: Connection,
  args: readonly string[],
): Promise<void> {
  await runProgram(
    join(programs.bin, 'pg_restore'),
    // Never --create: it would ignore the name of the new database and write into the one that the dump came from.
    ['--dbname', into, '--exit-on-error', '--no-password', '--no-tablespaces', ...args],
    {
      environment: { ...target.environment, PGOPTIONS: `${target.environment.PGOPTIONS ?? ''} ${restoreOptions}` },
      signal,
    },
  );
}

interface Prepared {
  /** Differences that this machine makes unavoidable. */
  readonly expected: NonNullable<CompareOptions['expected']>;
  readonly notes: readonly string[];
}

/** All that a live server lacks at once, before anything is made on it: its roles and extensions are for its owner to add. */
async function requireLive(
  client: pg.Client,
  { extensions }: DatabaseFingerprint,
  roles: DatabaseFingerprint['roles'],
  statements: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_catalog.pg_available_extensions');
  const available = new Set(rows.map(({ name }) => name));
  const lacking = extensions.filter(({ name }) => !available.has(name));
  if (roles.length === 0 && lacking.length === 0) return;
  const names = lacking.map(({ name, version }) => `${name} ${version}`).join(', ');
  const lacks = [
    ...(lacking.length > 0 ? [`extensions that the database uses: ${names}`] : []),
    ...(roles.length > 0 ? [`roles that the database names: ${roles.map(({ name }) => name).join(', ')}`] : []),
  ];
  const steps = [
    ...(lacking.length > 0 ? ['install the packages of these extensions on the server'] : []),
    ...(roles.length > 0 ? ['create the roles, with passwords of their own'] : []),
  ];
  const script = statements.map((statement) => `\n    ${statement};`).join('');
  throw new FukugenError('missing', `the server lacks ${lacks.join('; and ')}`, {
    next: `${steps.join(', ')}, and run the restore again${script === '' ? '' : ':'}${script}`,
  });
}

/**
 * Roles, then the empty database.
 *
 * @throws FukugenError `missing` with what a live server lacks
 */
export async function prepareDatabase(
  client: pg.Client,
  restore: Pick<DatabaseRestore, 'recorded' | 'into' | 'place'>,
): Promise<Prepared> {
  const { recorded, into, place } = restore;
  const present = await presentRoles(client);
  const missing = recorded.roles.filter((role) => !isPredefined(role.name) && !present.has(role.name));
  const statements = roleStatements(missing, present);
  if (place === 'live') await requireLive(client, recorded, missing, statements);
  for (const statement of statements) await client.query(statement);
  const { major } = await serverOf(client);
  const { collate } = recorded.database.collation;
  const note = `note: this machine lacks the locale ${collate}; the order of text was not proven, its content was`;
  const attempts: readonly (Prepared & { readonly locale?: string })[] = [
    { expected: [], notes: [] },
    // Knows letters beyond ASCII, which generated columns may need; not every system has it.
    { expected: ['collation'], notes: [note], locale: 'C.UTF-8' },
    { expected: ['collation'], notes: [note], locale: 'C' },
  ];
  let refusal: unknown;
  for (const { locale, ...prepared } of place === 'live' ? attempts.slice(0, 1) : attempts) {
    try {
      await client.query(creation(recorded, into, major, locale));
      return prepared;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw new FukugenError('source', `the database ${into} could not be created: ${(refusal as Error).message}`, {
    cause: refusal,
  });
}
