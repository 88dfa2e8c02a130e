import type { Batch } from '../../core/integrity/checks/batch.ts';
import type { CheckResult } from '../../core/integrity/checks/check.ts';
import { connect } from '../../core/integrity/checks/connect.ts';
import { columnsHere, nameOfColumn } from '../../core/integrity/checks/freshness.ts';
import { conclude, type Look, NotCovered, reasonOf } from '../../core/integrity/checks/look.ts';
import type { CheckSettings, FreshnessColumn } from '../../core/integrity/checks/settings.ts';
import { ask, type Subject } from '../../core/integrity/checks/subject.ts';
import type { DrillCheck } from '../../core/policy/drills.ts';
import { withDatabase } from './connect.ts';
import { listDatabases, type ServerDatabase, withServer } from './databases.ts';
import { divideAll, type Inventory } from './divide.ts';
import { takeInventory } from './inventory.ts';
import type { SurveyAnswer, SurveyRequest } from './messages.ts';
import { prepare } from './prepare.ts';

/** What one database has for the checks. */
interface Surveyed {
  readonly inventory: Inventory;
  readonly fresh: readonly FreshnessColumn[];
}

/**
 * Lists what there is to check and divides it. Prepares every database for that: see `prepare`.
 *
 * @throws when the server cannot be reached at all
 */
export async function survey({ connection, settings }: SurveyRequest, deadline: number): Promise<SurveyAnswer> {
  const subjectOf = (client: Subject['connection'], database: string): Subject => ({
    connection: client,
    database,
    settings,
    deadline,
  });
  const began = Date.now();
  const server = await withServer(connection, deadline, async (client, database) => {
    const subject = subjectOf(client, database);
    const [{ version } = { version: '' }] = await ask<{ readonly version: string }>(
      subject,
      `select current_setting('server_version') as version`,
    );
    return { version, databases: await listDatabases(subject), look: await connect.look(subject) };
  });
  const surveyed = new Map<string, Surveyed>();
  const unreached = new Map<string, string>();
  for (const { name, isOpen } of server.databases) {
    try {
      if (!isOpen) throw new NotCovered('it takes no connections');
      const found = await withDatabase(connection, name, deadline, async (client) => {
        const subject = subjectOf(client, name);
        await prepare(subject);
        return { inventory: await takeInventory(subject), fresh: await columnsHere(subject) };
      });
      surveyed.set(name, found);
    } catch (error) {
      unreached.set(name, `${name}: ${reasonOf(error)}`);
    }
  }
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  const [own, ownChecks] = divideOwn(settings, [...surveyed.keys()]);
  return {
    version: server.version,
    databases: server.databases.map(({ name, bytes }) => ({
      name,
      bytes,
      tables: surveyed.get(name)?.inventory.tables.length ?? 0,
    })),
    batches: [
      ...divideAll([...surveyed.values()].map(({ inventory }) => inventory)).filter((batch) =>
        isWanted(batch, settings),
      ),
      ...own,
      // Last: the counts of wrong checksums are complete when everything else was read.
      ...[...surveyed.keys()].map((database) => ({ kind: 'database', database }) as const),
    ],
    checks: [
      ...concluded('connect', settings, '', reached(server.look, server.databases, unreached), seconds),
      ...[...surveyed].flatMap(([database, { inventory }]) => withoutBatch(inventory, settings, database)),
      ...undeclared(settings, surveyed),
      ...ownChecks,
    ],
  };
}

function concluded(
  check: DrillCheck,
  settings: CheckSettings,
  database: string,
  look: Look,
  seconds = 0,
  name?: string,
): CheckResult[] {
  const severity = settings.checks[check];
  return severity ? [conclude({ check, ...(name !== undefined && { name }) }, severity, database, look, seconds)] : [];
}

/** Fingerprints are needed for more than the check that reads them. */
function isWanted({ kind }: Batch, { checks }: CheckSettings): boolean {
  if (kind === 'tables') return Boolean(checks.readable || checks.heap || checks.shrinkage || checks.baseline);
  if (kind === 'indexes') return Boolean(checks.indexes);
  return kind !== 'foreign-keys' || Boolean(checks['foreign-keys']);
}

function reached(look: Look, { length: of }: readonly ServerDatabase[], unreached: ReadonlyMap<string, string>): Look {
  return {
    ...look,
    covered: of - unreached.size,
    of,
    notCovered: [...unreached.keys()],
    reasons: [...unreached.values()],
  };
}

/** A database without tables or foreign keys has no batch that could tell so. */
function withoutBatch({ tables, indexes, keys }: Inventory, settings: CheckSettings, database: string): CheckResult[] {
  const none = (check: DrillCheck, text: string) =>
    concluded(check, settings, database, { findings: [], covered: 0, of: 0, notCovered: [], nothing: true, text });
  return [
    ...(tables.length === 0 ? [...none('readable', 'there is no table'), ...none('heap', 'there is no table')] : []),
    ...(indexes.length === 0 ? none('indexes', 'there is no B-tree index') : []),
    ...(keys.length === 0 ? none('foreign-keys', 'there is no foreign key') : []),
  ];
}

/** A declared column that no database has would otherwise be looked for by none. */
function undeclared(settings: CheckSettings, surveyed: ReadonlyMap<string, Surveyed>): CheckResult[] {
  const found = [...surveyed.values()].flatMap(({ fresh }) => fresh);
  const missing = settings.freshness.filter((column) => !found.includes(column));
  if (missing.length === 0) return [];
  const findings = missing.map((column) => ({
    object: nameOfColumn(column),
    text: `${column.database === undefined ? 'no database has' : `${column.database} does not have`} the table`,
  }));
  const of = settings.freshness.length;
  return concluded('freshness', settings, '', {
    findings,
    covered: of,
    of,
    notCovered: [],
    text: 'the declared tables looked for',
  });
}

/** One batch each, because nobody knows how long somebody's query takes. */
function divideOwn(
  { own, ...settings }: CheckSettings,
  databases: readonly string[],
): readonly [Batch[], CheckResult[]] {
  const usual = databases.find((name) => name !== 'postgres') ?? databases[0];
  const batches: Batch[] = [];
  const checks: CheckResult[] = [];
  for (const { name, database = usual } of settings.checks.own ? own : []) {
    if (database !== undefined && databases.includes(database)) batches.push({ kind: 'own', database, name });
    else {
      const look = {
        findings: [],
        covered: 0,
        of: 1,
        notCovered: [name],
        text: `there is no database ${database ?? ''} to run it in`,
      };
      checks.push(...concluded('own', { own, ...settings }, database ?? '', look, 0, name));
    }
  }
  return [batches, checks];
}
