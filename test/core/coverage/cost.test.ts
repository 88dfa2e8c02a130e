import { describe, expect, test } from '@jest/globals';
import { addCosts, type Cost, databaseCost, objectStorageCost, sharedCost } from '../../../core/coverage/cost.ts';
import { defaultPrices, parsePrices } from '../../../core/coverage/index.ts';
import { type BackupPolicyInput, type CloudPolicy, parsePolicy } from '../../../core/policy/index.ts';

type CloudInput = NonNullable<BackupPolicyInput['cloud']>;
type Input = Partial<CloudInput['databases'][string]> & object;

function cloudOf(database: Input, cadence: CloudInput['cadence'] = {}): CloudPolicy {
  const main = { kind: 'instance', engineVersion: '17.6', ...database };
  return parsePolicy({ cloud: { cadence, databases: { main } } }).cloud as CloudPolicy;
}

function cost(cloud: CloudPolicy, prices = defaultPrices): Cost {
  return databaseCost(cloud, cloud.databases.main as CloudPolicy['databases'][string], prices);
}

/** Amounts by what they are for, rounded to whole units. */
function amounts({ lines }: Cost): Record<string, number | undefined> {
  return Object.fromEntries(lines.map(({ text, amount }) => [text, amount && Math.round(amount)]));
}

const known = parsePrices(
  JSON.stringify({
    asOf: '2027-01-01',
    prices: [
      { item: 'rds-backup-storage', usd: 0.1, source: 'a test' },
      { item: 'aurora-backup-storage', usd: 0.02, source: 'a test' },
      { item: 'object-storage', where: 'storage.example', usd: 0.015, source: 'a test' },
    ],
  }),
  'test',
);

describe('given an instance', () => {
  const instance = { storage: '100GiB', expected: { data: '80GiB', dailyChange: '2GiB' } } as const;

  test('then what is stored is the data and the changes of the days it is kept, less what is free where it runs', () => {
    expect(amounts(cost(cloudOf(instance)))).toEqual({
      'recovery points in Tokyo, beyond what is free': 8,
      'copies in Osaka': 108,
      'replicated automated backups in Osaka': 108,
      'changes from Tokyo to Osaka': 122,
      'key of the database': 1,
    });
  });

  test('when its copies are kept longer, then only those cost more', () => {
    expect(amounts(cost(cloudOf(instance, { copy: { keep: '35d' } })))).toMatchObject({
      'recovery points in Tokyo, beyond what is free': 8,
      'copies in Osaka': 150,
    });
  });

  test('when automated backups are not replicated, then changes travel once', () => {
    expect(amounts(cost(cloudOf({ ...instance, replicateAutomatedBackups: false })))).toEqual({
      'recovery points in Tokyo, beyond what is free': 8,
      'copies in Osaka': 108,
      'changes from Tokyo to Osaka': 61,
      'key of the database': 1,
    });
  });

  test('when all it keeps is within what is free, then that costs nothing, whatever the price is', () => {
    const { lines } = cost(cloudOf({ ...instance, expected: { data: '20GiB', dailyChange: '1GiB' } }));
    expect(lines[0]).toMatchObject({ amount: 0, usd: 0 });
    expect(lines[0]).not.toHaveProperty('price');
  });

  test('when the prices of storage are not confirmed, then they are unknown, and the sum is what is known', () => {
    expect(cost(cloudOf(instance))).toMatchObject({
      // 2 chains of 2 GB a day for 365 / 12 days at 0.09, and a key.
      known: 11.95,
      unknown: [
        'recovery points in Tokyo, beyond what is free',
        'copies in Osaka',
        'replicated automated backups in Osaka',
      ],
      once: { amount: 160, usd: 14.4 },
    });
  });

  test('when the user gives prices, then they come first', () => {
    // 8 + 108 + 108 GB at 0.1 more than above.
    expect(cost(cloudOf(instance), known)).toMatchObject({ known: 34.35, unknown: [] });
  });

  test('when it runs in Regions of which no transfer price is known, then the transfer is unknown', () => {
    const cloud = { ...cloudOf(instance), primary: { ...cloudOf(instance).primary, region: 'us-east-1' } };
    expect(cost(cloud).unknown).toContain('changes from us-east-1 to Osaka');
  });
});

describe('given a cluster', () => {
  test('then its snapshots are free and every copy is stored in full', () => {
    const cluster = { kind: 'cluster', expected: { data: '100GiB', dailyChange: '10GiB' } } as const;
    expect(amounts(cost(cloudOf(cluster)))).toEqual({
      'automated backups in Tokyo, beyond what is free': 50,
      '112 full copies in Osaka': 11_200,
      'changes from Tokyo to Osaka': 304,
      'key of the database': 1,
    });
    expect(amounts(cost(cloudOf({ ...cluster, copyEvery: '24h' })))).toMatchObject({
      '14 full copies in Osaka': 1_400,
    });
  });

  test('when its size is not in the policy, then neither amounts nor sum are made up', () => {
    const { lines, ...sum } = cost(cloudOf({ kind: 'cluster' }), known);
    expect(lines.map(({ amount }) => amount)).toEqual([undefined, undefined, undefined, 1]);
    expect(sum.known).toBe(1);
    expect(sum.unknown).toHaveLength(3);
  });
});

test('the keys that databases share are one for each vault, and one for replicated automated backups', () => {
  expect(sharedCost(cloudOf({}), defaultPrices).lines.map(({ text }) => text)).toEqual([
    'key of the vault in Tokyo',
    'key of the vault in Osaka',
    'key of the automated backups in Osaka',
  ]);
  expect(sharedCost(cloudOf({ replicateAutomatedBackups: false }), defaultPrices).known).toBe(2);
});

test('storage of a host has the price of the domain it is in', () => {
  expect(objectStorageCost('abc.storage.example', 200, known).known).toBe(3);
  expect(objectStorageCost('abcstorage.example', 200, known).unknown).toEqual(['data at abcstorage.example']);
  expect(objectStorageCost('abc.storage.example', undefined, known).unknown).toEqual(['data at abc.storage.example']);
});

test('costs add up with the name of what each unknown is for', () => {
  const one = objectStorageCost('storage.example', 100, known);
  const other = objectStorageCost('elsewhere.example', 100, known);
  expect(
    addCosts([
      ['a', one],
      ['b', other],
      ['c', one],
    ]),
  ).toEqual({ known: 3, unknown: ['b: data at elsewhere.example'] });
});

describe('given a price file', () => {
  test('that comes with fukugen, then every price has a source, and one without confirmation is null', () => {
    expect(defaultPrices.asOf).toBe('2026-11-21');
    for (const { source } of defaultPrices.prices) expect(source.length).toBeGreaterThan(20);
    expect(defaultPrices.prices.filter(({ usd }) => usd !== null).map(({ item }) => item)).toEqual([
      'region-transfer',
      'kms-key',
    ]);
  });

  test('that is not JSON, then the message names it', () => {
    expect(() => parsePrices('{', 'prices.json')).toThrow(/^prices\.json is not JSON: /);
  });

  test('with mistakes, then all are named', () => {
    const wrong = { asOf: 'today', prices: [{ item: 'coffee', usd: -1, source: '' }] };
    expect(() => parsePrices(JSON.stringify(wrong), 'prices.json')).toThrow(
      [
        'prices.json has 4 mistakes:',
        '  asOf: received "today"; write a date such as 2026-11-21',
        '  prices.0.item: received "coffee"; write "rds-backup-storage" or "aurora-backup-storage" or "region-transfer" or "kms-key" or "object-storage"',
        '  prices.0.usd: received -1; Too small: expected number to be >=0',
        '  prices.0.source: received ""; Too small: expected string to have >=1 characters',
      ].join('\n'),
    );
  });

  test('with one mistake, then it is one', () => {
    expect(() => parsePrices('{"asOf": "2027-01-01"}', 'prices.json')).toThrow(
      'prices.json has 1 mistake:\n  prices: received nothing; write a list',
    );
  });
});
