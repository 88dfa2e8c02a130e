import { driftOfDatabase, driftOfReplication } from './drift.ts';
import type { SentinelHost } from './host.ts';
import type { Inventory, WatchedBucket, WatchedDatabase } from './inventory.ts';
import { databaseMetric } from './metrics.ts';

/** What protects something beside its recovery points: automated backups of a database, versions of a bucket. */
export interface OwnProtection {
  /** Metric of the lag. @default - no point in time can be restored from it here */
  readonly lag?: string;
  readonly createdAt?: Date | undefined;
  readonly latestRestorable?: Date | undefined;
  readonly drift: readonly string[];
}

export async function automatedBackups(
  place: Inventory['place'],
  database: WatchedDatabase,
  host: SentinelHost,
): Promise<OwnProtection> {
  const { kind, identifier, arn, automatedBackupDays } = database;
  if (place === 'primary') {
    const state = await host.database(kind, identifier);
    const drift = driftOfDatabase(database, state);
    if (!state) return { drift };
    const { createdAt, latestRestorable } = state;
    return { lag: databaseMetric.pitrLag, createdAt, latestRestorable, drift };
  }
  if (automatedBackupDays === undefined) return { drift: [] };
  const state = await host.replicatedBackups(arn);
  return {
    lag: databaseMetric.replicationLag,
    latestRestorable: state?.latestRestorable,
    drift: driftOfReplication(database, state),
  };
}

/** Only where the bucket is: without versions, AWS Backup takes no recovery point of it. */
export async function versions(
  place: Inventory['place'],
  { bucket }: WatchedBucket,
  host: SentinelHost,
): Promise<OwnProtection> {
  if (place === 'replica' || (await host.keepsVersions(bucket))) return { drift: [] };
  return { drift: ['the bucket keeps no versions, so no recovery point can be taken of it'] };
}
