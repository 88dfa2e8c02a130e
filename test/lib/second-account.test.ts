import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { latestKey } from '../../lambda/exporter/host.ts';
import { declareCloud } from '../../lib/cloud.ts';
import { letsIn, type RoleUnderTest, roleUnderTest } from '../helpers/iam.ts';
import { expectGolden } from './stacks/golden.ts';
import { account, cloudPolicy, everything, newApp, second } from './synthesise.ts';

const [tokyo, osaka] = ['ap-northeast-1', 'ap-northeast-3'];

interface Declared {
  readonly id: string;
  readonly template: Template;
  readonly account: string;
  readonly region: string;
  /** Names of the stacks that have to be there first. */
  readonly after: readonly string[];
}

function declare(cloud: Parameters<typeof cloudPolicy>[0] = everything): Record<string, Declared> {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy(cloud));
  // With the security rules and our own checks, which find nothing.
  const stacks = app.synth().stacks.map((stack) => [
    stack.stackName,
    {
      id: stack.id,
      template: Template.fromJSON(stack.template),
      account: stack.environment.account,
      region: stack.environment.region,
      after: (app.node.findChild(stack.id) as Stack).dependencies.map(({ stackName }) => stackName),
    },
  ]);
  return Object.fromEntries(stacks);
}

let stacks: Record<string, Declared>;
/** The same in one account. */
let alone: Record<string, Declared>;
beforeAll(() => {
  stacks = declare();
  alone = declare({ ...everything, replica: {} });
});
const of = (name: string) => (stacks[name] as Declared).template;
const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const keyOf = (template: Template, described: string) =>
  propertiesOf(template, 'AWS::KMS::Key').find(({ Description }) => Description.includes(described))?.KeyPolicy;
const role = (name: string, owner = account) => `arn:aws:iam::${owner}:role/${name}`;

test('what receives copies and watches them is in the second account, all else in the account of the databases', () => {
  const places = Object.entries(stacks).map(([name, { account, region }]) => [name, account, region]);
  expect(places.sort()).toEqual([
    ['shop-backup', account, tokyo],
    ['shop-database', account, tokyo],
    ['shop-database-replica', account, osaka],
    ['shop-drill', account, tokyo],
    ['shop-replica', second, osaka],
    ['shop-replica-drill', second, osaka],
    ['shop-replica-watch', second, osaka],
    ['shop-secrets', account, tokyo],
    ['shop-settings', account, osaka],
    ['shop-uploads', account, tokyo],
    ['shop-watch', account, tokyo],
  ]);
});

test('the stacks of the second account are those that `cdk deploy` takes by Replica*, and no other', () => {
  for (const { id, account: owner } of Object.values(stacks)) {
    expect([id, owner]).toEqual([id, id.startsWith('Replica') ? second : account]);
  }
});

test('the stack that the account of the databases keeps in the replica Region is the one that was reviewed', () => {
  expectGolden('database-replica', of('shop-database-replica'));
});

test('in one account there is no such split', () => {
  expect(Object.keys(alone)).not.toContain('shop-database-replica');
});

test('vault before plan, keys before what is replicated, and the watcher of the copies last', () => {
  expect(stacks['shop-backup']?.after).toEqual(expect.arrayContaining(['shop-replica', 'shop-database']));
  expect(stacks['shop-database']?.after).toEqual(['shop-database-replica']);
  expect(stacks['shop-secrets']?.after).toEqual(['shop-database-replica']);
  expect(stacks['shop-replica-watch']?.after).toEqual(
    expect.arrayContaining(['shop-replica', 'shop-database-replica', 'shop-settings']),
  );
});

test('no stack reads anything of a stack in another account', () => {
  const read = Object.entries(stacks).flatMap(([name, { template, account }]) =>
    [...JSON.stringify(template.toJSON()).matchAll(/"Fn::GetStackOutput":\{"StackName":"([^"]+)"/g)].map(([, from]) => [
      name,
      account,
      from,
      stacks[from as string]?.account,
    ]),
  );
  expect(read.length).toBeGreaterThan(0);
  for (const one of read) expect(one).toEqual([expect.anything(), account, 'shop-database-replica', account]);
});

test('every copy goes to the vault of the second account', () => {
  const targets = ['shop-backup', 'shop-uploads'].flatMap((name) =>
    propertiesOf(of(name), 'AWS::Backup::BackupPlan').flatMap(({ BackupPlan }) =>
      BackupPlan.BackupPlanRule.flatMap(({ CopyActions = [] }) =>
        CopyActions.map((copy: { DestinationBackupVaultArn: string }) => copy.DestinationBackupVaultArn),
      ),
    ),
  );
  expect(new Set(targets)).toEqual(new Set([`arn:aws:backup:${osaka}:${second}:backup-vault:shop-replica`]));
});

test('keys and parameter groups are where a restore of theirs takes place', () => {
  const has = (name: string) => {
    const template = of(name);
    return {
      keys: propertiesOf(template, 'AWS::KMS::Alias').map(({ AliasName }) => AliasName),
      groups: ['Parameter', 'ClusterParameter'].map(
        (kind) => propertiesOf(template, `AWS::RDS::DB${kind}Group`).length,
      ),
    };
  };
  expect(has('shop-replica')).toEqual({ keys: ['alias/shop-replica-vault'], groups: [1, 1] });
  // Automated backups of instances only are replicated.
  expect(has('shop-database-replica')).toEqual({
    keys: ['alias/shop-replication', 'alias/shop-secrets'],
    groups: [1, 0],
  });
});

describe('the vault of the second account', () => {
  const vault = { arn: `arn:aws:backup:${osaka}:${second}:backup-vault:shop-replica`, account: second };
  const lets = (principal: string, action: string) =>
    letsIn(propertiesOf(of('shop-replica'), 'AWS::Backup::BackupVault')[0]?.AccessPolicy, {
      principal,
      action: `backup:${action}`,
      resource: vault,
    });

  test.each([
    [true, role('shop-backup')],
    [true, role('shop-uploads-backup')],
    [false, role('admin')],
    [false, role('shop-backup', '777788889999')],
  ])('takes copies (%s) from %s', async (taken, principal) => {
    expect(await lets(principal, 'CopyIntoBackupVault')).toBe(taken);
  });

  test.each(['DeleteRecoveryPoint', 'PutBackupVaultAccessPolicy', 'DeleteBackupVaultLockConfiguration'])(
    'lets nobody of the other account do %s, and here only the break-glass role of this one',
    async (action) => {
      for (const principal of [role('shop-backup'), role('admin'), role('rescue'), role('admin', second)]) {
        expect([principal, await lets(principal, action)]).toEqual([principal, false]);
      }
      expect(await lets(role('rescue', second), action)).toBe(true);
    },
  );
});

describe('the key of a database', () => {
  const copier = `arn:aws:iam::${second}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup`;
  const arn = `arn:aws:kms:${tokyo}:${account}:key/1`;
  const lets = (principal: string, action: string, context: Record<string, string> = {}) =>
    letsIn(keyOf(of('shop-database'), 'Encrypts shop-main'), {
      principal,
      action: `kms:${action}`,
      resource: { arn, account },
      context,
    });

  test.each(['DescribeKey', 'ReEncryptFrom', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKey', 'Decrypt'])(
    'lets AWS Backup of the second account do %s, and no third one',
    async (action) => {
      expect(await lets(copier, action)).toBe(true);
      expect(await lets(copier.replace(second, '777788889999'), action)).toBe(false);
    },
  );

  test('lets it take grants for AWS, and none for people', async () => {
    expect(await lets(copier, 'CreateGrant', { 'kms:GrantIsForAWSResource': 'true' })).toBe(true);
    expect(await lets(copier, 'CreateGrant', { 'kms:GrantIsForAWSResource': 'false' })).toBe(false);
    expect(await lets(copier, 'CreateGrant')).toBe(false);
  });

  test.each(['RevokeGrant', 'DisableKey', 'ScheduleKeyDeletion', 'PutKeyPolicy'])(
    'lets nobody there do %s, which would end the database',
    async (action) => {
      const context = { 'kms:GrantIsForAWSResource': 'true' };
      for (const principal of [copier, role('rescue', second)])
        expect(await lets(principal, action, context)).toBe(false);
    },
  );

  test('is shared for a cluster too, and in one account with nobody', () => {
    const isShared = (declared: Template, described: string) =>
      JSON.stringify(keyOf(declared, described)).includes('CopiesTakeGrants');
    expect(isShared(of('shop-database'), 'Encrypts shop-orders')).toBe(true);
    expect(isShared((alone['shop-database'] as Declared).template, 'Encrypts shop-main')).toBe(false);
  });
});

test('the key of the vault in the primary Region is shared only where uploads are copied: those are read with it', () => {
  const { uploads, ...databasesOnly } = everything;
  const statements = (declared: Record<string, Declared>) =>
    keyOf((declared['shop-backup'] as Declared).template, 'vault shop-primary').Statement.map(
      ({ Sid }: { Sid?: string }) => Sid,
    );
  expect(statements(stacks)).toContain('CopiesReadWithThisKey');
  expect(statements(declare(databasesOnly))).not.toContain('CopiesReadWithThisKey');
});

describe('the reader', () => {
  const trust = (stack: string, principal: string) => {
    const owner = (stacks[stack] as Declared).account;
    const [found] = propertiesOf(of(stack), 'AWS::IAM::Role').filter(({ RoleName }) => RoleName === 'shop-reader');
    return letsIn(found?.AssumeRolePolicyDocument, {
      principal,
      action: 'sts:AssumeRole',
      resource: { arn: role('shop-reader', owner), account: owner },
    });
  };

  test('in each account is for the watchers of the other, by name', async () => {
    expect(await trust('shop-database-replica', role('shop-sentinel', second))).toBe(true);
    expect(await trust('shop-database-replica', role('shop-notifier', second))).toBe(true);
    expect(await trust('shop-database-replica', role('admin', second))).toBe(false);
    expect(await trust('shop-replica', role('shop-notifier'))).toBe(true);
    expect(await trust('shop-replica', role('shop-sentinel'))).toBe(false);
    expect(await trust('shop-replica', role('admin'))).toBe(false);
  });

  test('of the databases’ account reads what the sentinel asks for, and nothing else', async () => {
    const reader = roleUnderTest(of('shop-database-replica'), 'Lets account');
    const there = { 'aws:RequestedRegion': tokyo as string };
    const rds = (resource: string, region = osaka) => `arn:aws:rds:${region}:${account}:${resource}`;
    for (const [action, resource, context] of [
      ['backup:ListBackupPlans', '*', there],
      ['backup:GetBackupSelection', `arn:aws:backup:${tokyo}:${account}:backup-plan:1`, there],
      ['backup:ListRecoveryPointsByBackupVault', `arn:aws:backup:${tokyo}:${account}:backup-vault:shop-primary`, {}],
      ['rds:DescribeDBInstanceAutomatedBackups', rds('db:shop-main'), {}],
      ['rds:DescribeDBInstanceAutomatedBackups', rds('auto-backup:ab-1'), {}],
      ['s3:GetObject', `arn:aws:s3:::shop-settings-${account}/${latestKey}`, {}],
    ] as const) {
      expect([action, await reader.may(action, resource, context)]).toEqual([action, true]);
    }
    for (const [action, resource] of [
      ['backup:StartRestoreJob', rds('snapshot:awsbackup:1', tokyo)],
      ['backup:StartCopyJob', rds('snapshot:awsbackup:1', tokyo)],
      ['rds:ModifyDBInstance', rds('db:shop-main', tokyo)],
      ['rds:CopyDBSnapshot', rds('snapshot:awsbackup:1', tokyo)],
      ['s3:GetObject', `arn:aws:s3:::shop-uploads-${account}/passport.jpg`],
      ['s3:GetObject', `arn:aws:s3:::shop-settings-${account}/functions.json`],
      ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${osaka}:${account}:secret:shop/session-AbCdEf`],
      ['kms:Decrypt', `arn:aws:kms:${osaka}:${account}:key/1`],
    ] as const) {
      expect([action, await reader.may(action, resource)]).toEqual([action, false]);
    }
  });

  test('of the second account lists the copies, and that is all', async () => {
    const reader = roleUnderTest(of('shop-replica'), 'Lets account', second);
    const vault = `arn:aws:backup:${osaka}:${second}:backup-vault:shop-replica`;
    expect(await reader.may('backup:ListRecoveryPointsByBackupVault', vault)).toBe(true);
    for (const action of ['backup:DescribeBackupVault', 'backup:StartCopyJob', 'backup:PutBackupVaultAccessPolicy']) {
      expect(await reader.may(action, vault)).toBe(false);
    }
  });
});

test('the drill of the second account looks for copies of the first one’s databases', () => {
  const accounts = propertiesOf(of('shop-replica-drill'), 'AWS::Lambda::Function').flatMap(
    ({ Environment }) => Environment?.Variables.ACCOUNT ?? [],
  );
  expect(accounts.length).toBeGreaterThan(0);
  expect(new Set(accounts)).toEqual(new Set([account]));
});

describe('the watchers', () => {
  const watcher = (stack: string, described: string) =>
    roleUnderTest(of(stack), described, (stacks[stack] as Declared).account);

  test('of the second account are known by name, and may take the reader of the other one', async () => {
    const names = propertiesOf(of('shop-replica-watch'), 'AWS::IAM::Role').map(({ RoleName }) => RoleName);
    expect(names.filter(Boolean).sort()).toEqual(['shop-notifier', 'shop-sentinel']);
    for (const described of ['Watches the backups', 'Tells people']) {
      const own: RoleUnderTest = watcher('shop-replica-watch', described);
      expect(await own.may('sts:AssumeRole', role('shop-reader'))).toBe(true);
      expect(await own.may('sts:AssumeRole', role('shop-backup'))).toBe(false);
      const list = 'backup:ListRecoveryPointsByBackupVault';
      expect(await own.may(list, `arn:aws:backup:${osaka}:${second}:backup-vault:shop-replica`)).toBe(true);
      expect(await own.may(list, `arn:aws:backup:${tokyo}:${second}:backup-vault:shop-primary`)).toBe(false);
    }
  });

  test('of the account of the databases: the notifier reads the copies as the reader, the sentinel has no need to', async () => {
    const reader = role('shop-reader', second);
    expect(await watcher('shop-watch', 'Tells people').may('sts:AssumeRole', reader)).toBe(true);
    expect(await watcher('shop-watch', 'Watches the backups').may('sts:AssumeRole', reader)).toBe(false);
  });

  test('in the second account look for the databases, the uploads and the export of the first', () => {
    const schedule = propertiesOf(of('shop-replica-watch'), 'AWS::Events::Rule').find(
      ({ ScheduleExpression }) => ScheduleExpression,
    );
    const inventory = JSON.parse(schedule?.Targets[0].Input);
    expect(inventory).toMatchObject({
      reader: role('shop-reader'),
      vault: { exceptRole: role('rescue', second) },
      uploads: { bucket: `shop-uploads-${account}` },
      settingsExport: { bucket: `shop-settings-${account}` },
    });
    for (const { arn } of inventory.databases) expect(arn.split(':')[4]).toBe(account);
    const [notifier] = propertiesOf(of('shop-replica-watch'), 'AWS::Lambda::Function').filter(
      ({ Environment }) => Environment?.Variables.NOTIFIER,
    );
    expect(JSON.stringify(notifier)).toContain(`arn:aws:rds:${tokyo}:${account}`);
  });

  test('hear of copy jobs in their own account, and tell of them there', () => {
    for (const stack of ['shop-watch', 'shop-replica-watch']) {
      const rules = propertiesOf(of(stack), 'AWS::Events::Rule').filter(({ EventPattern }) =>
        EventPattern?.['detail-type'].includes('Copy Job State Change'),
      );
      expect(rules.map(({ Targets }) => JSON.stringify(Targets[0].Arn))).toEqual([
        expect.stringContaining('NotifierFunction'),
      ]);
    }
  });
});
