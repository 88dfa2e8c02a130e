import type { Place } from '../policy/vaults.ts';

/**
 * The most that can be lost when recovery points come from scheduled jobs. All numbers are minutes.
 *
 * A disaster strikes just before the next recovery point becomes usable. The newest one then holds the database as it
 * was when its own job began, at the very start of its window; the next job began at the end of its window. So the loss
 * is the time between the two starts, plus the start window, plus the job itself, plus, away from the database, the copy.
 *
 * One backup or copy job per resource runs at a time, and that is not adjustable
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html). A job that finds the one before still
 * at work waits, and expires at the end of its window: then the loss spans the start that expired.
 */
export interface JobTimes {
  readonly startWindow: number;
  /** From the start of the snapshot job to a usable recovery point. */
  readonly snapshot: number;
  /** From there to a usable copy. */
  readonly copy: number;
}

/** Where the worst of it lies: `apart + lateness + snapshot`, and `+ copy` away from the database, is `minutes`. */
export interface Loss {
  readonly minutes: number;
  /** Between the start of the last usable job and that of the next one that succeeds. */
  readonly apart: number;
  /** How much later in its window the second of them begins. */
  readonly lateness: number;
  /** Starts between the two that expire, because the job before them is still at work. */
  readonly expired: number;
  /** The start of the last usable job, minutes since 1970 UTC. */
  readonly from: number;
}

/** AWS Backup tries a waiting job again at least every 10 minutes (plan-options-and-configuration.html, Start window). */
const retry = 10;

/** How long one run keeps the next one out. */
export function holdsFor({ snapshot, copy }: JobTimes, copied: boolean): number {
  return snapshot + (copied ? copy : 0) + retry;
}

/** One start of the schedule. */
export interface Run {
  /** Minutes since 1970 UTC. */
  readonly at: number;
  /** Whether its recovery point is copied, too. */
  readonly copied: boolean;
}

/**
 * The worst over a list of runs.
 *
 * @param runs - ascending, more of them than one loss can span
 * @param place - where the recovery points are
 * @param failed - runs in a row, of those that bring a recovery point there, that fail for reasons of their own
 * @returns `undefined` when there are too few runs
 */
export function worstLoss(runs: readonly Run[], times: JobTimes, place: Place, failed: 0 | 1): Loss | undefined {
  const untilUsable = times.snapshot + (place === 'replica' ? times.copy : 0);
  const isBringing = (index: number) => place === 'primary' || (runs[index] as Run).copied;
  const brings = [...runs.keys()].filter(isBringing);
  const at = (index: number) => (runs[index] as Run).at;
  const busy = (index: number) => holdsFor(times, (runs[index] as Run).copied);
  let worst: Loss | undefined;
  for (const [order, first] of brings.entries()) {
    let begun = 0;
    for (let expired = 0; ; expired += 1) {
      const next = brings[order + expired + failed + 1];
      if (next === undefined) break;
      if (expired > 0) {
        const late = brings[order + expired] as number;
        // A run between that brings nothing here can be what is in the way, wherever the first job was in its window.
        const between = late - 1;
        const isKeptOut = !isBringing(between) && at(late) - at(between) < busy(between);
        // Whatever its place in the window, the first job is gone before that start's window ends: nothing expires.
        if (!isKeptOut && at(late) - at(first) >= busy(first)) break;
        // For a start to expire the job must have begun so late that it is at work until the end of that start's window.
        if (!isKeptOut) begun = Math.max(begun, at(late) + times.startWindow - at(first) - busy(first));
      }
      const apart = at(next) - at(first);
      const lateness = times.startWindow - begun;
      const minutes = apart + lateness + untilUsable;
      if (!worst || minutes > worst.minutes) worst = { minutes, apart, lateness, expired, from: at(first) };
    }
  }
  return worst;
}

/**
 * How many recovery points there are at any moment. They are kept from the start of their job, and deleted at random
 * within the 8 hours after they expire (https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html):
 * 14 days of 3-hourly points are 112 to 115.
 *
 * @param starts - ascending, spanning more than `keep`
 */
export function pointsKept(starts: readonly number[], keep: number): { readonly least: number; readonly most: number } {
  const spread = 8 * 60;
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  let [expiring, deleted] = [0, 0];
  for (const [index, now] of starts.entries()) {
    while ((starts[expiring] as number) < now - keep) expiring += 1;
    while ((starts[deleted] as number) < now - keep - spread) deleted += 1;
    // Too near the beginning of the list: older points that would still be there are not in it.
    if (deleted === 0 && (starts[0] as number) > now - keep - spread) continue;
    least = Math.min(least, index - expiring);
    most = Math.max(most, index - deleted + 1);
  }
  return { least, most };
}
