import type { WatchedBucket, WatchedDatabase } from './inventory.ts';

/** The custom metrics: written by the sentinel, read by the alarms and the dashboard, named once. */

export const namespace = 'Fukugen';

/** One set of these per database and Region, and as far as they apply, per bucket. */
export const databaseMetric = {
  /** Seconds since the job of the newest completed recovery point began. */
  age: 'RecoveryPointAge',
  /** Completed recovery points in the vault. */
  count: 'RecoveryPoints',
  /** Seconds. */
  oldestAge: 'OldestRecoveryPointAge',
  /** How many fewer there are than the plan has had time to make, as a percentage of those. */
  missing: 'MissingRecoveryPoints',
  /** Bytes, of the newest; AWS reports 0 for Aurora. */
  size: 'NewestRecoveryPointSize',
  /** Seconds between now and the latest point in time that can be restored. */
  pitrLag: 'PointInTimeLag',
  /** The same for automated backups that are replicated to this Region. */
  replicationLag: 'ReplicationLag',
  /** Settings that are weaker than declared. */
  drift: 'ProtectionDrift',
  /** Copy jobs that have been waiting for longer than AWS Backup retries. */
  stuckCopies: 'StuckCopies',
} as const;

/** One set of these per Region. */
export const regionMetric = {
  /** 1 for every run that published its figures. */
  runs: 'SentinelRuns',
  vaultDrift: 'VaultDrift',
  /** Seconds since the settings were last exported in full. */
  exportAge: 'SettingsExportAge',
} as const;

/** The only dimensions of a metric of a database or a bucket. */
export function resourceDimensions(policy: string, resource: WatchedDatabase | WatchedBucket): Metric['dimensions'] {
  return { Policy: policy, ['bucket' in resource ? 'Bucket' : 'Database']: resource.name };
}

/** The only dimensions of a metric of a Region. */
export function regionDimensions(policy: string) {
  return { Policy: policy };
}

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit: 'Seconds' | 'Count' | 'Percent' | 'Bytes' | 'None';
  readonly dimensions: Readonly<Record<string, string>>;
}
