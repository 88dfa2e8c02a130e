import { disagreements } from '../policy/agreement.ts';
import { Duration } from '../policy/duration.ts';
import type { BackupPolicy, CloudPolicy, DatabasePolicy } from '../policy/schema.ts';
import { copiedEvery, isReplicated } from '../policy/traits.ts';
import type { Place } from '../policy/vaults.ts';
import type { Expected } from './expected.ts';
import { jobTimes, logUpload, scheduledLoss } from './scheduled.ts';
import { holdsFor } from './worst-case.ts';

/** A change of the policy, tried out, and the worst case that it gives. */
export interface Remedy {
  /** @default - as it is */
  readonly every?: Duration;
  /** @default - as it is */
  readonly startWindow?: Duration;
  /** Of a cluster. @default - as it is */
  readonly copyEvery?: Duration;
  /** Of an instance. @default - as it is */
  readonly replicateAutomatedBackups?: true;
  readonly gives: Duration;
}

/** What divides a day into whole minutes and is an hour or more, the rarest first: what `every` accepts. */
const cadences = [1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 24].map((runs) => Duration.seconds(86_400 / runs));

/** AWS Backup accepts no shorter start window (client-backup: BackupRuleInput.StartWindowMinutes). */
const shortestStartWindow = Duration.seconds(3_600);

/** What one database is promised, and what it gets. */
export interface Case {
  readonly cloud: CloudPolicy;
  readonly database: DatabasePolicy;
  readonly expected: Expected;
  readonly objectives: BackupPolicy['objectives'];
  /** At each place, by the best means there. */
  readonly worst: Readonly<Record<Place, Duration>>;
  /** @default - no restore is on record */
  readonly measuredRto?: Duration | undefined;
  readonly now: Date;
}

/** What would meet the RPO at a place; empty when nothing that can be deployed does. */
export function remediesFor(it: Case, place: Place): Remedy[] {
  return [...replication(it, place), ...cadenceFor(it, place)];
}

/** The most frequent cadence that gives snapshot and copy the time they take. */
export function roomierCadence(it: Case): Remedy | undefined {
  const busy = busyFor(it);
  const every = cadences.findLast((one) => one.seconds >= busy.seconds && canDeploy(it, { every: one }));
  return every && { every, gives: lossWith(it, { every }, 'replica') };
}

/** How long one run keeps the next one out. */
export function busyFor({ cloud, expected }: Case): Duration {
  return Duration.seconds(Math.round(holdsFor(jobTimes(cloud.cadence, expected), true) * 60));
}

function replication({ database, objectives }: Case, place: Place): Remedy[] {
  if (place === 'primary' || database.kind !== 'instance' || isReplicated(database)) return [];
  if (logUpload.seconds > objectives.rpo.seconds) return [];
  return [{ replicateAutomatedBackups: true, gives: logUpload }];
}

type Change = Pick<Remedy, 'every' | 'startWindow' | 'copyEvery'>;

/** The smallest changes that meet the objective: one thing where that does, or else the start window and another. */
function cadenceFor(it: Case, place: Place): Remedy[] {
  const { cadence } = it.cloud;
  const copied = copiedEvery(cadence, it.database);
  const isThinned = copied.seconds > cadence.every.seconds;
  const copyOftener = cadences
    .filter((one) => one.seconds < copied.seconds && one.seconds % cadence.every.seconds === 0)
    .map((copyEvery): Change => ({ copyEvery }));
  const runOftener = cadences
    .filter((one) => one.seconds < cadence.every.seconds)
    .map((every): Change => ({ every, ...(isThinned && { copyEvery: every }) }));
  const shorter: Change[] =
    cadence.startWindow.seconds > shortestStartWindow.seconds ? [{ startWindow: shortestStartWindow }] : [];
  const first = (changes: readonly Change[]) => firstThatMeets(it, place, changes);

  const alone = [shorter, [...(isThinned ? copyOftener : []), ...runOftener]].flatMap(first);
  if (alone.length > 0) return alone;
  return first(
    shorter.flatMap((window) => [...copyOftener, ...runOftener].map((change) => ({ ...change, ...window }))),
  );
}

function firstThatMeets(it: Case, place: Place, changes: readonly Change[]): Remedy[] {
  for (const change of changes) {
    if (busyFor(it).seconds > (change.every ?? it.cloud.cadence.every).seconds) continue;
    const gives = lossWith(it, change, place);
    if (gives.seconds <= it.objectives.rpo.seconds && canDeploy(it, change)) return [{ ...change, gives }];
  }
  return [];
}

function lossWith(it: Case, change: Change, place: Place): Duration {
  const { cadence, database } = changed(it, change);
  const { minutes } = scheduledLoss(cadence, database, it.expected, it.now)(place, 0);
  return Duration.seconds(Math.round(minutes * 60));
}

/** Whether the schema would take it, and RDS still has room for its own windows beside the start windows. */
function canDeploy(it: Case, change: Change): boolean {
  const { cadence, database } = changed(it, change);
  const cloud = {
    ...it.cloud,
    cadence,
    databases: Object.fromEntries(
      Object.entries(it.cloud.databases).map(([name, one]) => [name, one === it.database ? database : one]),
    ),
  };
  return disagreements(cloud, it.now).length === 0;
}

function changed(
  { cloud, database }: Case,
  { copyEvery, ...change }: Change,
): Pick<CloudPolicy, 'cadence'> & Pick<Case, 'database'> {
  return {
    cadence: { ...cloud.cadence, ...change },
    database: database.kind !== 'instance' && copyEvery ? { ...database, copyEvery } : database,
  };
}
