import type { Metric } from './metrics.ts';

/** What the sentinel needs of the world. Everything but `publish` only reads. */
export interface SentinelHost {
  now(): Date;
  vault(name: string): Promise<VaultState>;
  /** Completed ones of one database or bucket, in any order. */
  recoveryPoints(vault: string, resourceArn: string): Promise<RecoveryPoint[]>;
  /** By the ARN of everything that these plans select by ARN. */
  selections(plans: readonly string[]): Promise<ReadonlyMap<string, Selected>>;
  /** By the name of the plan. */
  rules(plans: readonly string[]): Promise<ReadonlyMap<string, readonly PlanRule[]>>;
  /** Copy jobs that wait to begin. */
  waitingCopies(): Promise<WaitingCopy[]>;
  /** @returns `undefined` when there is no such database */
  database(kind: 'instance' | 'cluster', identifier: string): Promise<DatabaseState | undefined>;
  /** Automated backups of an instance that are replicated to this Region. @returns `undefined` when there are none */
  replicatedBackups(instanceArn: string): Promise<ReplicatedBackups | undefined>;
  keepsVersions(bucket: string): Promise<boolean>;
  /** When settings were last exported in full into a bucket; when the bucket was made, as long as none ever were. */
  lastExport(bucket: string): Promise<Date>;
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

export interface Selected {
  /** Name of the plan. */
  readonly plan: string;
  readonly since: Date;
}

/** A rule as AWS Backup has it. Windows are minutes, and days are counted whole. */
export interface PlanRule {
  readonly name: string;
  readonly vault: string;
  readonly schedule: string;
  readonly timezone: string;
  readonly startWindow: number | undefined;
  readonly completionWindow: number | undefined;
  /** `undefined` when it is for ever. */
  readonly keep: number | undefined;
  readonly isContinuous: boolean;
  readonly copies: readonly { readonly to: string; readonly keep: number | undefined }[];
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
