import { beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { driftOfVault } from '../../../lambda/sentinel/drift.ts';
import type { ExpectedRule } from '../../../lambda/sentinel/inventory.ts';
import { driftOfPlan } from '../../../lambda/sentinel/plan-drift.ts';
import { declareCloud } from '../../../lib/cloud.ts';
import { type RoleUnderTest, roleUnderTest } from '../../helpers/iam.ts';
import { account, cloudPolicy, main, newApp, orders, synthesise } from '../synthesise.ts';

let templates: ReturnType<typeof synthesise>;
let roles: Record<'primary' | 'replica', RoleUnderTest>;

beforeAll(() => {
  templates = synthesise({ databases: { main, orders } });
  roles = {
    primary: roleUnderTest(templates.Watch, 'Watches the backups'),
    replica: roleUnderTest(templates.ReplicaWatch, 'Watches the backups'),
  };
});

/** What the schedule hands to the function. */
function inventory(template: Template) {
  const [rule] = Object.values(template.findResources('AWS::Events::Rule')).filter(
    ({ Properties }) => Properties.ScheduleExpression,
  );
  return JSON.parse(rule?.Properties.Targets[0].Input);
}

const arn = (service: string, resource: string, region = 'ap-northeast-1') =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
const regionOf = { primary: 'ap-northeast-1', replica: 'ap-northeast-3' } as const;
const places = ['primary', 'replica'] as const;

describe('the inventory is the app', () => {
  test('it names every selected database, and nothing else', () => {
    const selected = Object.values(templates.Backup.findResources('AWS::Backup::BackupSelection')).flatMap(
      ({ Properties }) => Properties.BackupSelection.Resources,
    );
    for (const stack of [templates.Watch, templates.ReplicaWatch]) {
      const watched = inventory(stack).databases.map((one: { arn: string }) => one.arn);
      expect(watched.sort()).toEqual(selected.sort());
    }
  });

  test('it names every plan', () => {
    const plans = Object.values(templates.Backup.findResources('AWS::Backup::BackupPlan'));
    const names = plans.map(({ Properties }) => Properties.BackupPlan.BackupPlanName);
    expect(names).toHaveLength(2);
    for (const stack of [templates.Watch, templates.ReplicaWatch]) expect(inventory(stack).plans).toEqual(names);
  });

  test.each([{ account }, { account: undefined }])(
    'the rules of every plan are as they are deployed, with %j',
    (own) => {
      const app = newApp();
      const cadence = { weekly: { keep: '56d' }, monthly: { keep: '365d' } } as const;
      const cloud = {
        ...own,
        databases: { main, orders },
        cadence,
        drills: false as const,
        uploads: { kind: 'declared' } as const,
      };
      declareCloud(app, 'shop', cloudPolicy(cloud));
      const assembly = app.synth();
      const templateOf = (name: string) => Template.fromJSON(assembly.getStackByName(`shop-${name}`).template);
      // What CloudFormation makes of both: the account in place of its reference.
      const deployed = (value: unknown): string =>
        JSON.stringify(value).replaceAll(/\{"Fn::Join":\["",(\["arn:[^\]]*\])\]\}/g, (_, parts) =>
          JSON.stringify(
            (JSON.parse(parts) as unknown[]).map((part) => (typeof part === 'string' ? part : account)).join(''),
          ),
        );
      const [rule] = Object.values(templateOf('watch').findResources('AWS::Events::Rule')).filter(
        ({ Properties }) => Properties.ScheduleExpression,
      );
      const input = rule?.Properties.Targets[0].Input;
      const text =
        typeof input === 'string'
          ? input
          : input['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : account)).join('');
      const { rules, vault } = JSON.parse(text) as { rules: Record<string, ExpectedRule[]>; vault: { name: string } };

      const plans = ['backup', 'uploads'].flatMap((name) =>
        Object.values(templateOf(name).findResources('AWS::Backup::BackupPlan')),
      );
      expect(Object.keys(rules)).toHaveLength(3);
      for (const { Properties } of plans) {
        const { BackupPlanName, BackupPlanRule } = JSON.parse(deployed(Properties.BackupPlan));
        // biome-ignore lint/suspicious/noExplicitAny: a rule of a template has no type
        const found = BackupPlanRule.map((one: any) => ({
          name: one.RuleName,
          vault: vault.name,
          schedule: one.ScheduleExpression,
          timezone: one.ScheduleExpressionTimezone,
          startWindow: one.StartWindowMinutes,
          completionWindow: one.CompletionWindowMinutes,
          keep: one.Lifecycle.DeleteAfterDays,
          isContinuous: false,
          // biome-ignore lint/suspicious/noExplicitAny: as above
          copies: (one.CopyActions ?? []).map((copy: any) => ({
            to: copy.DestinationBackupVaultArn,
            keep: copy.Lifecycle.DeleteAfterDays,
          })),
        }));
        const expected = rules[BackupPlanName] as ExpectedRule[];
        expect(driftOfPlan(BackupPlanName, vault.name, expected, found)).toEqual([]);
        expect(driftOfPlan(BackupPlanName, vault.name, expected, found.slice(1))).toHaveLength(1);
      }
    },
  );

  test.each([
    ['Watch', 'Backup'],
    ['ReplicaWatch', 'Replica'],
  ] as const)('the %s stack expects the vault and the lock that the %s stack makes', (watch, made) => {
    const lock = { mode: 'governance', minKeep: '9d', maxKeep: '40d' } as const;
    const all = synthesise({ primary: { lock }, replica: { lock }, breakGlassRole: 'rescue' });
    const [vault] = Object.values(all[made].findResources('AWS::Backup::BackupVault'));
    const { BackupVaultName, LockConfiguration, AccessPolicy } = vault?.Properties ?? {};
    expect(inventory(all[watch]).vault).toEqual({
      name: BackupVaultName,
      minRetentionDays: LockConfiguration.MinRetentionDays,
      maxRetentionDays: LockConfiguration.MaxRetentionDays,
      exceptRole: AccessPolicy.Statement[0].Condition.ArnNotEquals['aws:PrincipalArn'],
    });
  });

  test.each([{}, { breakGlassRole: 'rescue' }])(
    'the vaults that are made with %j have no drift as they are',
    (cloud) => {
      const all = synthesise(cloud);
      for (const [watch, made] of [
        ['Watch', 'Backup'],
        ['ReplicaWatch', 'Replica'],
      ] as const) {
        const [vault] = Object.values(all[made].findResources('AWS::Backup::BackupVault'));
        const { LockConfiguration, AccessPolicy } = vault?.Properties ?? {};
        const found = {
          createdAt: new Date(),
          isLocked: true,
          minRetentionDays: LockConfiguration.MinRetentionDays,
          maxRetentionDays: LockConfiguration.MaxRetentionDays,
          accessPolicy: JSON.stringify(AccessPolicy),
        };
        expect(driftOfVault(inventory(all[watch]).vault, found)).toEqual([]);
      }
    },
  );

  test('it expects of each database what is deployed', () => {
    const [instance] = Object.values(templates.Database.findResources('AWS::RDS::DBInstance')).filter(
      ({ Properties }) => !Properties.DBClusterIdentifier,
    );
    const [cluster] = Object.values(templates.Database.findResources('AWS::RDS::DBCluster'));
    const [ofInstance, ofCluster] = inventory(templates.Watch).databases;
    expect(ofInstance).toMatchObject({
      identifier: instance?.Properties.DBInstanceIdentifier,
      automatedBackupDays: instance?.Properties.BackupRetentionPeriod,
    });
    expect(ofCluster).toMatchObject({
      identifier: cluster?.Properties.DBClusterIdentifier,
      automatedBackupDays: cluster?.Properties.BackupRetentionPeriod,
    });
    const [replicated, copied] = inventory(templates.ReplicaWatch).databases;
    expect(replicated.automatedBackupDays).toBe(instance?.Properties.AutomaticBackupReplicationRetentionPeriod);
    expect(copied).not.toHaveProperty('automatedBackupDays');
  });

  test('an adopted database is watched under its own identifier, and its acknowledged lack of encryption is no drift', () => {
    const { Watch } = synthesise({
      databases: {
        old: { kind: 'adopted', instance: 'legacy', acknowledgeUnencrypted: true },
        older: { kind: 'adopted', cluster: 'legacy-cluster', copyEvery: '24h' },
      },
    });
    const [instance, cluster] = inventory(Watch).databases;
    expect(instance).toMatchObject({ kind: 'instance', arn: arn('rds', 'db:legacy'), isUnencrypted: true });
    expect(cluster).toMatchObject({ kind: 'cluster', arn: arn('rds', 'cluster:legacy-cluster') });
    expect(cluster).not.toHaveProperty('isUnencrypted');
  });

  test('a point is due after the time to the next one, its start window and one slot, in hours', () => {
    const due = (template: Template) =>
      Object.fromEntries(
        inventory(template).databases.map((one: { name: string; due: number }) => [one.name, one.due / 3_600]),
      );
    expect(due(templates.Watch)).toEqual({ main: 3 + 1 + 3, orders: 3 + 1 + 3 });
    expect(due(templates.ReplicaWatch)).toEqual({ main: 3 + 1 + 3, orders: 24 + 1 + 3 });
  });

  test('more databases than a schedule can carry are refused before anything is built', () => {
    const databases = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`database-number-${index}`, main]));
    expect(() => synthesise({ databases })).toThrow(
      /^cloud\.databases: the list of 60 databases does not fit into the sentinel's schedule \(\d+ of 8192 characters\)$/,
    );
  });
});

test('runs every 15 minutes, and is not tried again in between', () => {
  templates.Watch.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(15 minutes)' });
  const [configuration] = Object.values(templates.Watch.findResources('AWS::Lambda::EventInvokeConfig')).filter(
    ({ Properties }) => Properties.MaximumRetryAttempts === 0,
  );
  expect(configuration).toBeDefined();
});

describe('the sentinel may read', () => {
  test.each(places)('the vault of its Region (%s), and no other', async (place) => {
    for (const action of ['ListRecoveryPointsByBackupVault', 'DescribeBackupVault', 'GetBackupVaultAccessPolicy']) {
      const vault = (name: string) =>
        roles[place].may(`backup:${action}`, arn('backup', `backup-vault:${name}`, regionOf[place]));
      expect(await vault(`shop-${place}`)).toBe(true);
      expect(await vault('theirs')).toBe(false);
    }
  });

  test.each(places)('the plans in the primary Region, from both (%s)', async (place) => {
    const primary = { 'aws:RequestedRegion': 'ap-northeast-1' };
    expect(await roles[place].may('backup:ListBackupPlans', '*', primary)).toBe(true);
    expect(await roles[place].may('backup:ListBackupPlans', '*', { 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
    for (const action of ['backup:ListBackupSelections', 'backup:GetBackupSelection']) {
      expect(await roles[place].may(action, arn('backup', 'backup-plan:83fcfe04'), primary)).toBe(true);
    }
  });

  test('the rules of plans from the primary Region, and from no other', async () => {
    const primary = { 'aws:RequestedRegion': 'ap-northeast-1' };
    const read = (place: 'primary' | 'replica', region?: string) =>
      roles[place].may('backup:GetBackupPlan', arn('backup', 'backup-plan:83fcfe04', region), primary);
    expect([await read('primary'), await read('replica'), await read('primary', 'us-east-1')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('the databases of the policy in the primary Region only', async () => {
    expect(await roles.primary.may('rds:DescribeDBInstances', arn('rds', 'db:shop-main'))).toBe(true);
    expect(await roles.primary.may('rds:DescribeDBClusters', arn('rds', 'cluster:shop-orders'))).toBe(true);
    expect(await roles.primary.may('rds:DescribeDBInstances', arn('rds', 'db:theirs'))).toBe(false);
    expect(await roles.replica.may('rds:DescribeDBInstances', arn('rds', 'db:shop-main'))).toBe(false);
  });

  test('replicated automated backups in the replica Region only', async () => {
    const ask = (place: 'primary' | 'replica') =>
      roles[place].may('rds:DescribeDBInstanceAutomatedBackups', arn('rds', 'auto-backup:ab-x', regionOf[place]));
    expect([await ask('primary'), await ask('replica')]).toEqual([false, true]);
  });

  test('copy jobs in its own Region', async () => {
    expect(await roles.primary.may('backup:ListCopyJobs', '*', { 'aws:RequestedRegion': 'ap-northeast-1' })).toBe(true);
    expect(await roles.primary.may('backup:ListCopyJobs', '*', { 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
  });
});

describe.each([
  ['declared', { kind: 'declared', every: '12h' }, `shop-uploads-${account}`],
  ['adopted', { kind: 'adopted', bucket: 'shop-photos', every: '12h' }, 'shop-photos'],
] as const)('with a bucket of uploads that is %s', (_, uploads, bucket) => {
  const cadence = { keep: '20d', copy: { keep: '40d' } } as const;
  let all: Pick<ReturnType<typeof synthesise>, 'Watch' | 'ReplicaWatch'>;
  let selected: { Properties: { BackupSelection: { Resources: string[] } } };
  beforeAll(() => {
    const app = newApp();
    declareCloud(app, 'shop', cloudPolicy({ account, uploads, cadence, drills: false }));
    const assembly = app.synth();
    const templateOf = (name: string) => Template.fromJSON(assembly.getStackByName(`shop-${name}`).template);
    const selections = templateOf('uploads').findResources('AWS::Backup::BackupSelection');
    selected = Object.values(selections)[0] as typeof selected;
    all = { Watch: templateOf('watch'), ReplicaWatch: templateOf('replica-watch') };
  });

  test('both inventories name what the plan of the uploads selects, as often and as long as it is kept there', () => {
    const [hour, day] = [3_600, 86_400];
    const [selectedArn] = selected.Properties.BackupSelection.Resources;
    const shared = { name: 'Uploads', bucket, arn: selectedArn, every: 12 * hour };
    expect(inventory(all.Watch).uploads).toEqual({ ...shared, keep: 20 * day, due: 16 * hour });
    expect(inventory(all.ReplicaWatch).uploads).toEqual({ ...shared, keep: 40 * day, due: 19 * hour });
    for (const stack of [all.Watch, all.ReplicaWatch]) {
      expect(inventory(stack).plans).toEqual(['shop', 'shop-uploads']);
    }
  });

  test('the primary’s sentinel may ask for its versions, and for nothing in it', async () => {
    const role = roleUnderTest(all.Watch, 'Watches the backups');
    const away = roleUnderTest(all.ReplicaWatch, 'Watches the backups');
    expect(await role.may('s3:GetBucketVersioning', `arn:aws:s3:::${bucket}`)).toBe(true);
    expect(await away.may('s3:GetBucketVersioning', `arn:aws:s3:::${bucket}`)).toBe(false);
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion']) {
      expect(await role.may(action, `arn:aws:s3:::${bucket}/photo.jpg`)).toBe(false);
    }
    expect(await role.may('s3:PutBucketVersioning', `arn:aws:s3:::${bucket}`)).toBe(false);
  });
});

describe('with an export of settings', () => {
  const bucket = `shop-settings-${account}`;

  let all: ReturnType<typeof synthesise>;
  beforeAll(() => {
    all = synthesise({ settingsExport: { every: '7d' }, drills: false });
  });

  test('the replica’s inventory names the bucket that the settings stack makes, and when its content is too old', () => {
    expect(inventory(all.ReplicaWatch).settingsExport).toEqual({ bucket, due: (7 * 24 + 1) * 3_600 });
    expect(inventory(all.Watch).settingsExport).toBeUndefined();
    expect(inventory(templates.ReplicaWatch).settingsExport).toBeUndefined();
  });

  test('its sentinel asks when it was last complete, and reads or writes nothing there', async () => {
    const role = roleUnderTest(all.ReplicaWatch, 'Watches the backups');
    const object = (key: string) => `arn:aws:s3:::${bucket}/${key}`;
    expect(await role.may('s3:GetObject', object('latest.json'))).toBe(true);
    expect(await role.may('s3:ListBucket', `arn:aws:s3:::${bucket}`)).toBe(true);
    expect(await role.may('s3:GetObject', object('databases.json'))).toBe(false);
    expect(await role.may('s3:PutObject', object('latest.json'))).toBe(false);
    expect(await role.may('s3:DeleteObject', object('latest.json'))).toBe(false);
    expect(await roles.replica.may('s3:GetObject', object('latest.json'))).toBe(false);
    expect(await role.may('kms:Decrypt', `arn:aws:kms:ap-northeast-3:${account}:key/1`)).toBe(false);
  });
});

describe.each(places)('in the %s Region the sentinel may change nothing', (place) => {
  test('it writes figures of its own namespace only', async () => {
    const put = (namespace: string) =>
      roles[place].may('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': namespace });
    expect([await put('Fukugen'), await put('AWS/Backup')]).toEqual([true, false]);
  });

  test.each([
    ['rds:ModifyDBInstance', 'rds', 'db:shop-main'],
    ['rds:DeleteDBInstance', 'rds', 'db:shop-main'],
    ['rds:DeleteDBSnapshot', 'rds', 'snapshot:awsbackup:job-1'],
    ['rds:ModifyDBCluster', 'rds', 'cluster:shop-orders'],
    ['rds:DeleteDBCluster', 'rds', 'cluster:shop-orders'],
    ['rds:DeleteDBClusterSnapshot', 'rds', 'cluster-snapshot:awsbackup:job-1'],
    ['rds:DeleteDBInstanceAutomatedBackup', 'rds', 'auto-backup:ab-x'],
    ['rds:StopDBInstanceAutomatedBackupsReplication', 'rds', 'db:shop-main'],
    ['backup:DeleteRecoveryPoint', 'rds', 'snapshot:awsbackup:job-1'],
    ['backup:UpdateRecoveryPointLifecycle', 'rds', 'snapshot:awsbackup:job-1'],
    ['backup:DeleteBackupVault', 'backup', 'backup-vault:shop-primary'],
    ['backup:DeleteBackupVaultLockConfiguration', 'backup', 'backup-vault:shop-primary'],
    ['backup:PutBackupVaultAccessPolicy', 'backup', 'backup-vault:shop-primary'],
    ['backup:DeleteBackupVaultAccessPolicy', 'backup', 'backup-vault:shop-primary'],
    ['backup:DeleteBackupPlan', 'backup', 'backup-plan:83fcfe04'],
    ['backup:UpdateBackupPlan', 'backup', 'backup-plan:83fcfe04'],
    ['backup:DeleteBackupSelection', 'backup', 'backup-plan:83fcfe04'],
    ['backup:StartCopyJob', 'rds', 'snapshot:awsbackup:job-1'],
    ['backup:StartRestoreJob', 'rds', 'snapshot:awsbackup:job-1'],
  ])('not even %s', async (action, service, resource) => {
    for (const region of Object.values(regionOf)) {
      const context = { 'aws:RequestedRegion': region, 'cloudwatch:namespace': 'Fukugen' };
      expect(await roles[place].may(action, arn(service, resource, region), context)).toBe(false);
    }
  });
});

test('the names by which the runbooks look for function, schedule and logs are those of the stack', () => {
  const ids = (type: string) => Object.keys(templates.Watch.findResources(type));
  expect(ids('AWS::Lambda::Function')).toContainEqual(expect.stringMatching(/^SentinelFunction/));
  expect(ids('AWS::Events::Rule')).toContainEqual(expect.stringMatching(/^SentinelSchedule/));
  expect(ids('AWS::Logs::LogGroup').sort()).toEqual([
    expect.stringMatching(/^NotifierFunctionLog/),
    expect.stringMatching(/^SentinelFunctionLog/),
  ]);
  expect(ids('AWS::SQS::Queue')).toHaveLength(1);
  expect(Object.keys(templates.Replica.findResources('AWS::KMS::Key'))).toContainEqual(
    expect.stringMatching(/ReplicationKey/),
  );
});
