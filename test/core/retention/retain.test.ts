import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Retention } from '../../../core/policy/index.ts';
import { retention } from '../../../core/policy/retention.ts';
import { retain } from '../../../core/retention/index.ts';

const hour = 3_600_000;
const newest = new Date(2026, 10, 21, 12);

function decide(moments: readonly Date[], rules: unknown, now = newest) {
  return retain(moments, retention.parse(rules), (moment) => moment, new Date(now.getTime() + 1));
}

/** Every so many hours before the newest. */
function every(hours: number, count: number): Date[] {
  return Array.from({ length: count }, (_, place) => new Date(newest.getTime() - place * hours * hour));
}

describe('retain', () => {
  test('given a generation every three hours, then 14d keeps 112 of them', () => {
    const { kept, removed } = decide(every(3, 400), '14d');
    expect(kept).toHaveLength(112);
    expect(removed).toHaveLength(288);
    expect(kept.at(-1)).toEqual({ item: new Date(newest.getTime() - 111 * 3 * hour), reasons: ['within 14d'] });
  });

  test('given a year of them, then 14/8/6 keeps the last of 14 days, 8 weeks and 6 months', () => {
    const { kept } = decide(every(3, 8 * 365), '14/8/6');
    const keptBy = (reason: string) => kept.filter(({ reasons }) => reasons.includes(reason)).length;
    expect([keptBy('daily'), keptBy('weekly'), keptBy('monthly')]).toEqual([14, 8, 6]);
    expect(kept[0]?.reasons).toEqual(['daily', 'weekly', 'monthly']);
  });

  test('given a machine that slept, then what is within is counted back from the newest and not from now', () => {
    expect(decide(every(3, 200), '14d', new Date(2027, 5, 1)).kept).toHaveLength(112);
  });

  test('given a clock that was wrong, then the newest is the newest that is not in the future', () => {
    const ahead = new Date(newest.getTime() + 400 * 24 * hour);
    expect(decide([ahead, ...every(3, 200)], '14d').kept).toHaveLength(113);
    expect(decide([ahead], '14d').kept).toHaveLength(1);
  });

  test('given fewer than a rule keeps, then what is left of its count goes to the oldest of all', () => {
    const moments = [new Date(2026, 10, 21, 12), new Date(2026, 10, 21, 9), new Date(2026, 10, 21, 6)];
    const { kept, removed } = decide(moments, { daily: 3 });
    expect(kept.map(({ item }) => item.getHours())).toEqual([12, 6]);
    expect(removed).toHaveLength(1);
  });

  test('given anything, then nothing is lost or invented, the newest stays, and a rule more never keeps less', () => {
    const moment = fc.date({ min: new Date(2020, 0, 1), max: newest, noInvalidDate: true });
    const counted = fc.record(
      { last: fc.nat(9), hourly: fc.nat(9), daily: fc.nat(9), weekly: fc.nat(9), monthly: fc.nat(9) },
      { requiredKeys: ['daily'] },
    );
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1, maxLength: 60 }), counted, (moments, rules) => {
        const given = Object.fromEntries(Object.entries(rules).map(([rule, count]) => [rule, count + 1])) as Retention;
        const by = (some: Retention) => retain(moments, some, (item) => item, newest);
        const { kept, removed } = by(given);
        expect(kept.length + removed.length).toBe(moments.length);
        expect(kept[0]?.item).toEqual(new Date(Math.max(...moments.map(Number))));
        expect(by({ ...given, yearly: 2 }).kept.length).toBeGreaterThanOrEqual(kept.length);
        // Deciding again about what was kept removes no more than the oldest, which a bucket no longer needs.
        const again = retain(
          kept.map(({ item }) => item),
          given,
          (item) => item,
          newest,
        );
        expect(again.removed).toEqual([]);
      }),
    );
  });
});
