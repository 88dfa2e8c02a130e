import { describe, expect, test } from '@jest/globals';
import { addCosts, type Cost } from '../../../core/coverage/bill.ts';
import { databaseCost, objectStorageCost, sharedCost } from '../../../core/coverage/cost.ts';
import { secretsCost, settingsExportCost, uploadsCost } from '../../../core/coverage/cost-beside.ts';
import { defaultPrices, parsePrices } from '../../../core/coverage/index.ts';
import { watchingCost } from '../../../core/coverage/watching.ts';
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
      'master password of the database': 1,
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
      'master password of the database': 1,
    });
  });

  test('when all it keeps is within what is free, then that costs nothing, whatever the price is', () => {
    const { lines } = cost(cloudOf({ ...instance, expected: { data: '20GiB', dailyChange: '1GiB' } }));
    expect(lines[0]).toMatchObject({ amount: 0, usd: 0 });
    expect(lines[0]).not.toHaveProperty('price');
  });

  test('when the prices of storage are not confirmed, then they are unknown, and the sum is what is known', () => {
    expect(cost(cloudOf(instance))).toMatchObject({
      // 2 chains of 2 GB a day for 365 / 12 days at 0.09, a key and a password.
      known: 12.35,
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
    expect(cost(cloudOf(instance), known)).toMatchObject({ known: 34.75, unknown: [] });
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
      'master password of the database': 1,
    });
    expect(amounts(cost(cloudOf({ ...cluster, copyEvery: '24h' })))).toMatchObject({
      '14 full copies in Osaka': 1_400,
    });
  });

  test('when its size is not in the policy, then neither amounts nor sum are made up', () => {
    const { lines, ...sum } = cost(cloudOf({ kind: 'cluster' }), known);
    expect(lines.map(({ amount }) => amount)).toEqual([undefined, undefined, undefined, 1, 1]);
    expect(sum.known).toBe(1.4);
    expect(sum.unknown).toHaveLength(3);
  });
});

test.each([
  { kind: 'adopted', instance: 'members-prod', engineVersion: undefined },
  {
    existing: {
      identifier: 'members-prod',
      subnetGroup: 'prod',
      securityGroups: ['sg-0123456789abcdef0'],
      parameterGroup: 'pg17',
      key: 'arn:aws:kms:ap-northeast-1:111122223333:key/0f3c',
    },
  },
])('a database that existed before costs no key and no password: %j', (database) => {
  const { kind = 'instance', engineVersion, ...own } = { engineVersion: '17.6', kind: 'instance', ...database };
  const main = { kind, ...own, ...(engineVersion && { engineVersion }) };
  const cloud = parsePolicy({ cloud: { databases: { main } } }).cloud as CloudPolicy;
  expect(cost(cloud).lines.map(({ unit }) => unit)).toEqual(['GB-month', 'GB-month', 'GB-month', 'GB']);
});

describe('given more than databases', () => {
  const databases = { main: { kind: 'instance', engineVersion: '17.6' } };
  const withParts = (parts: object) => parsePolicy({ cloud: { databases, ...parts } }).cloud as CloudPolicy;
  const uploadsOf = (uploads: object) => {
    const cloud = withParts({ uploads });
    return uploadsCost(cloud, cloud.uploads as NonNullable<CloudPolicy['uploads']>, known);
  };

  test('then uploads are stored once and their changes after that, in both Regions', () => {
    const expected = { data: '500GiB', dailyChange: '1GiB' };
    const { lines, once } = uploadsOf({ kind: 'declared', expected });
    expect(lines.map(({ text, amount }) => [text, amount && Math.round(amount)])).toEqual([
      ['recovery points in Tokyo', 514],
      ['copies in Osaka', 514],
      ['changes from Tokyo to Osaka', 30],
      ['key of the bucket', 1],
    ]);
    expect(once?.amount).toBe(500);
  });

  test('then uploads of which the policy gives no size are unknown, and an adopted bucket has its own key', () => {
    const { lines, known } = uploadsOf({ kind: 'adopted', bucket: 'shop-photos' });
    expect(lines.map(({ amount }) => amount)).toEqual([undefined, undefined, undefined]);
    expect(known).toBe(0);
    expect(uploadsOf({ kind: 'declared', expected: { data: '500GiB' } }).lines[2]?.amount).toBeCloseTo(760.4, 1);
  });

  test('then a secret is paid for where this app makes it, and every replica', () => {
    const secrets = { token: { kind: 'declared' }, slack: { kind: 'adopted', name: 'shop/slack' } };
    const cloud = withParts({ secrets });
    const { lines, unknown } = secretsCost(cloud, cloud.secrets as NonNullable<CloudPolicy['secrets']>, defaultPrices);
    expect(lines.map(({ text, amount, usd }) => [text, amount, usd])).toEqual([
      ['secrets that this app makes', 1, 0.4],
      ['replicas in Osaka', 2, undefined],
      ['key of the replicas in Osaka', 1, 1],
    ]);
    expect(unknown).toEqual(['replicas in Osaka']);
  });

  test('then exported settings cost their key', () => {
    expect(settingsExportCost(withParts({ settingsExport: {} }), defaultPrices).known).toBe(1);
  });

  test('then alarms and metrics are counted in each Region, and priced where a source confirms it', () => {
    const { lines, known, unknown } = watchingCost(withParts({}), defaultPrices);
    expect(lines.map(({ text, amount }) => [text, amount])).toEqual([
      ['alarms in Tokyo', 16],
      ['custom metrics in Tokyo', 21],
      ['key of the notices in Tokyo', 1],
      ['key of the drills’ evidence in Tokyo', 1],
      ['alarms in Osaka', 15],
      ['custom metrics in Osaka', 20],
      ['key of the notices in Osaka', 1],
      ['key of the drills’ evidence in Osaka', 1],
      ['dashboards', 2],
    ]);
    expect(known).toBe(11.9);
    expect(unknown).toEqual(['alarms in Osaka', 'custom metrics in Osaka', 'dashboards']);
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
      'secret',
      'alarm',
      'custom-metric',
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
        '  prices.0.item: received "coffee"; write "rds-backup-storage" or "aurora-backup-storage" or "region-transfer" or "kms-key" or "object-storage" or "s3-backup-storage" or "secret" or "secret-replica" or "alarm" or "custom-metric" or "dashboard"',
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
