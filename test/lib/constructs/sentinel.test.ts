import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { driftOfVault } from '../../../lambda/sentinel/drift.ts';
import { type RoleUnderTest, roleUnderTest } from '../../helpers/iam.ts';
import { account, main, orders, synthesise } from '../synthesise.ts';

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
