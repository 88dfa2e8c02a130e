import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BackupPolicyInput, copiesKept, Duration, parsePolicy, runsOfDay } from '../../../core/policy/index.ts';
import { type SnapshotRule, snapshotRules } from '../../../core/policy/rules.ts';

type CadenceInput = NonNullable<NonNullable<BackupPolicyInput['cloud']>['cadence']>;

function cadenceOf(cadence: CadenceInput = {}) {
  const databases = { main: { kind: 'instance', engineVersion: '17.6' } } as const;
  // biome-ignore lint/style/noNonNullAssertion: the cloud is given
  return parsePolicy({ cloud: { cadence, databases } }).cloud!.cadence;
}

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
    ['every-3h-copied', 15, [4, 10, 16, 22], 14],
    ['every-3h-not-copied', 15, [1, 7, 13, 19], undefined],
  ]);
});

test.each([
  ['14d', undefined, 112],
  ['14d', 24, 14],
  ['1d', 24, 1],
] as const)('copies kept for %s, one every %s hours, are %s at a time', (keep, every, count) => {
  expect(copiesKept(cadenceOf({ copy: { keep } }), every && hours(every))).toBe(count);
});

const cadences = fc.record({
  every: fc.constantFrom('1h', '72m', '90m', '160m', '2h', '3h', '4h', '6h', '8h', '12h', '24h') as fc.Arbitrary<'1h'>,
  startsAt: fc
    .nat(1_439)
    .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`),
});

/** The minutes of the day at which a rule runs. */
const runsOf = ({ minute, hours }: SnapshotRule) => hours.map((hour) => hour * 60 + minute);

test('every run of the day belongs to exactly one rule, and copies are evenly apart', () => {
  fc.assert(
    fc.property(cadences, fc.constantFrom(1, 2, 3, 4, 6, 8, 15, 24), (input, times) => {
      const cadence = cadenceOf(input);
      const copyEvery = Duration.seconds(cadence.every.seconds * times);
      fc.pre(86_400 % copyEvery.seconds === 0);
      const rules = snapshotRules(cadence, copyEvery);
      expect(rules.flatMap(runsOf).sort((one, other) => one - other)).toEqual(runsOfDay(cadence));
      expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);

      const copied = rules
        .filter((rule) => rule.copyKeep)
        .flatMap(runsOf)
        .sort((one, other) => one - other);
      const gaps = copied.map((run, index) => (copied[index + 1] ?? 1_440 + (copied[0] as number)) - run);
      expect(new Set(gaps)).toEqual(new Set([copyEvery.minutes]));
    }),
  );
});
