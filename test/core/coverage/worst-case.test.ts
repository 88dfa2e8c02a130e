import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startsBetween } from '../../../core/coverage/starts.ts';
import { pointsKept, type Run, worstLoss } from '../../../core/coverage/worst-case.ts';
import { Duration } from '../../../core/policy/index.ts';
import { type Due, dueRuns, longestLoss, type SimulatedPlan } from './simulation.ts';

const minutes = (text: string) => Date.parse(text) / 60_000;
const day = 1_440;

/** Zones that change their clocks, by an hour, by half of one, or never; the days in which they do. */
const changes: readonly (readonly [string, string])[] = [
  ['Asia/Tokyo', '2027-05-01T00:00Z'],
  ['America/New_York', '2027-03-14T00:00Z'],
  ['America/New_York', '2027-11-07T00:00Z'],
  ['Europe/London', '2027-03-28T00:00Z'],
  ['Australia/Lord_Howe', '2027-04-03T00:00Z'],
  ['Australia/Lord_Howe', '2027-10-02T00:00Z'],
  ['America/St_Johns', '2027-03-14T00:00Z'],
  ['Asia/Kolkata', '2027-01-01T00:00Z'],
];

const cadences = [60, 72, 80, 90, 96, 120, 144, 160, 180, 240, 288, 360, 480, 720, 1_440];

const plans = fc
  .record({
    every: fc.constantFrom(...cadences),
    startsAt: fc.integer({ min: 0, max: day - 1 }),
    zone: fc.constantFrom(...changes),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    snapshot: fc.integer({ min: 1, max: 200 }),
    copy: fc.integer({ min: 1, max: 400 }),
    thin: fc.nat(),
  })
  .map(({ every, zone: [timezone, change], share, thin, ...rest }) => {
    const divisors = Array.from({ length: day / every }, (_, index) => index + 1).filter(
      (n) => (day / every) % n === 0,
    );
    const startWindow = 60 + Math.floor(share * (every - 60));
    const plan = { ...rest, every, timezone, startWindow, copyEach: divisors[thin % divisors.length] as number };
    return { plan, from: minutes(change) - 3 * day, until: minutes(change) + 4 * day };
  });

function schedule({ every, startsAt, timezone }: SimulatedPlan) {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return {
    every: Duration.seconds(every * 60),
    startsAt: `${twoDigits(Math.floor(startsAt / 60))}:${twoDigits(startsAt % 60)}`,
    timezone,
  };
}

function runsOf(plan: SimulatedPlan, from: number, until: number): Run[] {
  const copied = new Set(startsBetween(schedule({ ...plan, every: plan.every * plan.copyEach }), from, until));
  return startsBetween(schedule(plan), from, until).map((at) => ({ at, copied: copied.has(at) }));
}

describe('starts', () => {
  test('are those that a wall clock shows, whatever the zone and the day', () => {
    fc.assert(
      fc.property(plans, ({ plan, from, until }) => {
        expect(runsOf(plan, from, until)).toEqual(dueRuns(plan, from, until));
      }),
      { numRuns: 40 },
    );
  });

  test('given a local time that is skipped in spring, its run is left out and the gap is longer', () => {
    const starts = startsBetween(
      { every: Duration.seconds(3 * 3_600), startsAt: '02:00', timezone: 'America/New_York' },
      minutes('2027-03-14T03:00Z'),
      minutes('2027-03-14T13:00Z'),
    );
    expect(starts.map((at) => new Date(at * 60_000).toISOString())).toEqual([
      '2027-03-14T04:00:00.000Z',
      '2027-03-14T09:00:00.000Z',
      '2027-03-14T12:00:00.000Z',
    ]);
  });

  test('given a local time that comes twice in autumn, it runs the first time only', () => {
    const starts = startsBetween(
      { every: Duration.seconds(24 * 3_600), startsAt: '01:30', timezone: 'America/New_York' },
      minutes('2027-11-06T00:00Z'),
      minutes('2027-11-09T00:00Z'),
    );
    expect(starts.map((at) => new Date(at * 60_000).toISOString())).toEqual([
      '2027-11-06T05:30:00.000Z',
      '2027-11-07T05:30:00.000Z',
      '2027-11-08T06:30:00.000Z',
    ]);
  });
});

describe('the worst loss', () => {
  const place = fc.constantFrom('primary' as const, 'replica' as const);

  test('is never exceeded, however AWS delays jobs and whichever run fails', () => {
    fc.assert(
      fc.property(
        plans,
        place,
        fc.boolean(),
        fc.nat(),
        fc.infiniteStream(fc.nat(99)),
        (given, where, isFailing, which, dice) => {
          const { plan, from, until } = given;
          const runs = dueRuns(plan, from, until);
          const bringing = runs.filter((run) => where === 'primary' || run.copied);
          const failing = isFailing ? bringing[which % bringing.length] : undefined;
          // Some minutes patient, some not: both a start at once and one at the last minute have to come up.
          const patience = [0, 50, 97, 100][which % 4] as number;
          const simulated = longestLoss(plan, runs, where, {
            waits: () => (dice.next().value as number) < patience,
            fails: (run) => run === failing,
          });
          // A year of starts holds these days and more, as the plan itself looks at them.
          const worst = worstLoss(runsOf(plan, from - 2 * day, until + 8 * day), plan, where, isFailing ? 1 : 0);
          expect(simulated).toBeLessThanOrEqual(worst?.minutes as number);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('is reached, to the minute, when everything goes as badly as it can', () => {
    fc.assert(
      fc.property(plans, place, fc.boolean(), ({ plan, from, until }, where, isFailing) => {
        // Where copies are thinned out and jobs overrun, what is told is a bound that need not be reached.
        fc.pre(plan.copyEach === 1 || plan.snapshot + plan.copy + 10 <= plan.every / 2);
        const runs = runsOf(plan, from, until + 8 * day);
        const worst = worstLoss(runs, plan, where, isFailing ? 1 : 0);
        if (!worst) throw new Error('too few runs');
        const due: Due[] = runs.filter(({ at }) => at >= worst.from);
        const bringing = due.filter(({ copied }) => where === 'primary' || copied);
        // To be at work until the end of the window of the last start that expires, and a minute more, so that it does.
        const late = bringing[worst.expired]?.at as number;
        const needed = late + plan.startWindow - (plan.snapshot + plan.copy + 10) + 1;
        const begins = worst.expired === 0 ? worst.from : Math.max(worst.from, needed);
        const next = bringing.findIndex(({ at }) => at === worst.from + worst.apart);
        const failed = bringing.slice(worst.expired + 1, next);
        const simulated = longestLoss(plan, due, where, {
          waits: (run, minute) => (run.at === worst.from ? minute < begins : true),
          fails: (run) => failed.includes(run),
        });
        expect(simulated).toBeGreaterThanOrEqual(worst.minutes - (begins > worst.from ? 1 : 0));
      }),
      { numRuns: 100 },
    );
  });

  test('is the two starts, the window, the snapshot and the copy', () => {
    const everyThreeHours = [0, 180, 360, 540].map((at) => ({ at, copied: true }));
    const times = { startWindow: 60, snapshot: 15, copy: 45 };
    expect(worstLoss(everyThreeHours, times, 'primary', 0)).toMatchObject({ minutes: 255, apart: 180, lateness: 60 });
    expect(worstLoss(everyThreeHours, times, 'replica', 0)).toMatchObject({ minutes: 300, expired: 0 });
    expect(worstLoss(everyThreeHours, times, 'replica', 1)).toMatchObject({ minutes: 480, apart: 360 });
  });

  test('given a copy longer than interval and window together, spans a start that expires', () => {
    const everyThreeHours = Array.from({ length: 10 }, (_, run) => ({ at: run * 180, copied: true }));
    expect(worstLoss(everyThreeHours, { startWindow: 60, snapshot: 15, copy: 240 }, 'replica', 0)).toMatchObject({
      expired: 1,
      apart: 360,
      minutes: 360 + 60 + 15 + 240,
    });
  });

  test('given too few runs, there is none', () => {
    expect(
      worstLoss([{ at: 0, copied: true }], { startWindow: 60, snapshot: 1, copy: 1 }, 'primary', 0),
    ).toBeUndefined();
  });
});

describe('points kept', () => {
  test('14 days of 3-hourly points are 112 to 115', () => {
    const starts = Array.from({ length: 400 }, (_, run) => run * 180);
    expect(pointsKept(starts, 14 * day)).toEqual({ least: 112, most: 115 });
  });

  test('are never fewer or more than told, whenever AWS deletes within its 8 hours', () => {
    fc.assert(
      fc.property(
        plans,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat(480)),
        ({ plan, from, until }, days, dice) => {
          const told = pointsKept(
            runsOf(plan, from - 30 * day, until + 30 * day).map(({ at }) => at),
            days * day,
          );
          const points = dueRuns(plan, from, until).map(({ at }) => ({
            at,
            gone: at + days * day + (dice.next().value as number),
          }));
          // From the moment that the oldest of them may be gone, nothing from before these days is left.
          for (let minute = from + (days + 1) * day; minute < until; minute += 7) {
            const there = points.filter(({ at, gone }) => at <= minute && minute <= gone).length;
            expect(there).toBeGreaterThanOrEqual(told.least);
            expect(there).toBeLessThanOrEqual(told.most);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
