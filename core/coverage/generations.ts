import { minutesOfDay as day } from '../policy/clock.ts';
import type { Duration } from '../policy/duration.ts';
import type { Place } from '../policy/vaults.ts';
import { pointsKept } from './worst-case.ts';

/**
 * Recovery points that are kept beyond the cadence's own. Each is one of its runs, kept for longer, so no worst case
 * depends on them.
 */
export interface Generations extends Generation {
  readonly weekly?: Generation | undefined;
  readonly monthly?: Generation | undefined;
}

interface Generation {
  readonly keep: Duration;
  /** In the replica Region. @default - kept as long */
  readonly copy?: { readonly keep: Duration } | undefined;
}

export interface LongTerm {
  readonly of: 'weekly' | 'monthly';
  readonly for: Duration;
  readonly points: { readonly least: number; readonly most: number };
}

export function longTerm({ weekly, monthly }: Generations, place: Place): LongTerm[] {
  const generation = (of: LongTerm['of'], given: Generation | undefined, starts: (days: number) => number[]) => {
    if (!given) return [];
    const keep = keepAt(given, place);
    return [{ of, for: keep, points: pointsKept(starts(keep.days + 400), keep.minutes) }];
  };
  return [...generation('weekly', weekly, weeksOf), ...generation('monthly', monthly, monthsOf)];
}

/** How many points there are beyond those of the cadence, and how many days lie between them. */
export function beyondCadence(
  { weekly, monthly, keep, copy }: Generations,
  place: Place,
): { readonly count: number; readonly apart: number }[] {
  const own = keepAt({ keep, copy }, place);
  const points = (given: Generation | undefined, apart: number) =>
    given ? [{ count: Math.max(0, Math.floor((keepAt(given, place).days - own.days) / apart)), apart }] : [];
  return [...points(weekly, 7), ...points(monthly, 365 / 12)];
}

function keepAt({ keep, copy }: Generation, place: Place): Duration {
  return place === 'replica' ? (copy?.keep ?? keep) : keep;
}

function weeksOf(days: number): number[] {
  return Array.from({ length: Math.ceil(days / 7) }, (_, week) => week * 7 * day);
}

/** Any four years hold every length that a stretch of months can have. */
function monthsOf(days: number): number[] {
  return Array.from({ length: Math.ceil((days + 4 * 366) / 28) }, (_, month) => Date.UTC(2_000, month, 1) / 60_000);
}
