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
import type { PostgresPrograms } from './programs.ts';

export interface DatabaseRestore {
  /** Directory-format dump. */
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

/**
 * Restores a dump into a new database, brings back what a dump does not carry (settings, grants and comment of the database),
 * and compares the result with what was recorded when it was dumped.
 *
 * @param maintenance - a connection to another database of the server, as a role that may create databases
 * @throws FukugenError when something stops on the way; the new database may then be there half done, for the caller to drop
 */
export async function restoreDatabase(maintenance: Connection, restore: DatabaseRestore): Promise<RestoredDatabase> {
  const { recorded, settings, into } = restore;
  const { expected, notes } = await withSession(maintenance, (client) => prepare(client, restore));
  const target = onDatabase(maintenance, into);
  await runProgram(
    join(restore.programs.bin, 'pg_restore'),
    // Never --create: it would ignore the name of the new database and write into the one that the dump came from.
    [
      '--dbname',
      into,
      '--format=directory',
      '--exit-on-error',
      `--jobs=${jobs}`,
      '--no-password',
      '--no-tablespaces',
      restore.dump,
    ],
    { environment: target.environment, signal: restore.signal },
  );
  await withSession(target, async (client) => {
    for (const statement of shellStatements(recorded, settings, into)) await client.query(statement);
  });
  const found = await withSession(target, async (client) => {
    await openSnapshot(client);
    return fingerprintDatabase(client, {
      onTable: (_name, done, total) => restore.onTable?.(done, total),
      signal: restore.signal,
    });
  });
  return { comparison: compareFingerprints(recorded, found, { restore: 'logical', expected }), notes };
}

interface Prepared {
  /** Differences that this machine makes unavoidable. */
  readonly expected: NonNullable<CompareOptions['expected']>;
  readonly notes: readonly string[];
}

/** Roles, then the empty database. */
async function prepare(client: pg.Client, restore: DatabaseRestore): Promise<Prepared> {
  const { recorded, into, place } = restore;
  const present = await rolesOf(client);
  const missing = recorded.roles.filter((role) => !isPredefined(role.name) && !present.has(role.name));
  const statements = roleStatements(missing, present);
  if (place === 'live' && missing.length > 0) {
    throw new FukugenError(
      'missing',
      `the server lacks roles that the database names: ${missing.map((role) => role.name).join(', ')}`,
      {
        next: `create them, with passwords of their own, and run the restore again:\n${statements
          .map((statement) => `    ${statement};`)
          .join('\n')}`,
      },
    );
  }
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

async function rolesOf(client: pg.Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_catalog.pg_roles');
  return new Set(rows.map((row) => row.rolname));
}
