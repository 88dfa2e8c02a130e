import { expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DatabaseInstance, type Replication } from '../../../lib/constructs/database-instance.ts';
import { Network } from '../../../lib/constructs/network.ts';
import { type DatabaseInput, databasePolicy, newStack } from '../synthesise.ts';

type InstanceInput = Partial<Extract<DatabaseInput, { kind: 'instance' }>>;

function database(input: InstanceInput = {}, replication?: Replication): Template {
  const stack = newStack();
  new DatabaseInstance(stack, 'Database', {
    identifier: 'shop-main',
    policy: databasePolicy({ kind: 'instance', engineVersion: '17.6', ...input }),
    windows: { backup: '16:15-16:45', maintenance: 'sun:17:15-sun:17:45' },
    vpc: new Network(stack, 'Network').vpc,
    replication,
  });
  return Template.fromStack(stack);
}

const type = 'AWS::RDS::DBInstance';

test('cannot be deleted by a deploy, a replacement or a deleted stack', () => {
  database().hasResource(type, {
    Properties: { DeletionProtection: true, DeleteAutomatedBackups: false, DBInstanceIdentifier: 'shop-main' },
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});

test('keeps automated backups for the days of the policy, rounded up', () => {
  database().hasResourceProperties(type, { BackupRetentionPeriod: 14 });
  database({ automatedBackupRetention: '180h' }).hasResourceProperties(type, { BackupRetentionPeriod: 8 });
});

test('replicates its automated backups where it is told, for as long as it keeps them itself', () => {
  const keyArn = 'arn:aws:kms:ap-northeast-3:111122223333:key/1';
  database({ automatedBackupRetention: '180h' }, { region: 'ap-northeast-3', keyArn }).hasResourceProperties(type, {
    AutomaticBackupReplicationRegion: 'ap-northeast-3',
    AutomaticBackupReplicationKmsKeyId: keyArn,
    AutomaticBackupReplicationRetentionPeriod: 8,
  });
  database().hasResourceProperties(type, { AutomaticBackupReplicationRegion: Match.absent() });
});

test('takes the windows that were placed', () => {
  database().hasResourceProperties(type, {
    PreferredBackupWindow: '16:15-16:45',
    PreferredMaintenanceWindow: 'sun:17:15-sun:17:45',
  });
});

test('is encrypted with a key of its own that rotates and outlives the stack', () => {
  const template = database();
  const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
  template.hasResourceProperties(type, { StorageEncrypted: true, KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] } });
  template.hasResource('AWS::KMS::Key', {
    Properties: { EnableKeyRotation: true },
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});

test('leaves the master password to RDS', () => {
  const template = database();
  template.hasResourceProperties(type, { ManageMasterUserPassword: true, MasterUserPassword: Match.absent() });
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
});

test('accepts TLS only, from members of one security group only', () => {
  const template = database();
  const [clients] = Object.keys(
    template.findResources('AWS::EC2::SecurityGroup', {
      Properties: { GroupDescription: Match.stringLikeRegexp('Members') },
    }),
  );
  template.hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: { 'rds.force_ssl': '1' } });
  template.hasResourceProperties(type, { PubliclyAccessible: false, EnableIAMDatabaseAuthentication: true });
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    SourceSecurityGroupId: { 'Fn::GetAtt': [clients, 'GroupId'] },
  });
});

test.each([
  ['100GiB', '100'],
  ['100GB', '94'],
] as const)('turns a storage of %s into %s GiB of gp3', (storage, gibibytes) => {
  database({ storage }).hasResourceProperties(type, { AllocatedStorage: gibibytes, StorageType: 'gp3' });
});

test('takes engine, class and Multi-AZ from the policy', () => {
  database({ engineVersion: '16.10', instanceClass: 'db.r7g.large', multiAz: true }).hasResourceProperties(type, {
    Engine: 'postgres',
    EngineVersion: '16.10',
    DBInstanceClass: 'db.r7g.large',
    MultiAZ: true,
    AutoMinorVersionUpgrade: true,
    CopyTagsToSnapshot: true,
  });
});

test('sends its log to a group that exists before it and does not grow for ever', () => {
  const template = database();
  const logGroups = template.findResources('AWS::Logs::LogGroup', {
    Properties: { LogGroupName: '/aws/rds/instance/shop-main/postgresql', RetentionInDays: 90 },
  });
  expect(Object.keys(logGroups)).toHaveLength(1);
  template.hasResource(type, {
    Properties: { EnableCloudwatchLogsExports: ['postgresql'] },
    DependsOn: Object.keys(logGroups),
  });
});
