import type { Activity } from '../../core/integrity/checks/baseline.ts';
import type { NewestValue } from '../../core/integrity/checks/batch.ts';
import { readCatalogue } from '../../core/integrity/checks/catalogue.ts';
import { freshness } from '../../core/integrity/checks/freshness.ts';
import { ask, OutOfTime, readOnly, type Subject, timeBoxed } from '../../core/integrity/checks/subject.ts';
import type { DatabaseFingerprint, TableFingerprint, Unseen } from '../../core/integrity/fingerprint.ts';
import { named } from '../../core/integrity/names.ts';
import { type ListedTable, readTable } from '../../core/integrity/tables.ts';
import { withDatabase } from './connect.ts';
import { listDatabases, withServer } from './databases.ts';
import type { FingerprintAnswer, FingerprintRequest } from './messages.ts';

/**
 * What production holds. It writes nothing, locks each table only while reading it, and stops at the deadline: tables that were not
 * reached are named as unseen, and a drill does not compare them.
 *
 * @throws when a database cannot be reached, or not even its schema be read: a baseline without it would say that it is not there
 */
export async function takeFingerprint(
  { connection, settings }: FingerprintRequest,
  deadline: number,
): Promise<FingerprintAnswer> {
  const takenAt = new Date().toISOString();
  const subjectOf = (client: Subject['connection'], database: string, until: number): Subject => ({
    connection: client,
    database,
    settings,
    deadline: until,
  });
  const listed = await withServer(connection, deadline, (client, name) =>
    listDatabases(subjectOf(client, name, deadline)),
  );
  const databases = listed.filter(({ isOpen }) => isOpen);
  const fingerprints: Record<string, DatabaseFingerprint> = {};
  const activity: Record<string, Activity> = {};
  const newest: NewestValue[] = [];
  for (const [at, { name }] of databases.entries()) {
    // An equal share of the time that is left: the tables of one do not keep the others from being read at all.
    const until = Date.now() + (deadline - Date.now()) / (databases.length - at);
    await withDatabase(connection, name, until, async (client) => {
      const subject = subjectOf(client, name, until);
      // Before the snapshot: a write that this does not count is not in the rows either, or is counted next time.
      activity[name] = await readActivity(subject);
      newest.push(...((await freshness.look(subject)).newest ?? []));
      fingerprints[name] = await readDatabase(subject);
    });
  }
  return { takenAt, fingerprints, activity, freshness: newest };
}

async function readDatabase(subject: Subject): Promise<DatabaseFingerprint> {
  return readOnly(subject, async () => {
    const { fingerprint, tables } = await readCatalogue(timeBoxed(subject));
    const read: TableFingerprint[] = [];
    const unseen: Unseen[] = [...fingerprint.unseen];
    const notRead = (table: ListedTable, text: string) =>
      unseen.push({ kind: 'table', name: named(table.schema, table.name), why: 'error', text });
    for (const [at, table] of tables.entries()) {
      try {
        const result = await readTable(timeBoxed(subject), table);
        if ('why' in result) notRead(table, result.text);
        else read.push(result);
      } catch (error) {
        if (!(error instanceof OutOfTime)) throw error;
        for (const rest of tables.slice(at)) notRead(rest, error.message);
        break;
      }
    }
    return { ...fingerprint, tables: read, unseen };
  });
}

async function readActivity(subject: Subject): Promise<Activity> {
  const [since] = await ask<{ readonly since: string }>(
    subject,
    `select greatest(pg_postmaster_start_time(), stats_reset)::text as since from pg_stat_database where datname = current_database()`,
  );
  const counts = await ask<{ readonly schema: string; readonly name: string; readonly writes: string }>(
    subject,
    `select schemaname as schema, relname as name, (n_tup_ins + n_tup_upd + n_tup_del)::text as writes from pg_stat_all_tables
      where schemaname not in ('pg_catalog', 'information_schema') and schemaname !~ '^pg_(toast|temp)'`,
  );
  return {
    since: since?.since ?? '',
    writes: Object.fromEntries(counts.map(({ schema, name, writes }) => [named(schema, name), writes])),
  };
}
