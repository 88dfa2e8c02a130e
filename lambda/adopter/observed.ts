/** Replicated automated backups of an instance in another Region. */
export interface Replica {
  readonly region: string;
  /** @default - not looked at, or not there yet */
  readonly retentionDays?: number;
}

/** A database as RDS describes it. */
export interface Observed {
  readonly arn: string;
  /** Of RDS, such as `available` or `modifying`. */
  readonly status: string;
  /** Of RDS, such as `postgres` or `aurora-postgresql`. */
  readonly engine: string;
  readonly encrypted: boolean;
  /** ARN of the key. @default - it is not encrypted */
  readonly keyArn?: string;
  /** 0 when automated backups are off. */
  readonly retentionDays: number;
  /** What someone asked for and RDS has not done yet. @default - nothing */
  readonly pendingRetentionDays?: number;
  /** Names of the other modifications that RDS has not done yet. */
  readonly pending: readonly string[];
  readonly deletionProtection: boolean;
  readonly copyTagsToSnapshot: boolean;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly replicas: readonly Replica[];
  /** Of the cluster that the instance is in. @default - none */
  readonly cluster?: string;
}

/** Only ever raises: a request to RDS that this app can make has no way to write less. */
export interface Raise {
  readonly retentionDays?: number;
  /** With everything else that is pending on an instance. @default - as RDS sees fit */
  readonly immediately?: true;
  readonly deletionProtection?: true;
  readonly copyTagsToSnapshot?: true;
  readonly backupWindow?: string;
  readonly maintenanceWindow?: string;
}
