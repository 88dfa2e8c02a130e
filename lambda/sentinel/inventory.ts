/**
 * What one sentinel watches. It travels in the schedule's own input, so `cdk diff` shows a change of it; the constructs
 * and the function share these types. Lengths of time are seconds.
 */
export interface Inventory {
  /** Name of the policy. */
  readonly policy: string;
  readonly place: 'primary' | 'replica';
  /** Where the databases and the plans are. */
  readonly primaryRegion: string;
  readonly vault: ExpectedVault;
  /** Names of the plans that select the databases. */
  readonly plans: readonly string[];
  readonly databases: readonly WatchedDatabase[];
}

export interface ExpectedVault {
  readonly name: string;
  readonly minRetentionDays: number;
  /** @default - the lock has no upper bound */
  readonly maxRetentionDays?: number;
  /** ARN of the only role that the denial of deletion leaves out. @default - it leaves out none */
  readonly exceptRole?: string;
}

export interface WatchedDatabase {
  /** In the policy. */
  readonly name: string;
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
  readonly arn: string;
  /** Between two recovery points in this Region's vault. */
  readonly every: number;
  /** How long they are kept in it. */
  readonly keep: number;
  /** The age from which on the newest of them is too old. */
  readonly due: number;
  /**
   * Days that RDS keeps automated backups in this Region: of the database itself, or replicated to here.
   * @default - there are none in this Region
   */
  readonly automatedBackupDays?: number;
  /** It cannot be changed in place, and the policy says that it is known. @default - it is encrypted */
  readonly isUnencrypted?: boolean;
}
