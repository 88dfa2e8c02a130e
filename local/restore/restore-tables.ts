import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { fingerprintDatabase, openSnapshot, renderComparison } from '../../core/integrity/index.ts';
import type { SourceRecord } from '../generation/manifest.ts';
import {
  type Connection,
  connectionOf,
  databaseOf,
  onDatabase,
  serverOf,
  withSession,
} from '../postgres/connection.ts';
import { shellStatements } from '../postgres/database-shell.ts';
import { clientFor, type PostgresPrograms } from '../postgres/programs.ts';
import { pgRestore, prepareDatabase } from '../postgres/restore-database.ts';
import { dumpLayout } from '../postgres/segments/layout.ts';
import { loadSegments } from '../postgres/segments/load-segments.ts';
import { dropDatabase } from '../postgres/swap-database.ts';
import type { Source } from '../sources/index.ts';
import { databasesBeside, readStored, requireIntact, type Stored } from '../sources/postgres.ts';
import type { Beside } from '../sources/source.ts';
import type { RunContext } from '../system/run-context.ts';
import { runProgram } from '../system/run-program.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { chooseTables, requireKnown, type Tables } from './choose-tables.ts';
import { comparePart } from './compare-part.ts';
import { maintenanceOf } from './put-back.ts';
import type { Selection } from './selection.ts';

interface Restore {
  readonly stored: Stored;
  readonly into: string;
  readonly target: Connection;
  readonly programs: PostgresPrograms;
  readonly signal: AbortSignal;
}

/**
 * Restores some tables into a new database, with every type, function and extension of the old one, so that nothing that they need is missing;
 * then the other tables go. What goes with them (foreign keys, views) is named.
 */
export async function restoreTables(
  source: Extract<Source, { kind: 'postgres' }>,
  folder: string,
  record: SourceRecord,
  selection: Selection,
  context: RunContext,
): Promise<Pick<Beside, 'name' | 'proof'>> {
  const stored = await readStored(folder, record);
  requireKnown(stored.recorded, selection);
  await requireIntact(folder, stored, context);
  const maintenance = await maintenanceOf(source);
  const into = databasesBeside(databaseOf(await connectionOf(source.settings))).restored;
  const programs = await withSession(maintenance, async (client) => clientFor((await serverOf(client)).major));
  const { recorded } = stored;
  const { expected } = await withSession(maintenance, (client) =>
    prepareDatabase(client, { recorded, into, place: 'live' }),
  );
  try {
    const restore = { stored, into, target: onDatabase(maintenance, into), programs, signal: context.signal };
    const tables = await fill(restore, selection);
    const found = await withSession(restore.target, async (client) => {
      await openSnapshot(client);
      return fingerprintDatabase(client, {
        onTable: (_name, done, total) => context.progress.count(done, total, 'tables compared'),
        signal: context.signal,
      });
    });
    const { comparison, leftOut } = comparePart(recorded, found, tables, expected);
    const text = [renderComparison(comparison), ...leftOut.map((line) => `left out: ${line}`)].join('\n');
    const verdict = comparison.verdict === 'identical-with-notes' ? 'identical' : comparison.verdict;
    return { name: into, proof: { verdict, text, detail: { ...comparison, leftOut } } };
  } catch (error) {
    await dropDatabase(maintenance, into).catch(() => {});
    throw error;
  }
}

async function fill(restore: Restore, selection: Selection): Promise<Tables> {
  const { stored, into, target, programs, signal } = restore;
  const archive = join(stored.dump, dumpLayout.schema);
  await pgRestore(restore, target, ['--section=pre-data', archive]);
  const tables = await withSession(target, (client) => chooseTables(client, selection));
  await loadSegments(target, stored.dump, signal, (schema, name) => tables.filled.has(JSON.stringify([schema, name])));
  await using scratch = await temporaryFolder('a restore');
  const contents = await pgRestoreOutput(programs, ['--list', '--section=post-data', archive], signal);
  const use = async (name: string, isWanted: (entry: string) => boolean) => {
    const list = join(scratch.path, name);
    await writeFile(list, `${contents.split('\n').filter(isWanted).join('\n')}\n`);
    return `--use-list=${list}`;
  };
  // On tables without rows they cost nothing; a foreign key to one of those, though, would not hold.
  const others = await use('others', (entry) => !isForeignKey(entry) && !isEventTrigger(entry) && !isRefresh(entry));
  await pgRestore(restore, target, [others, archive]);
  const foreignKeys = await use('foreign-keys', isForeignKey);
  const statements = await pgRestoreOutput(programs, [foreignKeys, '--file=-', archive], signal);
  await withSession(target, async (client) => {
    await drop(client, tables);
    for (const statement of foreignKeysIn(statements)) await addForeignKey(client, statement);
  });
  // Last, as pg_dump has it: they would answer to every statement above.
  await pgRestore(restore, target, [await use('event-triggers', isEventTrigger), archive]);
  await withSession(target, async (client) => {
    for (const statement of shellStatements(stored.recorded, stored.settings, into)) await client.query(statement);
  });
  return tables;
}

async function pgRestoreOutput(programs: PostgresPrograms, args: readonly string[], signal: AbortSignal) {
  return (await runProgram(join(programs.bin, 'pg_restore'), args, { signal })).stdout;
}

/** A line of the table of contents: `3408; 2606 16400 FK CONSTRAINT public orders orders_customer_fkey owner`. */
const isForeignKey = (entry: string) => /^\d+; \d+ \d+ FK CONSTRAINT /.test(entry) || isTheirComment(entry);
const isTheirComment = (entry: string) => /^\d+; \d+ \d+ COMMENT \S+ CONSTRAINT /.test(entry);
const isEventTrigger = (entry: string) => /^\d+; \d+ \d+ (?:EVENT TRIGGER|COMMENT - EVENT TRIGGER) /.test(entry);
const isRefresh = (entry: string) => /^\d+; \d+ \d+ MATERIALIZED VIEW DATA /.test(entry);

async function drop(client: pg.Client, { dropped }: Tables): Promise<void> {
  await client.query('SET client_min_messages = warning');
  for (const { kind, schema, name } of dropped)
    await client.query(`DROP ${kind} IF EXISTS ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)} CASCADE`);
}

function foreignKeysIn(script: string): string[] {
  return script
    .split(/;\n/)
    .map((text) => text.slice(Math.max(0, text.search(/^(?:ALTER TABLE|COMMENT ON CONSTRAINT) /m))))
    .filter((text) => /^(?:ALTER TABLE|COMMENT ON CONSTRAINT) /.test(text));
}

/** One from or to a table that is not there is left out, and named by the comparison. */
async function addForeignKey(client: pg.Client, statement: string): Promise<void> {
  const isMissing = (code: string | undefined) => code === '42P01' || code === '42704';
  await client.query(statement).catch((error: { code?: string }) => {
    if (!isMissing(error.code)) throw error;
  });
}
