import { minutesOfDay } from '../policy/clock.ts';
import { Duration } from '../policy/duration.ts';
import type { CloudPolicy, DatabasePolicy } from '../policy/schema.ts';
import { copiedEvery } from '../policy/traits.ts';
import type { Place } from '../policy/vaults.ts';
import type { Expected } from './expected.ts';
import { type Schedule, startsBetween } from './starts.ts';
import { type JobTimes, type Loss, type Run, worstLoss } from './worst-case.ts';

/**
 * RDS uploads the transaction log every 5 minutes, so a restore to the latest time loses no more
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html). Of Aurora, AWS says typically within 5 minutes
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html).
 */
export const logUpload = Duration.seconds(5 * 60);

/** Holds both changes of the clocks, and more runs than any loss spans: no job may take longer than a week. */
const horizon = 400 * minutesOfDay;

/** The starts from `now` for `length` minutes and a good year more. */
export function startsFrom(schedule: Schedule, now: Date, length = 0): number[] {
  const from = Math.floor(now.getTime() / 60_000);
  return startsBetween(schedule, from, from + length + horizon);
}

export function jobTimes(
  { startWindow }: Pick<CloudPolicy['cadence'], 'startWindow'>,
  { snapshot, copy }: Pick<Expected, 'snapshot' | 'copy'>,
): JobTimes {
  return { startWindow: startWindow.minutes, snapshot: snapshot.value.minutes, copy: copy.value.minutes };
}

/** The worst losses of the coming year. */
export function scheduledLoss(
  cadence: CloudPolicy['cadence'],
  database: DatabasePolicy,
  expected: Expected,
  now: Date,
): (place: Place, failed: 0 | 1) => Loss {
  const copied = new Set(startsFrom({ ...cadence, every: copiedEvery(cadence, database) }, now));
  const runs = startsFrom(cadence, now).map((at): Run => ({ at, copied: copied.has(at) }));
  const times = jobTimes(cadence, expected);
  return (place, failed) => worstLoss(runs, times, place, failed) as Loss;
}
