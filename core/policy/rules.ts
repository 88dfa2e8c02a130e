import { clock, wrap } from './clock.ts';
import type { Duration } from './duration.ts';
import type { CloudPolicy } from './schema.ts';
import { runsOfDay } from './windows.ts';

type Cadence = CloudPolicy['cadence'];

/** One rule of a backup plan: when it runs, and for how long the recovery point and its copy are kept. */
export interface SnapshotRule {
  readonly name: string;
  /** Past the hour, in the timezone of the cadence. */
  readonly minute: number;
  /** Ascending. */
  readonly hours: readonly number[];
  readonly keep: Duration;
  /** In the replica Region. @default - not copied */
  readonly copyKeep?: Duration;
}

/**
 * The rules of a plan, arranged so that every run of the cadence belongs to exactly one of them. When the start windows
 * of two rules overlap, AWS Backup runs only the one that keeps longer
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html): a daily rule that is simply
 * added to a 3-hourly one silently takes its place.
 *
 * A cron expression names minutes and hours apart, so there is one rule for each minute past the hour that the cadence
 * meets: one for `3h`, two for `90m`. The hours are listed, not stepped: AWS Backup reads `22/3` within one day, as 22:00.
 *
 * @param copyEvery - how often a recovery point is copied, a multiple of the cadence; every one if left out
 */
export function snapshotRules(cadence: Cadence, copyEvery: Duration = cadence.every): SnapshotRule[] {
  const isCopied = (run: number) => wrap(run - clock(cadence.startsAt)) % copyEvery.minutes === 0;
  const runs = runsOfDay(cadence);
  const minutes = new Set(runs.map((run) => run % 60));
  return [true, false].flatMap((copied) =>
    [
      ...Map.groupBy(
        runs.filter((run) => isCopied(run) === copied),
        (run) => run % 60,
      ),
    ].map(([minute, runs]) => ({
      name: [
        `every-${cadence.every}`,
        ...(copyEvery.seconds === cadence.every.seconds ? [] : [copied ? 'copied' : 'not-copied']),
        ...(minutes.size > 1 ? [`at-${minute}`] : []),
      ].join('-'),
      minute,
      hours: runs.map((run) => Math.floor(run / 60)),
      keep: cadence.keep,
      ...(copied && { copyKeep: cadence.copy.keep }),
    })),
  );
}

/** How many copies there are at a time. */
export function copiesKept({ every, copy }: Pick<Cadence, 'every' | 'copy'>, copyEvery: Duration = every): number {
  return Math.ceil(copy.keep.seconds / copyEvery.seconds);
}
