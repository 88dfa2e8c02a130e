import type { Retention, Span } from '../policy/index.ts';

/** A generation that is kept, with every rule that keeps it. */
export interface Kept<T> {
  readonly item: T;
  /** Such as `daily` or `within 14d`. */
  readonly reasons: readonly string[];
}

export interface Retained<T> {
  /** Newest first, as `removed` is. */
  readonly kept: readonly Kept<T>[];
  readonly removed: readonly T[];
}

interface Bucket {
  readonly reason: string;
  /** Two moments of the same hour, day, … have the same number. */
  readonly numberOf: (moment: Date, place: number) => number;
  /** How many more it keeps. */
  left: number;
  last: number | undefined;
}

interface BucketWithin extends Omit<Bucket, 'left'> {
  readonly after: Date;
}

/**
 * Decides as `restic forget` does (`ApplyPolicy` in its snapshot_policy.go; a test holds both side by side): from the newest to
 * the oldest, a rule keeps the first generation it meets of each hour, day, … until its count is used up. What is left of a count
 * goes to the oldest generation of all (restic 0.14 does not do that yet). The calendar is this machine's. Rules about time reach back from the newest generation
 * that is not in the future, so that a machine that slept for a month does not lose everything when it wakes.
 *
 * @param momentOf - when a generation was taken
 */
export function retain<T>(
  items: readonly T[],
  retention: Retention,
  momentOf: (item: T) => Date,
  now = new Date(),
): Retained<T> {
  const history = items
    .map((item) => ({ item, moment: momentOf(item) }))
    .sort((a, b) => b.moment.getTime() - a.moment.getTime());
  // Generations that are all in the future are all new.
  const newest = history.find(({ moment }) => moment <= now)?.moment ?? new Date(0);
  const buckets = countedBuckets(retention);
  const bucketsWithin = timedBuckets(retention, newest);
  const kept: Kept<T>[] = [];
  const removed: T[] = [];
  history.forEach(({ item, moment }, place) => {
    const reasons: string[] = [];
    const { within } = retention;
    if (within && moment > within.before(newest)) reasons.push(`within ${within}`);
    for (const bucket of buckets) {
      if (bucket.left === 0) continue;
      const number = bucket.numberOf(moment, place);
      if (number === bucket.last && place !== history.length - 1) continue;
      bucket.last = number;
      bucket.left -= 1;
      reasons.push(bucket.reason);
    }
    for (const bucket of bucketsWithin) {
      if (moment <= bucket.after) continue;
      const number = bucket.numberOf(moment, place);
      if (number === bucket.last) continue;
      bucket.last = number;
      reasons.push(bucket.reason);
    }
    if (reasons.length > 0) kept.push({ item, reasons });
    else removed.push(item);
  });
  return { kept, removed };
}

function countedBuckets(retention: Retention): Bucket[] {
  const rules: readonly [string, number | undefined, Bucket['numberOf']][] = [
    ['last', retention.last, (_moment, place) => place],
    ['hourly', retention.hourly, hourOf],
    ['daily', retention.daily, dayOf],
    ['weekly', retention.weekly, weekOf],
    ['monthly', retention.monthly, monthOf],
    ['yearly', retention.yearly, yearOf],
  ];
  return rules.flatMap(([reason, left, numberOf]) =>
    left === undefined ? [] : [{ reason, numberOf, left, last: undefined }],
  );
}

function timedBuckets(retention: Retention, newest: Date): BucketWithin[] {
  const rules: readonly [string, Span | undefined, Bucket['numberOf']][] = [
    ['hourly', retention.withinHourly, hourOf],
    ['daily', retention.withinDaily, dayOf],
    ['weekly', retention.withinWeekly, weekOf],
    ['monthly', retention.withinMonthly, monthOf],
    ['yearly', retention.withinYearly, yearOf],
  ];
  return rules.flatMap(([what, span, numberOf]) =>
    span === undefined
      ? []
      : [{ reason: `${what} within ${span}`, numberOf, after: span.before(newest), last: undefined }],
  );
}

function yearOf(moment: Date): number {
  return moment.getFullYear();
}

function monthOf(moment: Date): number {
  return yearOf(moment) * 100 + moment.getMonth() + 1;
}

function dayOf(moment: Date): number {
  return monthOf(moment) * 100 + moment.getDate();
}

/** The hour that comes twice when summer time ends is one hour, as in restic. */
function hourOf(moment: Date): number {
  return dayOf(moment) * 100 + moment.getHours();
}

/** ISO 8601: a week belongs to the year that its Thursday is in. */
function weekOf(moment: Date): number {
  const thursday = new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  thursday.setDate(thursday.getDate() + 4 - (thursday.getDay() || 7));
  const first = new Date(thursday.getFullYear(), 0, 1);
  // Rounded: a day may have 23 or 25 hours.
  const days = Math.round((thursday.getTime() - first.getTime()) / 86_400_000);
  return thursday.getFullYear() * 100 + Math.floor(days / 7) + 1;
}
