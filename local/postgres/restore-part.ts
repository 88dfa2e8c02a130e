import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type DatabaseFingerprint, fingerprintDatabase, openSnapshot } from '../../core/integrity/index.ts';
import { runProgram } from '../system/run-program.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { chooseTables, keyOf, type TableSelection, type Tables } from './choose-tables.ts';
import { comparePart } from './compare-part.ts';
import { type Connection, onDatabase, withSession } from './connection.ts';
import { shellStatements } from './database-shell.ts';
import type { PostgresPrograms } from './programs.ts';
import { type DatabaseRestore, pgRestore, prepareDatabase, type RestoredDatabase } from './restore-database.ts';
import { dumpLayout } from './segments/layout.ts';
import { loadSegments } from './segments/load-segments.ts';

export interface PartRestore extends DatabaseRestore {
  /** `undefined`: every table whose rows are in the dump. */
  readonly selection: TableSelection | undefined;
}

interface RestoredPart extends RestoredDatabase {
  /** What the whole has and the part does not, although it goes with it. */
  readonly leftOut: readonly string[];
}

/**
 * Restores some tables into a new database, with every type, function and extension of the old one, so that nothing that they need is missing;
 * then the other tables go. What goes with them (foreign keys, views) is named.
 *
 * @param maintenance - as for `restoreDatabase`, which restores everything
 * @throws FukugenError when something stops on the way; the new database may then be there half done, for the caller to drop
 */
export async function restorePart(maintenance: Connection, restore: PartRestore): Promise<RestoredPart> {
  const { recorded, into } = restore;
  const { expected, notes } = await withSession(maintenance, (client) => prepareDatabase(client, restore));
  const target = onDatabase(maintenance, into);
  const tables = await fill(restore, target);
  const found = await withSession(target, async (client) => {
    await openSnapshot(client);
    return fingerprintDatabase(client, {
      onTable: (_name, done, total) => restore.onTable?.(done, total),
      signal: restore.signal,
    });
  });
  return { ...comparePart(recorded, found, tables, expected), notes };
}

async function fill(restore: PartRestore, target: Connection): Promise<Tables> {
  const { dump, recorded, settings, into, programs, signal } = restore;
  const archive = join(dump, dumpLayout.schema);
  await pgRestore(restore, target, ['--section=pre-data', archive]);
  const tables = await withSession(target, (client) => chooseTables(client, restore.selection, recorded));
  await loadSegments(target, dump, signal, (schema, name) => tables.filled.has(keyOf({ schema, name })));
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
    await refreshViews(client, tables, recorded);
  });
  // Last, as pg_dump has it: they would answer to every statement above.
  await pgRestore(restore, target, [await use('event-triggers', isEventTrigger), archive]);
  await withSession(target, async (client) => {
    for (const statement of shellStatements(recorded, settings, into)) await client.query(statement);
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

/** Those that are left once the tables are gone that nobody asked for; each was made after the ones that it reads. */
async function refreshViews(client: pg.Client, { filled }: Tables, recorded: DatabaseFingerprint): Promise<void> {
  const populated = new Set(recorded.tables.filter((table) => table.populated !== false).map(keyOf));
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'm' order by c.oid`,
  );
  // As in a dump.
  await client.query(`select pg_catalog.set_config('search_path', '', false)`);
  for (const view of rows.filter((row) => filled.has(keyOf(row)) && populated.has(keyOf(row))))
    await client.query(
      `REFRESH MATERIALIZED VIEW ${pg.escapeIdentifier(view.schema)}.${pg.escapeIdentifier(view.name)}`,
    );
}

/** One from or to a table that is not there is left out, and named by the comparison. */
async function addForeignKey(client: pg.Client, statement: string): Promise<void> {
  const isMissing = (code: string | undefined) => code === '42P01' || code === '42704';
  await client.query(statement).catch((error: { code?: string }) => {
    if (!isMissing(error.code)) throw error;
  });
}
