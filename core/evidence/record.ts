import type { CheckResult } from '../integrity/checks/check.ts';

/** Where a restore starts from. */
export type DrillSource =
  /** The newest completed recovery point of the primary Region's vault. */
  | 'latest'
  /** The newest completed copy in the replica Region's vault, restored there. */
  | 'copy'
  /** A random moment that automated backups reach, never the newest. */
  | 'point-in-time'
  /** Any recovery point that the Region's vault still keeps. */
  | 'random';

/** What one drill of one database leaves. Plain JSON; it holds no password and no row. */
export interface DrillRecord {
  readonly format: 1;
  readonly policy: string;
  /** Name of the execution. */
  readonly drill: string;
  readonly trigger: 'schedule' | 'hand';
  /** By its name in the policy. */
  readonly database: string;
  readonly kind: 'instance' | 'cluster';
  readonly place: 'primary' | 'replica';
  readonly region: string;
  readonly source: DrillSource;
  /** 1 for the first record of this database in this Region; no number is left out. */
  readonly sequence: number;
  /** The record before. `null` for the first. */
  readonly previous: { readonly key: string; readonly sha256: string } | null;
  /** ISO 8601 in UTC, here and below. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly origin: DrillOrigin | null;
  readonly scratch: ScratchDatabase;
  /** `passed` allows for warnings. */
  readonly verdict: 'passed' | 'failed';
  /** Why it failed: the first cause, not what followed from it. */
  readonly cause: DrillCause | null;
  /** In the order of time. */
  readonly timeline: readonly DrillMark[];
  readonly measured: DrillMeasures;
  readonly checks: readonly CheckResult[];
  /** Fingerprints of the scratch's databases: an object beside the record. `null` when it was not reached. */
  readonly fingerprints: { readonly key: string; readonly sha256: string } | null;
  /** SHA-256 of the canonical JSON of all other fields: a record vouches for itself until the next one does. */
  readonly seal: string;
}

export interface DrillOrigin {
  /** ARN. Absent for a point in time. */
  readonly recoveryPoint?: string;
  /** The moment that was restored to, of a point in time. */
  readonly restoreTime?: string;
  /** When the job of the recovery point began. */
  readonly createdAt?: string;
  /** The last transaction in the snapshot (SnapshotDatabaseTime); for a cluster, which does not tell, when it was made. */
  readonly databaseTime?: string;
  /** `snapshot-create-time` is later than what is in it, by as long as the snapshot took. */
  /** Of a point in time: the newest that there was when the drill began. A disaster would have cost what came after it. */
  readonly latestRestorable?: string;
  readonly basis: 'snapshot-database-time' | 'snapshot-create-time' | 'restore-time';
  /** Of the source, allocated; not known of Aurora. */
  readonly bytes?: number;
}

export interface ScratchDatabase {
  readonly identifier: string;
  /** Absent when RDS was never asked or never answered. */
  readonly instanceClass?: string;
  readonly engineVersion?: string;
}

/** What `restore` notes for the record. */
export interface OriginNote {
  readonly origin: DrillOrigin;
  /** Of the recovery point; of the scratch it is what RDS made of it. Absent when RDS did not tell. */
  readonly engineVersion?: string;
  readonly scratch: ScratchDatabase;
}

/** The steps of a drill that have a time. */
export const drillMarks = [
  'chosen',
  'restore-asked',
  'available',
  'instance-asked',
  'instance-available',
  'password-asked',
  'password-taken',
  'surveyed',
  'checked',
  'loaded',
] as const;

export type DrillMarkName = (typeof drillMarks)[number];

export interface DrillMark {
  readonly name: DrillMarkName;
  readonly at: string;
}

export interface DrillCause {
  /** State of the machine, or the check. */
  readonly step: string;
  /** Name of the error, or of the outcome. */
  readonly error: string;
  /** A sentence. */
  readonly text: string;
}

export interface DrillMeasures {
  /** Seconds from the request to restore. Absent where it was not reached. */
  readonly rto: {
    /** To `available`, with an instance in it and the password taken over: the first query can be answered. */
    readonly available?: number;
    /** To the end of the checks, each table read once. */
    readonly checked?: number;
    /** To the end of loading from S3, when the policy asks for it. */
    readonly loaded?: number;
    readonly objective: number;
    /** `available` against the objective; `loaded` when the policy asks for that. `null` when not reached. */
    readonly met: boolean | null;
  };
  readonly rpo: {
    /** What a disaster at the drill's start would have cost, in seconds. `null` for a random point, which is old on purpose. */
    readonly seconds: number | null;
    readonly objective: number;
    readonly met: boolean | null;
    /** How much older than the recovery point the newest row of each declared column is, in seconds. */
    readonly freshness: readonly {
      readonly column: string;
      readonly newest: string | null;
      readonly behind: number | null;
    }[];
  };
  /** Of all databases of the scratch, as PostgreSQL counts. */
  readonly bytes: number | null;
  /** In USD, estimated; `null` for what has no confirmed price. */
  readonly cost: { readonly usd: number | null; readonly text: string };
}
