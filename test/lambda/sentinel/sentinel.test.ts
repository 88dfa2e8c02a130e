import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Inventory, WatchedDatabase } from '../../../lambda/sentinel/inventory.ts';
import { watch } from '../../../lambda/sentinel/sentinel.ts';
import { SimulatedAws } from './simulated-aws.ts';

const [hour, day] = [3_600, 86_400];
const arn = 'arn:aws:rds:ap-northeast-1:111122223333:db:shop-main';
const ordersArn = 'arn:aws:rds:ap-northeast-1:111122223333:cluster:shop-orders';

const main: WatchedDatabase = {
  name: 'main',
  kind: 'instance',
  identifier: 'shop-main',
  arn,
  every: 3 * hour,
  keep: 14 * day,
  due: 7 * hour,
  automatedBackupDays: 14,
};
const orders: WatchedDatabase = { ...main, name: 'orders', kind: 'cluster', identifier: 'shop-orders', arn: ordersArn };

const primary: Inventory = {
  policy: 'shop',
  place: 'primary',
  primaryRegion: 'ap-northeast-1',
  vault: { name: 'shop-primary', minRetentionDays: 7 },
  plans: ['shop'],
  databases: [main],
};
const replica: Inventory = { ...primary, place: 'replica', vault: { name: 'shop-replica', minRetentionDays: 7 } };

let aws: SimulatedAws;

/** Where everything is as declared: 112 points, the newest an hour old. */
beforeEach(() => {
  aws = new SimulatedAws();
  const before = (seconds: number) => new Date(aws.now.getTime() - seconds * 1_000);
  const settings = {
    BackupRetentionPeriod: 14,
    DeletionProtection: true,
    StorageEncrypted: true,
    CopyTagsToSnapshot: true,
    LatestRestorableTime: before(240),
  };
  aws.plans = {
    theirs: { since: before(day), resources: [ordersArn] },
    shop: { since: before(90 * day), resources: [arn] },
  };
  aws.instances = [{ DBInstanceIdentifier: 'shop-main', InstanceCreateTime: before(200 * day), ...settings }];
  aws.clusters = [{ DBClusterIdentifier: 'shop-orders', ClusterCreateTime: before(200 * day), ...settings }];
  aws.replicated = [
    {
      DBInstanceIdentifier: 'shop-main',
      DBInstanceArn: arn.replace('northeast-1', 'northeast-3'),
      BackupRetentionPeriod: 1,
    },
    {
      DBInstanceIdentifier: 'shop-main',
      DBInstanceArn: arn,
      BackupRetentionPeriod: 14,
      Encrypted: true,
      RestoreWindow: { LatestTime: before(600) },
    },
  ];
  aws.points = points(112, (index) => hour + index * 3 * hour);
});

function points(count: number, age: (index: number) => number, ResourceArn = arn) {
  return Array.from({ length: count }, (_, index) => ({
    ResourceArn,
    Status: 'COMPLETED' as const,
    CreationDate: new Date(aws.now.getTime() - age(index) * 1_000),
    BackupSizeInBytes: 5_000,
    IsEncrypted: true,
  }));
}

const named = (name: string) => Object.assign(new Error('slow down'), { name });

describe('given that all is as declared', () => {
  test('the primary publishes every figure of the database, once, under one set of dimensions', async () => {
    expect(await watch(primary, aws.host)).toEqual({ drift: {}, failures: [] });
    const ofDatabase = aws.published.filter(({ Dimensions }) => Dimensions?.length === 2);
    expect(Object.fromEntries(ofDatabase.map(({ MetricName, Value }) => [MetricName, Value]))).toEqual({
      RecoveryPointAge: hour,
      RecoveryPoints: 112,
      OldestRecoveryPointAge: hour + 111 * 3 * hour,
      MissingRecoveryPoints: 0,
      NewestRecoveryPointSize: 5_000,
      PointInTimeLag: 240,
      ProtectionDrift: 0,
      StuckCopies: 0,
    });
    expect(ofDatabase).toHaveLength(8);
    for (const { Dimensions } of ofDatabase)
      expect(Dimensions).toEqual([
        { Name: 'Policy', Value: 'shop' },
        { Name: 'Database', Value: 'main' },
      ]);
    expect([aws.value('SentinelRuns'), aws.value('VaultDrift')]).toEqual([1, 0]);
  });

  test('the replica publishes the lag of its own replicated automated backups, not that of a namesake', async () => {
    expect(await watch(replica, aws.host)).toEqual({ drift: {}, failures: [] });
    expect(aws.value('ReplicationLag', 'main')).toBe(600);
    expect(aws.value('PointInTimeLag', 'main')).toBeUndefined();
    expect(aws.calls).not.toContain('DescribeDBInstances');
  });

  test('a cluster is read as a cluster, and in the replica it has no automated backups', async () => {
    aws.plans.shop?.resources.push(ordersArn);
    await watch({ ...primary, databases: [orders] }, aws.host);
    expect(aws.value('PointInTimeLag', 'orders')).toBe(240);
    const { automatedBackupDays, ...copied } = orders;
    await watch({ ...replica, databases: [copied] }, aws.host);
    expect(aws.value('ReplicationLag', 'orders')).toBeUndefined();
    expect(aws.value('ProtectionDrift', 'orders')).toBe(0);
  });
});

describe('recovery points', () => {
  test('only completed ones of this database count', async () => {
    const young = (Status: 'PARTIAL' | 'EXPIRED' | 'CREATING') => ({ ...points(1, () => 60)[0], Status });
    aws.points.push(young('PARTIAL'), young('EXPIRED'), young('CREATING'), ...points(1, () => 60, ordersArn));
    await watch(primary, aws.host);
    expect([aws.value('RecoveryPointAge', 'main'), aws.value('RecoveryPoints', 'main')]).toEqual([hour, 112]);
  });

  test('more than a page of them, the newest on the last page', async () => {
    aws.points = points(2_500, (index) => hour + (2_499 - index) * 60);
    await watch(primary, aws.host);
    expect(aws.calls.filter((call) => call === 'ListRecoveryPointsByBackupVault')).toHaveLength(3);
    expect([aws.value('RecoveryPointAge', 'main'), aws.value('RecoveryPoints', 'main')]).toEqual([hour, 2_500]);
  });

  test('one that the list does not show yet makes the age older, never younger, and the next run puts it right', async () => {
    aws.listLag = 2 * hour * 1_000;
    await watch(primary, aws.host);
    expect(aws.value('RecoveryPointAge', 'main')).toBe(4 * hour);
    aws.listLag = 0;
    await watch(primary, aws.host);
    expect(aws.value('RecoveryPointAge', 'main')).toBe(hour);
  });

  test('without any, the age is that of the protection: the plan, the database or the vault, whichever is known and latest', async () => {
    aws.points = [];
    await watch(primary, aws.host);
    expect(aws.value('RecoveryPointAge', 'main')).toBe(90 * day);
    aws.instances[0] = { ...aws.instances[0], InstanceCreateTime: new Date(aws.now.getTime() - 2 * hour * 1_000) };
    await watch(primary, aws.host);
    expect(aws.value('RecoveryPointAge', 'main')).toBe(2 * hour);
    aws.plans = {};
    await watch(replica, aws.host);
    expect(aws.value('RecoveryPointAge', 'main')).toBe((aws.now.getTime() - aws.vault.createdAt.getTime()) / 1_000);
  });

  test.each([
    ['all of them but the newest were deleted', 1, (index: number) => hour + index, 99],
    ['every second one failed', 56, (index: number) => hour + index * 6 * hour, 48],
    ['three of them failed', 109, (index: number) => hour + index * 3 * hour, 0],
  ])('when %s, the share that is missing is seen', async (_, count, age, percent) => {
    aws.points = points(count, age);
    await watch(primary, aws.host);
    expect(Math.floor(aws.value('MissingRecoveryPoints', 'main') as number)).toBe(percent);
  });

  test('generations that are kept for longer do not fill a gap', async () => {
    aws.points = [...points(1, () => hour), ...points(120, (index) => (15 + index * 7) * day)];
    await watch(primary, aws.host);
    expect(Math.floor(aws.value('MissingRecoveryPoints', 'main') as number)).toBe(99);
  });

  test('a database that joined yesterday is not missing two weeks of them', async () => {
    aws.plans.shop = { since: new Date(aws.now.getTime() - day * 1_000), resources: [arn] };
    aws.points = points(8, (index) => hour + index * 3 * hour);
    await watch(primary, aws.host);
    expect(aws.value('MissingRecoveryPoints', 'main')).toBe(0);
  });
});

describe('point in time', () => {
  test('a database without a restorable time would lose all it ever held', async () => {
    const { LatestRestorableTime, ...instance } = aws.instances[0] ?? {};
    aws.instances = [{ ...instance, BackupRetentionPeriod: 0 }];
    const { drift } = await watch(primary, aws.host);
    expect(aws.value('PointInTimeLag', 'main')).toBe(200 * day);
    expect(drift).toEqual({ main: ['automated backups are kept 0 days, not 14'] });
  });
});

describe('copies', () => {
  test('those that wait for longer than AWS Backup retries are stuck; running ones and those of others are not', async () => {
    const copy = (hours: number, State: string, ResourceArn = arn) => ({
      ResourceArn,
      State,
      CreationDate: new Date(aws.now.getTime() - hours * hour * 1_000),
    });
    aws.copies = [
      copy(3, 'CREATED'),
      copy(5, 'CREATED'),
      copy(1, 'CREATED'),
      copy(3, 'RUNNING'),
      copy(3, 'CREATED', ordersArn),
    ];
    await watch(primary, aws.host);
    expect(aws.value('StuckCopies', 'main')).toBe(2);
  });
});

describe('drift', () => {
  test.each([
    [{ BackupRetentionPeriod: 7 }, 'automated backups are kept 7 days, not 14'],
    [{ DeletionProtection: false }, 'deletion protection is off'],
    [{ StorageEncrypted: false }, 'the storage is not encrypted'],
    [{ CopyTagsToSnapshot: false }, 'tags are not copied to snapshots'],
  ])('given %j it is one: %s', async (change, sentence) => {
    aws.instances = [{ ...aws.instances[0], ...change }];
    expect((await watch(primary, aws.host)).drift).toEqual({ main: [sentence] });
    expect(aws.value('ProtectionDrift', 'main')).toBe(1);
  });

  test('more than declared is none', async () => {
    aws.instances = [{ ...aws.instances[0], BackupRetentionPeriod: 35 }];
    aws.vault.minDays = 10;
    expect((await watch(primary, aws.host)).drift).toEqual({});
  });

  test.each([
    [
      'the plan is gone',
      () => {
        aws.plans = {};
      },
    ],
    [
      'the plan does not select it any more',
      () => {
        aws.plans.shop = { since: aws.now, resources: [ordersArn] };
      },
    ],
    [
      'only a plan of somebody else selects it',
      () => {
        aws.plans = { theirs: { since: aws.now, resources: [arn] } };
      },
    ],
  ])('when %s', async (_, change) => {
    change();
    expect((await watch(primary, aws.host)).drift).toEqual({ main: ['no backup plan selects it'] });
  });

  test('a database that is gone is one, and hides nothing of its recovery points', async () => {
    aws.instances = [];
    expect((await watch(primary, aws.host)).drift).toEqual({ main: ['the database does not exist'] });
    expect(aws.value('RecoveryPoints', 'main')).toBe(112);
  });

  test('what the policy says is known not to be encrypted is none', async () => {
    aws.instances = [{ ...aws.instances[0], StorageEncrypted: false }];
    aws.points[0] = { ...aws.points[0], IsEncrypted: false };
    expect((await watch({ ...primary, databases: [{ ...main, isUnencrypted: true }] }, aws.host)).drift).toEqual({});
  });

  test('an unencrypted newest recovery point', async () => {
    aws.points[0] = { ...aws.points[0], IsEncrypted: false };
    expect((await watch(replica, aws.host)).drift).toEqual({ main: ['the newest recovery point is not encrypted'] });
  });

  test.each([
    [[], 'automated backups are not replicated to this Region'],
    [[{ BackupRetentionPeriod: 3, Encrypted: true }], 'replicated automated backups are kept 3 days, not 14'],
    [[{ BackupRetentionPeriod: 14, Encrypted: false }], 'replicated automated backups are not encrypted'],
  ])('of replicated automated backups %j: %s', async (backups, sentence) => {
    aws.replicated = backups.map((one) => ({ DBInstanceIdentifier: 'shop-main', DBInstanceArn: arn, ...one }));
    expect((await watch(replica, aws.host)).drift).toEqual({ main: [sentence] });
    expect(aws.value('ReplicationLag', 'main')).toBeGreaterThan(day);
  });

  test.each([
    [
      'no lock',
      () => {
        aws.vault.locked = false;
      },
      'the vault is not locked',
    ],
    [
      'a shorter lock',
      () => {
        aws.vault.minDays = 1;
      },
      'the lock keeps recovery points at least 1 days, not 7',
    ],
    [
      'a lock that refuses what is kept longer',
      () => {
        aws.vault.maxDays = 10;
      },
      'the lock lets recovery points be kept at most 10 days, not any number',
    ],
    [
      'no access policy',
      () => {
        aws.accessPolicy = undefined;
      },
      'the vault does not deny deletion to everyone',
    ],
    [
      'half of a denial',
      () => {
        aws.accessPolicy = aws.accessPolicy?.replace('UpdateRecoveryPointLifecycle', 'Nothing');
      },
      'the vault does not deny deletion to everyone',
    ],
    [
      'an exception in it',
      () => {
        aws.accessPolicy = aws.accessPolicy?.replace(
          '"Resource"',
          '"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Resource"',
        );
      },
      'the vault does not deny deletion to everyone',
    ],
    [
      'a denial for one principal',
      () => {
        aws.accessPolicy = aws.accessPolicy?.replace('"AWS":"*"', '"AWS":"arn:aws:iam::111122223333:role/x"');
      },
      'the vault does not deny deletion to everyone',
    ],
  ])('of a vault with %s', async (_, change, sentence) => {
    change();
    expect((await watch(primary, aws.host)).drift).toEqual({ 'shop-primary': [sentence] });
    expect(aws.value('VaultDrift')).toBe(1);
  });

  test('the exception that is declared is none, and it must be that role', async () => {
    const role = 'arn:aws:iam::111122223333:role/break-glass';
    const except = (arn: string) => `"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"${arn}"}},"Resource"`;
    const original = aws.accessPolicy as string;
    const inventory = { ...primary, vault: { ...primary.vault, exceptRole: role } };
    aws.accessPolicy = original.replace('"Resource"', except(role));
    expect((await watch(inventory, aws.host)).drift).toEqual({});
    aws.accessPolicy = original.replace('"Resource"', except(`${role}-of-a-thief`));
    await watch(inventory, aws.host);
    expect(aws.value('VaultDrift')).toBe(1);
  });
});

describe('when AWS does not answer', () => {
  test('what can be read is published, what cannot is left out and named', async () => {
    aws.failing = { DescribeDBInstances: named('ThrottlingException') };
    aws.plans.shop?.resources.push(ordersArn);
    const { failures } = await watch({ ...primary, databases: [main, orders] }, aws.host);
    expect(failures).toEqual(['main, automated backups: ThrottlingException: slow down']);
    expect(aws.value('RecoveryPointAge', 'main')).toBe(hour);
    expect(aws.value('PointInTimeLag', 'main')).toBeUndefined();
    // Half of a comparison is none: 0 would say that all is well.
    expect(aws.value('ProtectionDrift', 'main')).toBeUndefined();
    expect(aws.value('ProtectionDrift', 'orders')).toBe(0);
    expect(aws.value('SentinelRuns')).toBe(1);
  });

  test.each([
    'DescribeBackupVault',
    'ListRecoveryPointsByBackupVault',
    'ListBackupPlans',
    'ListCopyJobs',
    'GetBackupVaultAccessPolicy',
  ])('to %s, the run goes on and says so', async (command) => {
    aws.failing = { [command]: named('TooManyRequestsException') };
    const { failures } = await watch(primary, aws.host);
    expect(failures).toEqual([expect.stringMatching(/: TooManyRequestsException: slow down$/)]);
    expect(aws.value('PointInTimeLag', 'main')).toBe(240);
    expect(aws.value('SentinelRuns')).toBe(1);
  });

  test('the replica looks after its copies with the primary Region gone, and does not call that a failure', async () => {
    aws.failing = { ListBackupPlans: named('TimeoutError') };
    expect(await watch(replica, aws.host)).toEqual({ drift: {}, failures: [] });
    expect([aws.value('RecoveryPointAge', 'main'), aws.value('MissingRecoveryPoints', 'main')]).toEqual([hour, 0]);
    expect(aws.value('ProtectionDrift', 'main')).toBe(0);
  });

  test('to PutMetricData, the run fails, and the alarm on silence rings', async () => {
    aws.failing = { PutMetricData: named('InternalFailure') };
    await expect(watch(primary, aws.host)).rejects.toThrow('slow down');
  });
});

test('nothing is remembered: a second run publishes the same again', async () => {
  await watch(primary, aws.host);
  const first = aws.published.splice(0);
  await watch(primary, aws.host);
  expect(aws.published).toEqual(first);
});
