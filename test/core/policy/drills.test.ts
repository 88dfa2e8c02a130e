import { describe, expect, test } from '@jest/globals';
import { type CloudPolicy, parsePolicy } from '../../../core/policy/index.ts';

const main = { kind: 'instance', engineVersion: '17.6' };
const databases = { main };

const mistakesOf = (cloud: object, name?: string) => {
  try {
    parsePolicy({ ...(name && { name }), cloud: { databases, ...cloud } }, 'test');
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
};

describe('drills', () => {
  const drillsOf = (cloud: object) => (parsePolicy({ cloud: { databases, ...cloud } }).cloud as CloudPolicy).drills;

  test('given nothing, are on', () => {
    expect(drillsOf({})).toMatchObject({ on: 1, at: '10:00', concurrency: 3, waitUntilLoaded: false, shrinkage: 20 });
  });

  test('given false, are off', () => {
    expect(drillsOf({ drills: false })).toBe(false);
  });

  test('given true, which says nothing, are refused', () => {
    expect(mistakesOf({ drills: true })).toEqual(['cloud.drills: received true; write false or an object']);
  });

  test('given several mistakes, name them all', () => {
    expect(
      mistakesOf({ drills: { on: 29, at: '25:00', concurrency: 0, every: '30d', checks: { readable: 'maybe' } } }),
    ).toEqual([
      'cloud.drills.on: received 29; write a day from 1 to 28',
      'cloud.drills.at: received "25:00"; write a time such as 10:00',
      'cloud.drills.concurrency: received 0; write 1 to 10',
      'cloud.drills.checks.readable: received "maybe"; write "fail" or "warn" or "off"',
      'cloud.drills.every: there is no such key; check its spelling or remove it',
    ]);
  });
});

describe('the drill of a database', () => {
  const network = { vpc: 'vpc-01234567', subnets: ['subnet-01234567'], securityGroups: ['sg-01234567'] };
  const baseline = { secret: 'shop/reader' };
  const adopted = (drill: object) => ({ databases: { old: { kind: 'adopted', instance: 'old-one', drill } } });

  test('given a table without its schema and a column without a name, is refused', () => {
    const freshness = [{ table: 'orders', column: '', within: '1d' }];
    expect(mistakesOf({ databases: { main: { ...main, drill: { freshness } } } })).toEqual([
      'cloud.databases.main.drill.freshness.0.table: received "orders"; write schema and table, such as public.orders or shop/public.orders',
      'cloud.databases.main.drill.freshness.0.column: received ""; write the name of a column',
    ]);
  });

  test.each(['public.orders', 'shop/public.orders', 'public.Orders of 2026'])('given %j, is accepted', (table) => {
    const freshness = [{ table, column: 'made_at', within: '1d' }];
    expect(mistakesOf({ databases: { main: { ...main, drill: { freshness } } } })).toEqual([]);
  });

  test('given a baseline of an adopted database, wants to know where its clients are', () => {
    expect(mistakesOf(adopted({ baseline }))).toEqual([
      'cloud.databases.old.drill.baseline.network: received nothing; where the clients of a database that exists already are is not known; write vpc, subnets and securityGroups',
    ]);
    expect(mistakesOf(adopted({ baseline: { ...baseline, network } }))).toEqual([]);
    expect(mistakesOf({ databases: { main: { ...main, drill: { baseline } } } })).toEqual([]);
  });

  test('given a parameter group of a declared database, is refused, of an adopted one accepted', () => {
    expect(mistakesOf({ databases: { main: { ...main, drill: { parameterGroup: 'mine' } } } })).toEqual([
      'cloud.databases.main.drill.parameterGroup: received "mine"; the parameter group of a database that this app makes is known; leave it out',
    ]);
    expect(mistakesOf(adopted({ parameterGroup: 'theirs' }))).toEqual([]);
  });

  test.each([
    [{ main: { ...main, drill: { instanceClass: 'db.serverless' } } }, 'main'],
    [{ old: { kind: 'adopted', instance: 'old', drill: { instanceClass: 'db.serverless' } } }, 'old'],
  ])('given an instance that is to be serverless, is refused', (given, name) => {
    expect(mistakesOf({ databases: given })).toEqual([
      `cloud.databases.${name}.drill.instanceClass: received "db.serverless"; only an instance of a cluster is serverless; write a class such as db.t4g.medium`,
    ]);
  });
});

describe('identifiers that begin like those of a scratch', () => {
  const mine = { 'drill-orders': main, old: { kind: 'adopted', cluster: 'shop-drill-old' } };

  test('given to databases, are refused', () => {
    expect(mistakesOf({ databases: mine }, 'shop')).toEqual([
      'cloud.databases.drill-orders: received an object with kind, engineVersion; identifiers that begin with "shop-drill-" are those of the drills, which delete them; choose another name',
      'cloud.databases.old.cluster: received "shop-drill-old"; identifiers that begin with "shop-drill-" are those of the drills, which delete them; choose another name for the policy',
    ]);
  });

  test('given no drills, or another policy, are nobody’s business', () => {
    expect(mistakesOf({ databases: mine, drills: false }, 'shop')).toEqual([]);
    expect(mistakesOf({ databases: { old: mine.old } }, 'store')).toEqual([]);
  });
});

describe('the name of the policy', () => {
  const tooLong = 'a'.repeat(27);

  test('given a bucket of evidence that would not fit, is refused', () => {
    expect(mistakesOf({}, tooLong)).toEqual([
      `name: received "${tooLong}"; with drills at most 26 characters: the bucket of their evidence has the account and the Region in its name, and 63 characters at most`,
    ]);
  });

  test('given no drills, or one that fits, is accepted', () => {
    expect(mistakesOf({ drills: false }, tooLong)).toEqual([]);
    expect(mistakesOf({}, 'a'.repeat(26))).toEqual([]);
  });
});
