import type { CheckSettings, OwnCheck } from '../checker/messages.ts';

/**
 * What the functions of the drill know of the policy: a file, `drill-plan.json`, in the bundle of each. It holds nothing that is
 * known only at deployment; that comes by environment variables.
 */
export interface DrillPlan {
  readonly policy: string;
  readonly language: 'en' | 'ja';
  /** Address of the folder `runbooks`. @default - notices name the path in the repository */
  readonly runbooks?: string;
  readonly place: 'primary' | 'replica';
  readonly primaryRegion: string;
  readonly replicaRegion: string;
  /** Of the Region's own vault. */
  readonly vault: string;
  /** Identifiers of scratch databases begin with it, and no other identifier does. */
  readonly scratchPrefix: string;
  /** In which every scratch is put. */
  readonly subnetGroup: string;
  /** IANA. */
  readonly timezone: string;
  readonly concurrency: number;
  readonly timeLimitSeconds: number;
  readonly waitUntilLoaded: boolean;
  readonly keepEvidenceDays: number;
  readonly checks: CheckSettings['checks'];
  /** Of every database. */
  readonly ownChecks: readonly OwnCheck[];
  readonly databases: readonly DrilledDatabase[];
}

export interface DrilledDatabase {
  /** By its name in the policy. */
  readonly name: string;
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
  /** Of the source, in the primary Region, without partition and account: `rds:ap-northeast-1:db:shop-orders`. */
  readonly resource: string;
  /** Whether a point in time can be restored in this Region. */
  readonly hasAutomatedBackups: boolean;
  /** Of the scratch. @default - the source's; for a cluster db.serverless */
  readonly instanceClass?: string;
  /** @default - the engine's default group */
  readonly parameterGroup?: string;
  /** Of the scratch and its storage. @default - not known */
  readonly usdPerHour?: number;
  readonly objectives: { readonly rpoSeconds: number; readonly rtoSeconds: number };
  readonly freshness: CheckSettings['freshness'];
  /** Percent of its rows that a table may have lost since the last evidence. */
  readonly shrinkage: number;
  /** Beside those of every database. @default - none */
  readonly ownChecks?: readonly OwnCheck[];
  readonly hasBaseline: boolean;
}

/** Tags of everything that a drill makes. RDS copies the source's when none are given, so these are always given. */
export const scratchTags = {
  purpose: 'fukugen:purpose',
  policy: 'fukugen:policy',
  database: 'fukugen:database',
  execution: 'fukugen:execution',
  /** ISO 8601: the janitor removes what is still there then. */
  until: 'fukugen:until',
} as const;

/** On which every scratch listens, whatever its source listens on: the one door in the network of the drills. */
export const scratchPort = 5432;

/** Value of the tag `fukugen:purpose`. */
export const scratchPurpose = 'restore-drill';
