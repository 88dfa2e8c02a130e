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
  /** ARN of the role to read with in the account of the databases. @default - this is that account */
  readonly reader?: string;
  readonly vault: ExpectedVault;
  /** Names of the plans that select what is watched. */
  readonly plans: readonly string[];
  /** Of each of them, by its name. @default - they are in the other Region, whose sentinel compares them */
  readonly rules?: Readonly<Record<string, readonly ExpectedRule[]>>;
  readonly databases: readonly WatchedDatabase[];
  /** @default - no bucket is backed up */
  readonly uploads?: WatchedBucket;
  /** @default - none are exported to this Region */
  readonly settingsExport?: WatchedExport;
}

/** Of a backup plan. Windows are minutes, and days are counted whole: what AWS Backup counts in. */
export interface ExpectedRule {
  readonly name: string;
  readonly schedule: string;
  readonly timezone: string;
  readonly startWindow: number;
  readonly completionWindow: number;
  readonly keep: number;
  /** ARN of the vault that each recovery point is copied to. @default - none is copied */
  readonly copyTo?: string;
  readonly copyKeep?: number;
}

export interface WatchedExport {
  readonly bucket: string;
  /** The age from which on the newest complete export is too old. */
  readonly due: number;
}

export interface ExpectedVault {
  readonly name: string;
  readonly minRetentionDays: number;
  /** @default - the lock has no upper bound */
  readonly maxRetentionDays?: number;
  /** ARN of the only role that the denial of deletion leaves out. @default - it leaves out none */
  readonly exceptRole?: string;
}

/** Something that a plan takes recovery points of. */
export interface WatchedResource {
  /** A database's in the policy; a bucket's begins with a capital, as none of those does. */
  readonly name: string;
  readonly arn: string;
  /** Between two recovery points in this Region's vault. */
  readonly every: number;
  /** How long they are kept in it. */
  readonly keep: number;
  /** The age from which on the newest of them is too old. */
  readonly due: number;
}

export interface WatchedBucket extends WatchedResource {
  /** Name in S3. */
  readonly bucket: string;
}

export interface WatchedDatabase extends WatchedResource {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
  /**
   * Days that RDS keeps automated backups in this Region: of the database itself, or replicated to here.
   * @default - there are none in this Region
   */
  readonly automatedBackupDays?: number;
  /** It cannot be changed in place, and the policy says that it is known. @default - it is encrypted */
  readonly isUnencrypted?: boolean;
}

export function resourcesOf({ databases, uploads }: Inventory): readonly (WatchedDatabase | WatchedBucket)[] {
  return [...databases, ...(uploads ? [uploads] : [])];
}
