import { type CadencePolicy, weekdays } from './cadence.ts';
import { clock, wrap } from './clock.ts';
import type { Duration } from './duration.ts';

import { runsOfDay } from './windows.ts';

/** One rule of a backup plan: when it runs, and for how long the recovery point and its copy are kept. */
export interface SnapshotRule {
  readonly name: string;
  /** Past the hour, in the timezone of the cadence. */
  readonly minute: number;
  /** Ascending. */
  readonly hours: readonly number[];
  /** As a cron expression names days of the week. @default - all */
  readonly weekdays?: string;
  /** As a cron expression names days of the month; never together with `weekdays`. @default - all */
  readonly days?: string;
  readonly keep: Duration;
  /** In the replica Region. @default - not copied */
  readonly copyKeep?: Duration;
}

/** A run of the day, and what kind of rule it belongs to. */
interface Run {
  /** Past midnight. */
  readonly minute: number;
  readonly isCopied: boolean;
  /** That takes this run on some days. */
  readonly generation?: 'weekly' | 'monthly';
}

/**
 * The rules of a plan, arranged so that every run of the cadence belongs to exactly one of them. When the start windows
 * of two rules overlap, AWS Backup runs only the one that keeps longer
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html): a weekly rule that is simply
 * added to a 3-hourly one silently takes its place. Here the weekly generation *is* the first run of its day, the monthly
 * one the second run of its, and the rules of the other days leave those out.
 *
 * A cron expression names minutes and hours apart, so there is one rule for each minute past the hour that the cadence
 * meets: one for `3h`, two for `90m`. The hours are listed, not stepped: AWS Backup reads `22/3` within one day, as 22:00.
 *
 * @param copyEvery - how often a recovery point is copied, a multiple of the cadence; every one if left out
 */
export function snapshotRules(cadence: CadencePolicy, copyEvery: Duration = cadence.every): SnapshotRule[] {
  const runs = runsFrom(cadence, copyEvery);
  const hasMinutes = new Set(runs.map((run) => run.minute % 60)).size > 1;
  const copiesAll = copyEvery.seconds === cadence.every.seconds;
  const everyDay = [...Map.groupBy(runs, (run) => [run.minute % 60, run.isCopied, run.generation].join()).values()];
  const ordinary = everyDay.map((runs): SnapshotRule => {
    const { minute, isCopied, generation } = runs[0] as Run;
    return {
      name: [
        `every-${cadence.every}`,
        ...(copiesAll ? [] : [isCopied ? 'copied' : 'not-copied']),
        ...(hasMinutes ? [`at-${minute % 60}`] : []),
        ...(generation ? [`unless-${generation}`] : []),
      ].join('-'),
      ...timeOf(runs),
      ...(generation === 'weekly' && { weekdays: otherWeekdays(cadence.weekly) }),
      ...(generation === 'monthly' && { days: otherDays(cadence.monthly) }),
      keep: cadence.keep,
      ...(isCopied && { copyKeep: cadence.copy.keep }),
    };
  });
  return [...ordinary, ...runs.flatMap((run) => generationRule(cadence, run))];
}

/** From the first run of the day on, which need not be the first past midnight. */
function runsFrom(cadence: CadencePolicy, copyEvery: Duration): Run[] {
  const order = (minute: number) => wrap(minute - clock(cadence.startsAt));
  const runs = runsOfDay(cadence);
  return runs.map((minute) => {
    const place = order(minute) / cadence.every.minutes;
    const isWeekly = cadence.weekly && place === 0;
    const isMonthly = cadence.monthly && place === Math.min(1, runs.length - 1);
    const generation = isWeekly ? 'weekly' : isMonthly ? 'monthly' : undefined;
    return { minute, isCopied: order(minute) % copyEvery.minutes === 0, ...(generation && { generation }) };
  });
}

function generationRule(cadence: CadencePolicy, run: Run): SnapshotRule[] {
  const generation = run.generation && cadence[run.generation];
  if (!generation) return [];
  const { on, keep, copy } = generation;
  return [
    {
      name: `${run.generation}`,
      ...timeOf([run]),
      ...(typeof on === 'string' ? { weekdays: on.toUpperCase() } : { days: `${on}` }),
      keep,
      copyKeep: copy?.keep ?? keep,
    },
  ];
}

function timeOf(runs: readonly Run[]): Pick<SnapshotRule, 'minute' | 'hours'> {
  return { minute: (runs[0] as Run).minute % 60, hours: runs.map((run) => Math.floor(run.minute / 60)) };
}

function otherWeekdays(weekly: CadencePolicy['weekly']): string {
  return weekdays
    .filter((weekday) => weekday !== weekly?.on)
    .join(',')
    .toUpperCase();
}

function otherDays(monthly: CadencePolicy['monthly']): string {
  const on = monthly?.on ?? 1;
  const range = (from: number, to: number) => (from > to ? [] : [from === to ? `${from}` : `${from}-${to}`]);
  return [...range(1, on - 1), ...range(on + 1, 31)].join(',');
}

/** How many copies of the cadence there are at a time, generations apart. */
export function copiesKept(
  { every, copy }: Pick<CadencePolicy, 'every' | 'copy'>,
  copyEvery: Duration = every,
): number {
  return Math.ceil(copy.keep.seconds / copyEvery.seconds);
}
