/**
 * AWS Backup, one minute at a time, written without a look at the arithmetic that it is held against. All numbers are
 * minutes, instants since 1970 UTC.
 */

export interface SimulatedPlan {
  readonly every: number;
  /** Past midnight. */
  readonly startsAt: number;
  readonly timezone: string;
  readonly startWindow: number;
  readonly snapshot: number;
  readonly copy: number;
  /** Every how many runs one is copied, counted from startsAt. */
  readonly copyEach: number;
}

export interface Due {
  readonly at: number;
  readonly copied: boolean;
}

/** Reads a wall clock every minute: a run is due when it shows a time of the plan that it has not shown on that date. */
export function dueRuns(plan: SimulatedPlan, from: number, until: number): Due[] {
  const wall = new Intl.DateTimeFormat('en-CA', {
    timeZone: plan.timezone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  });
  const seen = new Set<string>();
  const due: Due[] = [];
  for (let minute = from; minute < until; minute += 1) {
    const shown = wall.format(minute * 60_000);
    const [, hours = '', minutes = ''] = /(\d\d):(\d\d)$/.exec(shown) ?? [];
    const sinceFirst = (Number(hours) * 60 + Number(minutes) - plan.startsAt + 1_440) % 1_440;
    if (sinceFirst % plan.every !== 0 || seen.has(shown)) continue;
    seen.add(shown);
    due.push({ at: minute, copied: (sinceFirst / plan.every) % plan.copyEach === 0 });
  }
  return due;
}

/** What AWS and fate decide. */
export interface Fate {
  /** Whether a job that could begin at this minute waits on. It cannot past its window, with the database free for a while. */
  waits(run: Due, minute: number): boolean;
  /** Whether the run comes to nothing for reasons of its own. */
  fails(run: Due): boolean;
}

/** The longest that the newest usable recovery point was behind, from the first one on. */
export function longestLoss(
  plan: SimulatedPlan,
  runs: readonly Due[],
  place: 'primary' | 'replica',
  fate: Fate,
): number {
  const waiting: Due[] = [];
  let freeFrom = Number.NEGATIVE_INFINITY;
  let newest: number | undefined;
  const coming: { usable: number; holds: number }[] = [];
  let longest = 0;
  const last = (runs.at(-1)?.at ?? 0) + 1;
  let next = 0;
  for (let minute = runs[0]?.at ?? 0; minute < last; minute += 1) {
    if (newest !== undefined) longest = Math.max(longest, minute - newest);
    for (const point of coming) if (point.usable === minute) newest = Math.max(newest ?? point.holds, point.holds);
    while (runs[next]?.at === minute) {
      const run = runs[next++] as Due;
      if (!fate.fails(run)) waiting.push(run);
    }
    for (const run of [...waiting]) {
      const closes = run.at + plan.startWindow;
      const isFree = freeFrom <= minute;
      // AWS Backup looks every ten minutes at the latest, so a database free for that long is found.
      const mustBegin = minute === closes && freeFrom <= closes - 10;
      if (isFree && (mustBegin || !fate.waits(run, minute))) {
        waiting.splice(waiting.indexOf(run), 1);
        freeFrom = minute + plan.snapshot + (run.copied ? plan.copy : 0);
        if (place === 'primary') coming.push({ usable: minute + plan.snapshot, holds: minute });
        else if (run.copied) coming.push({ usable: freeFrom, holds: minute });
      } else if (minute >= closes) waiting.splice(waiting.indexOf(run), 1);
    }
  }
  return longest;
}
