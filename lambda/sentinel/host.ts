import type { Metric } from './metrics.ts';

/** What the sentinel needs of the world. Everything but `publish` only reads. */
export interface SentinelHost {
  now(): Date;
  vault(name: string): Promise<VaultState>;
  /** Completed ones of one database, in any order. */
  recoveryPoints(vault: string, resourceArn: string): Promise<RecoveryPoint[]>;
  /** ARN of everything that these plans select by ARN, with the moment since when they do. */
  selections(plans: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** Copy jobs that wait to begin. */
  waitingCopies(): Promise<WaitingCopy[]>;
  /** @returns `undefined` when there is no such database */
  database(kind: 'instance' | 'cluster', identifier: string): Promise<DatabaseState | undefined>;
  /** Automated backups of an instance that are replicated to this Region. @returns `undefined` when there are none */
  replicatedBackups(instanceArn: string): Promise<ReplicatedBackups | undefined>;
  publish(metrics: readonly Metric[]): Promise<void>;
}

export interface RecoveryPoint {
  /** When its job began; a copy keeps that of its original. */
  readonly createdAt: Date;
  readonly bytes: number;
  readonly isEncrypted: boolean;
}

export interface VaultState {
  readonly createdAt: Date;
  readonly isLocked: boolean;
  readonly minRetentionDays: number | undefined;
  readonly maxRetentionDays: number | undefined;
  /** JSON. @default - it has no access policy */
  readonly accessPolicy: string | undefined;
}

export interface WaitingCopy {
  readonly resourceArn: string;
  readonly createdAt: Date;
}

export interface DatabaseState {
  readonly createdAt: Date;
  /** `undefined` when no point in time can be restored. */
  readonly latestRestorable: Date | undefined;
  readonly retentionDays: number;
  readonly hasDeletionProtection: boolean;
  readonly isEncrypted: boolean;
  readonly copiesTags: boolean;
}

export interface ReplicatedBackups {
  readonly latestRestorable: Date | undefined;
  readonly retentionDays: number;
  readonly isEncrypted: boolean;
}
