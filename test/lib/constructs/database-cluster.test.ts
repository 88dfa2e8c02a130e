import { expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DatabaseCluster } from '../../../lib/constructs/database-cluster.ts';
import { Network } from '../../../lib/constructs/network.ts';
import { type DatabaseInput, databasePolicy, newStack } from '../synthesise.ts';

type ClusterInput = Partial<Extract<DatabaseInput, { kind: 'cluster' }>>;

function database(input: ClusterInput = {}): Template {
  const stack = newStack();
  new DatabaseCluster(stack, 'Database', {
    identifier: 'shop-orders',
    policy: databasePolicy({ kind: 'cluster', engineVersion: '17.5', ...input }),
    windows: { backup: '16:15-16:45', maintenance: 'sun:17:15-sun:17:45' },
    vpc: new Network(stack, 'Network').vpc,
  });
  return Template.fromStack(stack);
}

const cluster = 'AWS::RDS::DBCluster';
const instance = 'AWS::RDS::DBInstance';

test('cannot be deleted by a deploy, a replacement or a deleted stack, and its instances stay with it', () => {
  const template = database({ readers: 1 });
  template.hasResource(cluster, {
    Properties: { DeletionProtection: true, DeleteAutomatedBackups: false, DBClusterIdentifier: 'shop-orders' },
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
  template.allResources(instance, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});

test('keeps automated backups for 15 days, or as the policy says', () => {
  database().hasResourceProperties(cluster, { BackupRetentionPeriod: 15 });
  database({ automatedBackupRetention: '21d' }).hasResourceProperties(cluster, { BackupRetentionPeriod: 21 });
});

test('takes the windows that were placed', () => {
  database().hasResourceProperties(cluster, {
    PreferredBackupWindow: '16:15-16:45',
    PreferredMaintenanceWindow: 'sun:17:15-sun:17:45',
  });
});

test('is encrypted with a key of its own, and its snapshots carry its tags', () => {
  const template = database();
  const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
  template.hasResourceProperties(cluster, {
    StorageEncrypted: true,
    KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] },
    CopyTagsToSnapshot: true,
  });
});

test('leaves the master password to RDS', () => {
  const template = database();
  template.hasResourceProperties(cluster, {
    MasterUsername: 'postgres',
    ManageMasterUserPassword: true,
    MasterUserPassword: Match.absent(),
  });
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
});

test('accepts TLS only, from members of one security group only, by IAM too', () => {
  const template = database();
  const [parameters] = Object.keys(template.findResources('AWS::RDS::DBClusterParameterGroup'));
  template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', { Parameters: { 'rds.force_ssl': '1' } });
  template.hasResourceProperties(cluster, {
    DBClusterParameterGroupName: { Ref: parameters },
    EnableIAMDatabaseAuthentication: true,
  });
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  template.allResourcesProperties(instance, { PubliclyAccessible: false });
});

test('scales one serverless writer from 0.5 to 4 units by default', () => {
  const template = database();
  template.hasResourceProperties(cluster, {
    Engine: 'aurora-postgresql',
    EngineVersion: '17.5',
    ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 4 },
  });
  template.resourcePropertiesCountIs(instance, { DBInstanceClass: 'db.serverless' }, 1);
});

test('scales as the policy says, and gives every reader a name of its own', () => {
  const template = database({ capacity: { min: 2, max: 16 }, readers: 2 });
  template.hasResourceProperties(cluster, { ServerlessV2ScalingConfiguration: { MinCapacity: 2, MaxCapacity: 16 } });
  const instances = Object.values(template.findResources(instance)).map(({ Properties }) => [
    Properties.DBInstanceIdentifier,
    Properties.DBInstanceClass,
    Properties.AutoMinorVersionUpgrade,
  ]);
  expect(instances).toEqual([
    ['shop-orders-1', 'db.serverless', true],
    ['shop-orders-2', 'db.serverless', true],
    ['shop-orders-3', 'db.serverless', true],
  ]);
});

test('has provisioned instances of the class that the policy names', () => {
  const template = database({ instanceClass: 'db.r7g.large', readers: 1 });
  template.resourcePropertiesCountIs(instance, { DBInstanceClass: 'db.r7g.large' }, 2);
  template.hasResourceProperties(cluster, { ServerlessV2ScalingConfiguration: Match.absent() });
});

test('sends its log to a group that exists before it and does not grow for ever', () => {
  const template = database();
  const [log] = Object.keys(
    template.findResources('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/rds/cluster/shop-orders/postgresql', RetentionInDays: 90 },
    }),
  );
  expect(log).toBeDefined();
  template.hasResource(cluster, {
    Properties: { EnableCloudwatchLogsExports: ['postgresql'] },
    DependsOn: Match.arrayWith([log]),
  });
});
