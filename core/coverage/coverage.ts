import { Duration } from '../policy/duration.ts';
import type { BackupPolicy, CloudPolicy, DatabasePolicy } from '../policy/schema.ts';
import { copiedEvery, isReplicated } from '../policy/traits.ts';
import type { Place } from '../policy/vaults.ts';
import { type CopyCount, countCopies, databaseCopies } from './copies.ts';
import { type Expected, expectedOf, type Figure } from './expected.ts';
import { type LongTerm, longTerm } from './generations.ts';
import { type Problem, problemsOf } from './problems.ts';
import { logUpload, scheduledLoss, startsFrom } from './scheduled.ts';
import { type Loss, pointsKept } from './worst-case.ts';

/** What protects a database somewhere: RDS's own log upload, snapshots where it lives, or their copies. */
export type Means = 'point-in-time' | 'snapshots' | 'copies';

/** One addend of a worst case. */
export interface Term {
  /** @default - AWS gives no bound, and nothing else does */
  readonly length?: Duration;
  readonly of: 'log upload' | 'replication' | 'starts' | 'start window' | 'snapshot' | 'copy';
  /** The policy does not say it. @default false */
  readonly assumed?: boolean;
  /** Starts that expire between the two, because the job before them still holds the database. @default 0 */
  readonly expired?: number;
  /** The UTC day of a change of the clocks that makes this longer than on other days. @default - an ordinary day */
  readonly clocksChange?: string;
}

/** How well one place protects a database by one means. */
export interface Coverage {
  readonly place: Place;
  readonly region: string;
  readonly means: Means;
  /** The sum of the terms that have a length. */
  readonly worst: Duration;
  readonly terms: readonly Term[];
  /** The worst case when one run fails. @default - no runs to fail */
  readonly afterFailure?: Duration;
  readonly kept: {
    readonly for: Duration;
    /** @default - every second of that time */
    readonly points?: { readonly least: number; readonly most: number };
    /** Of those points, some are kept for longer. @default - none */
    readonly longer?: readonly LongTerm[];
  };
}

export interface DatabasePlan {
  readonly name: string;
  readonly database: DatabasePolicy;
  readonly objectives: BackupPolicy['objectives'];
  /** @default - no restore is on record */
  readonly measuredRto?: Duration;
  readonly expected: Expected;
  readonly coverage: readonly Coverage[];
  readonly copies: CopyCount;
  readonly problems: readonly Problem[];
}

/**
 * How well the policy protects each database, and what stands against its objectives.
 *
 * @param measuredRto - the longest restore on record, by the name of the database
 */
export function coverDatabases(
  cloud: CloudPolicy,
  objectives: BackupPolicy['objectives'],
  measuredRto: Readonly<Record<string, Duration>>,
  now: Date,
): DatabasePlan[] {
  return Object.entries(cloud.databases).map(([name, database]) => {
    const expected = expectedOf(database);
    const coverage = coverageOf(cloud, database, expected, now);
    const { rpo = objectives.rpo, rto = objectives.rto } = database.objectives ?? {};
    const promised = { cloud, database, expected, objectives: { rpo, rto }, measuredRto: measuredRto[name], now };
    const worst = { primary: best(coverage, 'primary'), replica: best(coverage, 'replica') };
    return {
      name,
      database,
      objectives: { rpo, rto },
      ...(measuredRto[name] && { measuredRto: measuredRto[name] }),
      expected,
      coverage,
      copies: countCopies(databaseCopies(cloud, database)),
      problems: problemsOf({ ...promised, worst }),
    };
  });
}

/** By place, and there the means that loses least first. */
function coverageOf(cloud: CloudPolicy, database: DatabasePolicy, expected: Expected, now: Date): Coverage[] {
  const { cadence } = cloud;
  const scheduled = scheduledCoverage(cloud, database, expected, now);
  return [
    pointInTime(cloud, database, 'primary'),
    { place: 'primary', region: cloud.primary.region, means: 'snapshots', ...scheduled('primary', cadence.keep) },
    ...(isReplicated(database) ? [pointInTime(cloud, database, 'replica')] : []),
    { place: 'replica', region: cloud.replica.region, means: 'copies', ...scheduled('replica', cadence.copy.keep) },
  ];
}

/**
 * Automated backups with their transaction logs, where the database is or replicated. How far the replication lags
 * behind is not documented (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html).
 */
function pointInTime(cloud: CloudPolicy, database: DatabasePolicy, place: Place): Coverage {
  return {
    place,
    region: cloud[place].region,
    means: 'point-in-time',
    worst: logUpload,
    terms: [{ length: logUpload, of: 'log upload' }, ...(place === 'replica' ? [{ of: 'replication' as const }] : [])],
    kept: { for: database.automatedBackupRetention },
  };
}

function scheduledCoverage({ cadence }: CloudPolicy, database: DatabasePolicy, expected: Expected, now: Date) {
  const lossAt = scheduledLoss(cadence, database, expected, now);
  return (place: Place, keep: Duration) => {
    const every = place === 'replica' ? copiedEvery(cadence, database) : cadence.every;
    const loss = lossAt(place, 0);
    const longer = longTerm(cadence, place);
    return {
      worst: minutes(loss.minutes),
      terms: termsOf(loss, every, expected, place),
      afterFailure: minutes(lossAt(place, 1).minutes),
      kept: {
        for: keep,
        points: pointsKept(startsFrom({ ...cadence, every }, now, keep.minutes), keep.minutes),
        ...(longer.length > 0 && { longer }),
      },
    };
  };
}

/** The shortest worst case at a place. */
function best(coverage: readonly Coverage[], place: Place): Duration {
  return coverage
    .filter((one) => one.place === place)
    .map((one) => one.worst)
    .reduce((shortest, one) => (one.seconds < shortest.seconds ? one : shortest));
}

function termsOf(loss: Loss, every: Duration, { snapshot, copy }: Expected, place: Place): Term[] {
  const isLonger = loss.apart > every.minutes * (loss.expired + 1);
  const term = (of: 'snapshot' | 'copy', { value, assumed }: Figure<Duration>): Term => ({
    length: value,
    of,
    assumed,
  });
  return [
    {
      length: minutes(loss.apart),
      of: 'starts',
      expired: loss.expired,
      ...(isLonger && { clocksChange: new Date((loss.from + loss.apart) * 60_000).toISOString().slice(0, 10) }),
    },
    { length: minutes(loss.lateness), of: 'start window' },
    term('snapshot', snapshot),
    ...(place === 'replica' ? [term('copy', copy)] : []),
  ];
}

function minutes(count: number): Duration {
  return Duration.seconds(Math.round(count * 60));
}
