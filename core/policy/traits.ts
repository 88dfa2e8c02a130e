import type { Duration } from './duration.ts';
import type { CloudPolicy, DatabasePolicy } from './schema.ts';

/** Where the kinds of databases differ for the arithmetic of the plan. */

/** Automated backups are replicated across Regions for instances alone; Aurora has no such feature. */
export function isReplicated(database: DatabasePolicy): boolean {
  return database.kind === 'instance' && database.replicateAutomatedBackups;
}

/** How often a recovery point is copied, a multiple of the cadence. */
export function copiedEvery({ every }: CloudPolicy['cadence'], database: DatabasePolicy): Duration {
  return (database.kind === 'cluster' ? database.copyEvery : undefined) ?? every;
}
