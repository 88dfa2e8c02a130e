import type { CadencePolicy } from './cadence.ts';
import type { DatabasePolicy } from './databases.ts';
import type { Duration } from './duration.ts';

/** Where the kinds of databases differ, whoever made them. */

/** What RDS calls it. */
export function kindOf(database: DatabasePolicy): 'instance' | 'cluster' {
  if (database.kind !== 'adopted') return database.kind;
  return database.cluster === undefined ? 'instance' : 'cluster';
}

/** Whether this app makes it, with all that belongs to it: one that is adopted or imported existed before. */
export function isMade(database: DatabasePolicy): database is Exclude<DatabasePolicy, { kind: 'adopted' }> {
  return database.kind !== 'adopted' && database.existing === undefined;
}

/** Automated backups are replicated across Regions for instances alone; Aurora has no such feature. */
export function isReplicated(database: DatabasePolicy): boolean {
  return database.kind !== 'cluster' && kindOf(database) === 'instance' && database.replicateAutomatedBackups;
}

/** How often a recovery point is copied, a multiple of the cadence. */
export function copiedEvery({ every }: Pick<CadencePolicy, 'every'>, database: DatabasePolicy): Duration {
  return (database.kind === 'instance' ? undefined : database.copyEvery) ?? every;
}
