import type { BackupRule } from '@aws-sdk/client-backup';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { watchingOf } from '../../../core/coverage/watching.ts';
import { type CloudPolicy, parsePolicy } from '../../../core/policy/index.ts';
import type { ExpectedRule, Inventory, WatchedDatabase } from '../../../lambda/sentinel/inventory.ts';
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
    const original = (aws.accessPolicy as string).replace(
      '"Action":[',
      '"Action":["backup:PutBackupVaultAccessPolicy","backup:DeleteBackupVaultAccessPolicy","backup:DeleteBackupVaultLockConfiguration",',
    );
    const inventory = { ...primary, vault: { ...primary.vault, exceptRole: role } };
    aws.accessPolicy = original.replace('"Resource"', except(role));
    expect((await watch(inventory, aws.host)).drift).toEqual({});
    aws.accessPolicy = original.replace('"Resource"', except(`${role}-of-a-thief`));
    await watch(inventory, aws.host);
    expect(aws.value('VaultDrift')).toBe(2);
    // Deletion is denied still, but whoever likes may change that.
    aws.accessPolicy = original.replace('"Resource"', except(role)).replace('PutBackupVaultAccessPolicy', 'Nothing');
    expect((await watch(inventory, aws.host)).drift).toEqual({
      'shop-primary': ['the vault does not deny a change of its policy, or the end of its lock, to everyone'],
    });
  });
});

describe('the rules of a plan', () => {
  const copyTo = 'arn:aws:backup:ap-northeast-3:111122223333:backup-vault:shop-replica';
  const everyThreeHours: ExpectedRule = {
    name: 'every-3h',
    schedule: 'cron(0 0,3,6,9,12,15,18,21 * * ? *)',
    timezone: 'Asia/Tokyo',
    startWindow: 60,
    completionWindow: 180,
    keep: 14,
    copyTo,
    copyKeep: 35,
  };
  const comparing: Inventory = { ...primary, rules: { shop: [everyThreeHours] } };
  const rule = (): BackupRule => ({
    RuleName: 'every-3h',
    TargetBackupVaultName: 'shop-primary',
    ScheduleExpression: everyThreeHours.schedule,
    ScheduleExpressionTimezone: 'Asia/Tokyo',
    StartWindowMinutes: 60,
    CompletionWindowMinutes: 180,
    Lifecycle: { DeleteAfterDays: 14 },
    CopyActions: [{ DestinationBackupVaultArn: copyTo, Lifecycle: { DeleteAfterDays: 35 } }],
    RuleId: 'chosen by AWS',
  });
  const planWith = (...rules: BackupRule[]) => {
    aws.plans.shop = { since: new Date('2026-08-01T00:00:00Z'), resources: [arn], rules };
  };

  test('that are as declared are no drift, and nor is what is kept for longer', async () => {
    planWith(rule());
    expect(await watch(comparing, aws.host)).toEqual({ drift: {}, failures: [] });
    expect(aws.value('ProtectionDrift', 'main')).toBe(0);
    const longer = { DestinationBackupVaultArn: copyTo, Lifecycle: {} };
    planWith({ ...rule(), Lifecycle: { DeleteAfterDays: 90 }, CopyActions: [longer] });
    expect((await watch(comparing, aws.host)).drift).toEqual({});
  });

  test.each<[string, Partial<BackupRule>, string]>([
    [
      'another schedule',
      { ScheduleExpression: 'cron(0 0 * * ? *)' },
      'runs at cron(0 0 * * ? *), not cron(0 0,3,6,9,12,15,18,21 * * ? *)',
    ],
    ['another timezone', { ScheduleExpressionTimezone: 'Etc/UTC' }, 'runs in the timezone Etc/UTC, not Asia/Tokyo'],
    ['a longer start window', { StartWindowMinutes: 480 }, 'starts within minutes 480, not 60'],
    [
      'no completion window',
      { CompletionWindowMinutes: undefined },
      'completes within minutes as AWS chooses, not 180',
    ],
    ['another vault', { TargetBackupVaultName: 'Default' }, 'fills the vault Default, not shop-primary'],
    ['continuous backups', { EnableContinuousBackup: true }, 'takes over the automated backups'],
    ['a shorter life', { Lifecycle: { DeleteAfterDays: 7 } }, 'keeps recovery points 7 days, not 14'],
    ['no copies', { CopyActions: [] }, `does not copy to ${copyTo}`],
    [
      'copies to elsewhere',
      { CopyActions: [{ DestinationBackupVaultArn: copyTo.replace('shop', 'theirs') }] },
      `does not copy to ${copyTo}`,
    ],
    [
      'a shorter life of copies',
      { CopyActions: [{ DestinationBackupVaultArn: copyTo, Lifecycle: { DeleteAfterDays: 3 } }] },
      'keeps copies 3 days, not 35',
    ],
  ])('with %s have drifted', async (_, change, sentence) => {
    planWith({ ...rule(), ...change });
    const { drift } = await watch(comparing, aws.host);
    expect(drift).toEqual({ main: [`rule "every-3h" of plan shop ${sentence}`] });
    expect(aws.value('ProtectionDrift', 'main')).toBe(1);
  });

  test('that were taken away, and ones that were added, have drifted', async () => {
    planWith({ ...rule(), RuleName: 'nightly' });
    expect((await watch(comparing, aws.host)).drift).toEqual({
      main: ['rule "every-3h" of plan shop is not there', 'rule "nightly" of plan shop is not declared'],
    });
  });

  test('of the plan that selects a database are compared for it, and no other’s', async () => {
    planWith(rule());
    aws.plans['shop-daily'] = {
      since: aws.now,
      resources: [ordersArn],
      rules: [{ ...rule(), StartWindowMinutes: 480 }],
    };
    const rules = { shop: [everyThreeHours], 'shop-daily': [everyThreeHours] };
    const inventory = { ...comparing, plans: ['shop', 'shop-daily'], rules, databases: [main, orders] };
    expect(Object.keys((await watch(inventory, aws.host)).drift)).toEqual(['orders']);
  });

  test('that cannot be read leave the drift unsaid, and are named', async () => {
    planWith(rule());
    aws.failing = { GetBackupPlan: named('AccessDeniedException') };
    const { failures } = await watch(comparing, aws.host);
    expect(failures).toEqual(['rules of the backup plans: AccessDeniedException: slow down']);
    expect(aws.value('ProtectionDrift', 'main')).toBeUndefined();
    expect(aws.value('RecoveryPointAge', 'main')).toBe(hour);
  });

  test('are not asked for in the replica', async () => {
    await watch(replica, aws.host);
    expect(aws.calls).not.toContain('GetBackupPlan');
  });
});

describe('uploads', () => {
  const bucketArn = 'arn:aws:s3:::shop-photos';
  const uploads = {
    name: 'Uploads',
    bucket: 'shop-photos',
    arn: bucketArn,
    every: day,
    keep: 14 * day,
    due: 28 * hour,
  };
  const watching: Inventory = { ...primary, plans: ['shop', 'shop-uploads'], uploads };
  const copied: Inventory = { ...replica, plans: watching.plans, uploads: { ...uploads, due: 31 * hour } };
  const ago = (seconds: number) => new Date(aws.now.getTime() - seconds * 1_000);
  const ofUploads = (metric: string) =>
    aws.published.findLast(
      ({ MetricName, Dimensions }) =>
        MetricName === metric && Dimensions?.some(({ Name, Value }) => Name === 'Bucket' && Value === 'Uploads'),
    )?.Value;

  beforeEach(() => {
    aws.plans['shop-uploads'] = { since: ago(90 * day), resources: [bucketArn] };
    aws.buckets = { 'shop-photos': { createdAt: ago(400 * day), objects: {}, versioning: 'Enabled' } };
    aws.points.push(...points(14, (index) => 5 * hour + index * day, bucketArn));
  });

  test('are published beside the databases, under dimensions of their own, where they are and where they are copied to', async () => {
    for (const inventory of [watching, copied]) {
      expect(await watch(inventory, aws.host)).toEqual({ drift: {}, failures: [] });
      const ofBucket = aws.published.splice(0).filter(({ Dimensions }) => Dimensions?.[1]?.Name === 'Bucket');
      expect(ofBucket[0]?.Dimensions).toEqual([
        { Name: 'Policy', Value: 'shop' },
        { Name: 'Bucket', Value: 'Uploads' },
      ]);
      expect(Object.fromEntries(ofBucket.map(({ MetricName, Value }) => [MetricName, Value]))).toEqual({
        RecoveryPointAge: 5 * hour,
        RecoveryPoints: 14,
        OldestRecoveryPointAge: 5 * hour + 13 * day,
        MissingRecoveryPoints: 0,
        NewestRecoveryPointSize: 5_000,
        ProtectionDrift: 0,
        ...(inventory.place === 'primary' && { StuckCopies: 0 }),
      });
    }
  });

  test('more than a page of points, the newest on the last page, and none of a database among them', async () => {
    aws.points = [
      ...points(2_500, (index) => 2 * hour + (2_499 - index) * 60, bucketArn),
      ...points(1_200, (index) => hour + index),
    ];
    await watch(watching, aws.host);
    expect([ofUploads('RecoveryPointAge'), ofUploads('RecoveryPoints')]).toEqual([2 * hour, 2_500]);
    expect(aws.calls.filter((call) => call === 'ListRecoveryPointsByBackupVault')).toHaveLength(2 + 3);
  });

  test('that have no point are as old as their place in the plan', async () => {
    aws.points = [];
    aws.plans['shop-uploads'] = { since: ago(3 * day), resources: [bucketArn] };
    await watch(watching, aws.host);
    expect(ofUploads('RecoveryPointAge')).toBe(3 * day);
  });

  test('with gaps have fewer points than they should', async () => {
    aws.points = points(6, (index) => 5 * hour + index * day, bucketArn);
    await watch(watching, aws.host);
    expect(Math.floor(ofUploads('MissingRecoveryPoints') as number)).toBe(50);
  });

  test.each(['Suspended', undefined] as const)('whose versioning is %s have drifted', async (versioning) => {
    aws.buckets = { 'shop-photos': { createdAt: ago(day), objects: {}, ...(versioning && { versioning }) } };
    const { drift } = await watch(watching, aws.host);
    expect(drift).toEqual({ Uploads: ['the bucket keeps no versions, so no recovery point can be taken of it'] });
    expect(ofUploads('ProtectionDrift')).toBe(1);
    expect((await watch(copied, aws.host)).drift).toEqual({});
  });

  test('that no plan selects any more have drifted', async () => {
    delete aws.plans['shop-uploads'];
    expect((await watch(watching, aws.host)).drift).toEqual({ Uploads: ['no backup plan selects it'] });
  });

  test('whose copy waits for longer than AWS Backup retries are stuck', async () => {
    aws.copies = [{ ResourceArn: bucketArn, State: 'CREATED', CreationDate: ago(3 * hour) }];
    await watch(watching, aws.host);
    expect([ofUploads('StuckCopies'), aws.value('StuckCopies', 'main')]).toEqual([1, 0]);
  });

  test('that cannot be asked for their versions are named, and the rest is published', async () => {
    aws.failing = { GetBucketVersioning: named('AccessDenied') };
    expect((await watch(watching, aws.host)).failures).toEqual(['Uploads, versions: AccessDenied: slow down']);
    expect([ofUploads('RecoveryPointAge'), ofUploads('ProtectionDrift')]).toEqual([5 * hour, undefined]);
    expect(aws.value('ProtectionDrift', 'main')).toBe(0);
  });
});

describe('the export of settings', () => {
  const settingsExport = { bucket: 'shop-settings', due: 7 * day + hour };
  const exporting: Inventory = { ...replica, settingsExport };
  const ago = (seconds: number) => new Date(aws.now.getTime() - seconds * 1_000);

  test('is as old as the last run that saw everything, once for the Region', async () => {
    aws.buckets = { 'shop-settings': { createdAt: ago(90 * day), objects: { 'latest.json': ago(2 * day) } } };
    expect(await watch(exporting, aws.host)).toEqual({ drift: {}, failures: [] });
    expect(aws.value('SettingsExportAge')).toBe(2 * day);
    expect(aws.calls).not.toContain('ListBuckets');
  });

  test('is as old as its bucket as long as no run saw everything, and not as one whose name only begins alike', async () => {
    aws.buckets = {
      'shop-settings-of-another': { createdAt: ago(9 * day), objects: { 'latest.json': ago(day) } },
      'shop-settings': { createdAt: ago(3 * day), objects: { 'functions.json': ago(day) } },
    };
    await watch(exporting, aws.host);
    expect(aws.value('SettingsExportAge')).toBe(3 * day);
  });

  test('without a bucket has no age, and the run fails, naming it', async () => {
    const { failures } = await watch(exporting, aws.host);
    expect(failures).toEqual(['shop-settings: Error: there is no bucket shop-settings']);
    expect(aws.value('SettingsExportAge')).toBeUndefined();
    expect(aws.value('SentinelRuns')).toBe(1);
  });

  test('that may not be looked at is not one that never was', async () => {
    aws.buckets = { 'shop-settings': { createdAt: ago(3 * day), objects: {} } };
    aws.failing = { HeadObject: named('AccessDenied') };
    expect((await watch(exporting, aws.host)).failures).toEqual(['shop-settings: AccessDenied: slow down']);
    expect(aws.value('SettingsExportAge')).toBeUndefined();
  });

  test('is not asked for where there is none', async () => {
    await watch(replica, aws.host);
    expect(aws.calls).not.toContain('HeadObject');
    expect(aws.value('SettingsExportAge')).toBeUndefined();
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

test('the bill of `fukugen plan` counts as many figures as are published', async () => {
  const cloud = {
    databases: { main: { kind: 'instance', engineVersion: '17.6' } },
    uploads: { kind: 'adopted', bucket: 'shop-photos' },
    settingsExport: {},
    // Their figures are others’: test/lib/constructs/drill-alarms.test.ts counts them.
    drills: false,
  };
  const policy = parsePolicy({ cloud }).cloud as CloudPolicy;
  const uploads = { ...main, name: 'Uploads', bucket: 'shop-photos', arn: 'arn:aws:s3:::shop-photos' };
  aws.buckets = { 'shop-settings': { createdAt: aws.now, objects: {} } };
  await watch({ ...primary, uploads }, aws.host);
  expect(watchingOf(policy, 'primary').metrics).toBe(aws.published.splice(0).length);
  await watch({ ...replica, uploads, settingsExport: { bucket: 'shop-settings', due: day } }, aws.host);
  expect(watchingOf(policy, 'replica').metrics).toBe(aws.published.length);
});

test('nothing is remembered: a second run publishes the same again', async () => {
  await watch(primary, aws.host);
  const first = aws.published.splice(0);
  await watch(primary, aws.host);
  expect(aws.published).toEqual(first);
});
