import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cadence } from '../../../core/policy/cadence.ts';
import { clock } from '../../../core/policy/clock.ts';
import { type BackupPolicyInput, copiesKept, Duration, runsOfDay } from '../../../core/policy/index.ts';
import { type SnapshotRule, snapshotRules } from '../../../core/policy/rules.ts';

type CadenceInput = NonNullable<NonNullable<BackupPolicyInput['cloud']>['cadence']>;

/** By itself: a whole policy is refused where a database has no room for windows of its own, which is not looked at here. */
const cadenceOf = (written: CadenceInput = {}) => cadence.parse(written);

const hours = (count: number) => Duration.seconds(count * 3_600);

test('one rule takes and copies every run', () => {
  expect(snapshotRules(cadenceOf({ copy: { keep: '35d' } }))).toEqual([
    {
      name: 'every-3h',
      minute: 0,
      hours: [0, 3, 6, 9, 12, 15, 18, 21],
      keep: hours(14 * 24),
      copyKeep: hours(35 * 24),
    },
  ]);
});

test('copies every other run from the first of the day on, and takes the others too', () => {
  const rules = snapshotRules(cadenceOf({ startsAt: '22:15' }), hours(6));
  expect(rules.map(({ name, minute, hours, copyKeep }) => [name, minute, hours, copyKeep?.days])).toEqual([
    ['every-3h-not-copied', 15, [1, 7, 13, 19], undefined],
    ['every-3h-copied', 15, [4, 10, 16, 22], 14],
  ]);
});

test('keeps the first run of a Sunday and the second of the first day of a month for longer, and takes no other run for it', () => {
  const cadence = cadenceOf({ weekly: { keep: '56d' }, monthly: { keep: '365d', copy: { keep: '730d' } } });
  expect(snapshotRules(cadence).map(({ keep, copyKeep, ...rule }) => [rule, keep.days, copyKeep?.days])).toEqual([
    [{ name: 'every-3h-unless-weekly', minute: 0, hours: [0], weekdays: 'MON,TUE,WED,THU,FRI,SAT' }, 14, 14],
    [{ name: 'every-3h-unless-monthly', minute: 0, hours: [3], days: '2-31' }, 14, 14],
    [{ name: 'every-3h', minute: 0, hours: [6, 9, 12, 15, 18, 21] }, 14, 14],
    [{ name: 'weekly', minute: 0, hours: [0], weekdays: 'SUN' }, 56, 56],
    [{ name: 'monthly', minute: 0, hours: [3], days: '1' }, 365, 730],
  ]);
});

test.each([
  [2, '1,3-31'],
  [15, '1-14,16-31'],
  [28, '1-27,29-31'],
])('leaves day %s of the month to the monthly rule', (on, days) => {
  const rules = snapshotRules(cadenceOf({ monthly: { on, keep: '365d' } }));
  expect(rules.find((rule) => rule.name === 'every-3h-unless-monthly')?.days).toBe(days);
});

test.each([
  ['14d', undefined, 112],
  ['14d', 24, 14],
  ['7d', 24, 7],
] as const)('copies kept for %s, one every %s hours, are %s at a time', (keep, every, count) => {
  expect(copiesKept(cadenceOf({ copy: { keep } }), every && hours(every))).toBe(count);
});

const cadences = fc.record({
  every: fc.constantFrom('1h', '72m', '90m', '160m', '2h', '3h', '4h', '6h', '8h', '12h', '24h') as fc.Arbitrary<
    '1h' | '24h'
  >,
  startsAt: fc
    .nat(1_439)
    .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`),
});

/** Days of the year that a rule runs on, read as AWS Backup reads its cron fields. */
function runsOn({ weekdays, days }: SnapshotRule, date: Date): boolean {
  const weekday = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'][date.getUTCDay()] as string;
  const isIn = (range: string) => {
    const [from, to = from] = range.split('-').map(Number);
    return date.getUTCDate() >= (from as number) && date.getUTCDate() <= (to as number);
  };
  return (!weekdays || weekdays.split(',').includes(weekday)) && (!days || days.split(',').some(isIn));
}

/** Every run of a year under the rules: its minute, and the rule. */
function runsOfYear(rules: readonly SnapshotRule[]): { day: number; minute: number; rule: SnapshotRule }[] {
  return Array.from({ length: 365 }, (_, day) => day).flatMap((day) => {
    const date = new Date(Date.UTC(2026, 0, 1 + day));
    return rules
      .filter((rule) => runsOn(rule, date))
      .flatMap((rule) => rule.hours.map((hour) => ({ day, minute: hour * 60 + rule.minute, rule })));
  });
}

const generations = fc.record(
  {
    weekly: fc.record({ on: fc.constantFrom('sun', 'wed') as fc.Arbitrary<'sun'>, keep: fc.constant('56d' as const) }),
    monthly: fc.record({ on: fc.integer({ min: 1, max: 28 }), keep: fc.constant('365d' as const) }),
  },
  { requiredKeys: [] },
);

test('every run of a year belongs to exactly one rule, whatever is copied and kept for longer', () => {
  fc.assert(
    fc.property(cadences, generations, fc.constantFrom(1, 2, 3, 4, 6, 8, 15, 24), (times, longer, factor) => {
      fc.pre(times.every !== '24h' || !(longer.weekly && longer.monthly));
      const cadence = cadenceOf({ ...times, ...longer });
      const copyEvery = Duration.seconds(cadence.every.seconds * factor);
      fc.pre(86_400 % copyEvery.seconds === 0);
      const rules = snapshotRules(cadence, copyEvery);
      expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);

      const runs = runsOfYear(rules);
      const daily = runsOfDay(cadence);
      const expected = Array.from({ length: 365 }, (_, day) => daily.map((minute) => day * 1_440 + minute)).flat();
      const actual = runs.map(({ day, minute }) => day * 1_440 + minute).sort((one, other) => one - other);
      expect(actual.join()).toBe(expected.join());

      const kept = (days: number) => runs.filter(({ rule }) => rule.keep.days === days).length;
      expect(kept(56)).toBe(longer.weekly ? 52 : 0);
      expect(kept(365)).toBe(longer.monthly ? 12 : 0);
      const copied = runs.filter(({ rule }) => rule.copyKeep && rule.keep.days === 14);
      const first = clock(cadence.startsAt);
      expect(copied.every(({ minute }) => (minute + 1_440 - first) % copyEvery.minutes === 0)).toBe(true);
      expect(runs.every(({ rule }) => rule.keep.days === 14 || rule.copyKeep)).toBe(true);
      expect(copied.length).toBeGreaterThanOrEqual((365 * 1_440) / copyEvery.minutes - 52 - 12);
    }),
    { numRuns: 30 },
  );
});

test('a plan has room for the rules of every cadence that leaves RDS a window', () => {
  // AWS Backup takes 10 rules in a plan (https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html).
  for (const minutes of [160, 180, 240, 288, 360, 480, 720, 1_440]) {
    for (let copies = minutes; copies <= 1_440; copies += minutes) {
      if (1_440 % copies !== 0) continue;
      const cadence = cadenceOf({
        every: `${minutes}m`,
        weekly: { keep: '56d' },
        ...(minutes < 1_440 && { monthly: { keep: '365d' } }),
      });
      expect(snapshotRules(cadence, Duration.seconds(copies * 60)).length).toBeLessThanOrEqual(10);
    }
  }
});
