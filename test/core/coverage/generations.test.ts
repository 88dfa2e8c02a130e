import { describe, expect, test } from '@jest/globals';
import { databaseCost } from '../../../core/coverage/cost.ts';
import { beyondCadence, longTerm } from '../../../core/coverage/generations.ts';
import { defaultPrices } from '../../../core/coverage/index.ts';
import { type CloudPolicy, type DatabasePolicy, Duration, parsePolicy } from '../../../core/policy/index.ts';

const days = (count: number) => Duration.seconds(count * 86_400);
const generations = { weekly: { keep: days(56) }, monthly: { keep: days(365), copy: { keep: days(730) } } };
const cadence = { keep: days(14), copy: { keep: days(35) }, ...generations };

function amounts(database: object): Record<string, number | undefined> {
  const main = { kind: 'instance', engineVersion: '17.6', ...database };
  const cloud = parsePolicy({ cloud: { databases: { main } } }).cloud as CloudPolicy;
  Object.assign(cloud.cadence, generations);
  const { lines } = databaseCost(cloud, cloud.databases.main as DatabasePolicy, defaultPrices);
  return Object.fromEntries(lines.map(({ text, amount }) => [text, amount && Math.round(amount)]));
}

describe('given weekly and monthly generations', () => {
  test('then their points are counted at each place, with a leap year and with the 8 hours of expiry', () => {
    expect(longTerm(cadence, 'primary')).toEqual([
      { of: 'weekly', for: days(56), points: { least: 8, most: 9 } },
      { of: 'monthly', for: days(365), points: { least: 11, most: 13 } },
    ]);
    expect(longTerm(cadence, 'replica').map(({ for: keep }) => keep)).toEqual([days(56), days(730)]);
  });

  test('then those that outlive the cadence are told apart from those that it keeps anyway', () => {
    expect(beyondCadence(cadence, 'primary').map(({ count }) => count)).toEqual([6, 11]);
    expect(beyondCadence(cadence, 'replica').map(({ count }) => count)).toEqual([3, 22]);
  });

  test('then an instance stores the changes between them, and never more than its data for one', () => {
    // 100 + 14 × 1, and 6 × 7 for the weeks, and 11 × 30.4 for the months; 100 are free.
    expect(amounts({ expected: { dailyChange: '1GiB' } })).toMatchObject({
      'recovery points in Tokyo, beyond what is free': 391,
    });
    expect(amounts({ expected: { dailyChange: '50GiB' } })).toMatchObject({
      'recovery points in Tokyo, beyond what is free': 700 + 17 * 100,
    });
  });

  test('then a cluster pays for each in full once automated backups no longer reach as far back', () => {
    expect(amounts({ kind: 'cluster', copyEvery: '24h', expected: { data: '10GiB' } })).toMatchObject({
      '17 full snapshots in Tokyo, older than automated backups': 170,
      '43 full copies in Osaka': 430,
    });
  });
});

test('given none, then nothing is kept beyond the cadence', () => {
  expect(longTerm({ keep: days(14) }, 'primary')).toEqual([]);
  expect(beyondCadence({ keep: days(14) }, 'replica')).toEqual([]);
});
