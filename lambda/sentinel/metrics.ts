/** The custom metrics: written by the sentinel, read by the alarms and the dashboard, named once. */

export const namespace = 'Fukugen';

/** One set of these per database and Region. */
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
} as const;

/** The only dimensions of a metric of a database. */
export function databaseDimensions(policy: string, database: string) {
  return { Policy: policy, Database: database };
}

/** The only dimensions of a metric of a Region. */
export function regionDimensions(policy: string) {
  return { Policy: policy };
}

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit: 'Seconds' | 'Count' | 'Percent' | 'Bytes';
  readonly dimensions: Readonly<Record<string, string>>;
}
