import { minutesOfDay as day } from '../policy/clock.ts';
import type { CloudPolicy } from '../policy/schema.ts';
import { runsOfDay } from '../policy/windows.ts';

/** What decides when AWS Backup opens a start window. */
export type Schedule = Pick<CloudPolicy['cadence'], 'every' | 'startsAt' | 'timezone'>;

/**
 * When the runs of a schedule fall due, as minutes since 1970 UTC, ascending, `from` included and `until` not.
 *
 * A run whose local time does not exist on the day that clocks go forward is left out, and one whose local time comes
 * twice runs the first time only. AWS documents that for EventBridge Scheduler
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html, Daylight savings time) and says nothing
 * for AWS Backup; of what it could do, this leaves the longest gaps.
 */
export function startsBetween(schedule: Schedule, from: number, until: number): number[] {
  const runs = runsOfDay(schedule);
  const offsetAt = offsetsOf(schedule.timezone);
  const starts: number[] = [];
  const firstDay = Math.floor(from / day) - 1;
  for (let midnight = firstDay * day; midnight < until + day; midnight += day) {
    // Local midnight is within a day of UTC's on either side, so these are all the offsets that the local day can have.
    const offsets = [...new Set([-1, 0, 1, 2].map((days) => offsetAt(midnight + days * day)))];
    for (const run of runs) {
      const [first] = offsets
        .map((offset) => ({ offset, at: midnight + run - offset }))
        .filter(({ offset, at }) => offsets.length === 1 || offsetAt(at) === offset)
        .sort((one, other) => one.at - other.at);
      if (first && first.at >= from && first.at < until) starts.push(first.at);
    }
  }
  return starts.sort((one, other) => one - other);
}

/** Minutes east of Greenwich at a minute since 1970 UTC; remembers, since four days in five are asked for again. */
function offsetsOf(timezone: string): (minute: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
  const known = new Map<number, number>();
  return (minute) => {
    const before = known.get(minute);
    if (before !== undefined) return before;
    const name = format.formatToParts(minute * 60_000).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? ['', '+', '0', '0'];
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    known.set(minute, offset);
    return offset;
  };
}
