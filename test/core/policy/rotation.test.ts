import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { monthOf, rotate, sourcesAt } from '../../../core/policy/rotation.ts';

const databases = fc
  .array(fc.boolean(), { minLength: 1, maxLength: 40 })
  .map((all) => all.map((hasAutomatedBackups, index) => ({ name: `db${index}`, hasAutomatedBackups })));
const place = fc.constantFrom('primary' as const, 'replica' as const);
const month = fc.integer({ min: 24_000, max: 26_000 });

describe('the rotation of sources', () => {
  test('within any three months every database meets every source of the place', () => {
    fc.assert(
      fc.property(databases, place, month, (list, where, first) => {
        const quarter = [0, 1, 2].map((later) => rotate(list, where, first + later));
        for (const database of list) {
          const met = new Set(quarter.map((turns) => turns.get(database.name)));
          expect(met).toEqual(new Set(sourcesAt(where, database)));
        }
      }),
    );
  });

  test('within two months a database with three sources has not met them all', () => {
    const list = [{ name: 'orders', hasAutomatedBackups: true }];
    const met = new Set([0, 1].map((later) => rotate(list, 'primary', 24_311 + later).get('orders')));
    expect(met.size).toBe(2);
  });

  test('in one month neighbours of the same kind do not meet the same source', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.boolean(),
        place,
        month,
        (count, hasAutomatedBackups, where, at) => {
          const list = Array.from({ length: count }, (_, index) => ({ name: `db${index}`, hasAutomatedBackups }));
          const turns = [...rotate(list, where, at).values()];
          for (const [index, source] of turns.entries()) expect(source).not.toBe(turns[index + 1]);
        },
      ),
    );
  });

  test('the two Regions do not restore a database from the same end in one month', () => {
    const list = [{ name: 'orders', hasAutomatedBackups: true }];
    for (const at of [24_311, 24_312, 24_313]) {
      const here = rotate(list, 'primary', at).get('orders');
      const there = rotate(list, 'replica', at).get('orders');
      expect([here, there]).not.toContainEqual(['latest', 'copy']);
      expect(here).not.toBe(there);
    }
  });

  test('only where there are automated backups can a point in time be restored', () => {
    expect(sourcesAt('replica', { name: 'members', hasAutomatedBackups: false })).toEqual(['copy', 'random']);
    expect(sourcesAt('replica', { name: 'orders', hasAutomatedBackups: true })).toEqual([
      'copy',
      'random',
      'point-in-time',
    ]);
  });
});

describe('months', () => {
  test('are those of the calendar of the timezone', () => {
    const at = new Date('2026-11-30T20:00:00Z');
    expect(monthOf(at, 'Asia/Tokyo')).toBe(2026 * 12 + 11);
    expect(monthOf(at, 'UTC')).toBe(2026 * 12 + 10);
  });

  test('go up by one from December to January', () => {
    expect(monthOf(new Date('2027-01-01T00:00:00Z'), 'UTC') - monthOf(new Date('2026-12-31T00:00:00Z'), 'UTC')).toBe(1);
  });
});
