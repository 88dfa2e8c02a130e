import { runSimulation } from '@cloud-copilot/iam-simulate';
import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { account, main, synthesise } from '../synthesise.ts';

const members = { kind: 'adopted', instance: 'members-prod' } as const;
const carts = { kind: 'adopted', cluster: 'carts-prod', copyEvery: '24h' } as const;

function adopted(databases: Parameters<typeof synthesise>[0] = { databases: { members, carts } }): Template {
  return synthesise(databases).Database;
}

const propertiesOf = (template: Template) =>
  Object.values(template.findResources('Custom::AdoptedDatabase')).map(({ Properties }) => {
    const { ServiceToken, ...own } = Properties;
    return own;
  });

test('hands the policy of each to the adopter, and the key of the other Region only where it replicates', () => {
  const [instance, cluster] = propertiesOf(adopted());
  expect(instance).toEqual({
    Kind: 'instance',
    Identifier: 'members-prod',
    RetentionDays: 15,
    BackupWindow: '16:15-16:45',
    MaintenanceWindow: 'sun:17:15-sun:17:45',
    AllowOutage: false,
    AcknowledgeUnencrypted: false,
    ReplicationRegion: 'ap-northeast-3',
    ReplicationKeyArn: { 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'shop-replica' }) },
  });
  expect(cluster).toEqual(expect.not.objectContaining({ ReplicationRegion: expect.anything() }));
  const [alone] = propertiesOf(adopted({ databases: { members: { ...members, replicateAutomatedBackups: false } } }));
  expect(alone).toEqual(expect.not.objectContaining({ ReplicationRegion: expect.anything() }));
});

test('reports as outputs what was changed and what was kept', () => {
  expect(Object.keys(adopted().findOutputs('*'))).toEqual([
    expect.stringMatching(/^AdoptedmembersChanges/),
    expect.stringMatching(/^AdoptedmembersKept/),
    expect.stringMatching(/^AdoptedcartsChanges/),
    expect.stringMatching(/^AdoptedcartsKept/),
  ]);
});

test('needs no network, no key and no parameter group: those are the owner’s', () => {
  const { Database, Replica } = synthesise({ databases: { members } });
  for (const type of ['AWS::EC2::VPC', 'AWS::KMS::Key', 'AWS::RDS::DBInstance', 'AWS::RDS::DBParameterGroup']) {
    Database.resourceCountIs(type, 0);
  }
  Replica.resourceCountIs('AWS::RDS::DBParameterGroup', 0);
});

test('is in the plan by its own ARN, a cluster with the opt-in that Aurora needs', () => {
  const { Backup, Replica } = synthesise({ databases: { main, members, carts } });
  const selected = Object.values(Backup.findResources('AWS::Backup::BackupSelection')).flatMap(
    ({ Properties }) => Properties.BackupSelection.Resources,
  );
  expect(selected).toEqual([
    `arn:aws:rds:ap-northeast-1:${account}:db:shop-main`,
    `arn:aws:rds:ap-northeast-1:${account}:db:members-prod`,
    `arn:aws:rds:ap-northeast-1:${account}:cluster:carts-prod`,
  ]);
  for (const template of [Backup, Replica]) template.resourceCountIs('Custom::BackupOptIn', 1);
});

test('hands on the key that the policy names, and lets the adopter ask whose it is', () => {
  const key = `arn:aws:kms:ap-northeast-1:${account}:key/own`;
  const template = adopted({ databases: { carts: { ...carts, key } } });
  expect(propertiesOf(template)).toEqual([expect.objectContaining({ KeyArn: key })]);
  const asked = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    Properties.PolicyDocument.Statement.filter(({ Action }: { Action: unknown }) => Action === 'kms:DescribeKey'),
  );
  expect(asked).toEqual(Array(2).fill({ Action: 'kms:DescribeKey', Effect: 'Allow', Resource: key }));
  expect(propertiesOf(adopted({ databases: { carts } }))).toEqual([expect.not.objectContaining({ KeyArn: key })]);
});

/** What the two functions of the adopter may do, the reference to the key replaced by one. */
const keyArn = `arn:aws:kms:ap-northeast-3:${account}:key/1`;

function policiesOf(template: Template): { name: string; policy: unknown }[] {
  const handlers = Object.values(template.findResources('AWS::Lambda::Function')).filter(({ Properties }) =>
    /^index\.(onEvent|isComplete)$/.test(Properties.Handler),
  );
  const roles = new Set(handlers.map(({ Properties }) => Properties.Role['Fn::GetAtt'][0]));
  expect(roles.size).toBe(2);
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, { Properties }]) => roles.has(Properties.Roles[0].Ref))
    .map(([name, { Properties }]) => {
      const text = JSON.stringify(Properties.PolicyDocument)
        .replaceAll(/\{"Fn::GetStackOutput":\{[^}]*\}\}/g, JSON.stringify(keyArn))
        .replaceAll(
          /\{"Fn::GetAtt":\["[^"]*Log[^"]*","Arn"\]\}/g,
          JSON.stringify(`arn:aws:logs:x:${account}:log-group:x:*`),
        );
      return { name, policy: JSON.parse(text) };
    });
}

const rds = (resource: string, region = 'ap-northeast-1') => `arn:aws:rds:${region}:${account}:${resource}`;

const requests: [allowed: boolean, action: string, resource: string, context?: Record<string, string>][] = [
  [true, 'rds:ModifyDBInstance', rds('db:members-prod')],
  [true, 'rds:DescribeDBInstances', rds('db:members-prod')],
  [true, 'rds:ModifyDBCluster', rds('cluster:carts-prod')],
  [true, 'rds:DescribeDBClusters', rds('cluster:carts-prod')],
  [true, 'rds:StartDBInstanceAutomatedBackupsReplication', rds('db:members-prod')],
  [true, 'rds:StartDBInstanceAutomatedBackupsReplication', rds('auto-backup:ab-1', 'ap-northeast-3')],
  [true, 'rds:DescribeDBInstanceAutomatedBackups', rds('auto-backup:ab-1', 'ap-northeast-3')],
  [true, 'kms:CreateGrant', keyArn, { 'kms:ViaService': 'rds.ap-northeast-3.amazonaws.com' }],
  // Other databases, declared ones among them.
  [false, 'rds:ModifyDBInstance', rds('db:members-prod-2')],
  [false, 'rds:ModifyDBInstance', rds('db:shop-main')],
  [false, 'rds:ModifyDBInstance', rds('db:members-prod', 'ap-northeast-3')],
  [false, 'rds:ModifyDBCluster', rds('cluster:carts')],
  [false, 'rds:StartDBInstanceAutomatedBackupsReplication', rds('db:shop-main')],
  // What would lower a protection, even of the adopted ones.
  [false, 'rds:StopDBInstanceAutomatedBackupsReplication', rds('db:members-prod')],
  [false, 'rds:DeleteDBInstance', rds('db:members-prod')],
  [false, 'rds:DeleteDBCluster', rds('cluster:carts-prod')],
  [false, 'rds:DeleteDBInstanceAutomatedBackup', rds('auto-backup:ab-1', 'ap-northeast-3')],
  [false, 'rds:DeleteDBSnapshot', rds('snapshot:awsbackup:job-1')],
  [false, 'backup:DeleteRecoveryPoint', rds('snapshot:awsbackup:job-1')],
  [false, 'rds:RebootDBInstance', rds('db:members-prod')],
  // The key through anything but RDS, and any other key.
  [false, 'kms:CreateGrant', keyArn, { 'kms:ViaService': 'ec2.ap-northeast-3.amazonaws.com' }],
  [false, 'kms:CreateGrant', `arn:aws:kms:ap-northeast-3:${account}:key/2`],
  [false, 'kms:Decrypt', keyArn],
];

test('may change the adopted databases, and nothing else, nor lower a protection in another way', async () => {
  const identityPolicies = policiesOf(adopted({ databases: { main, members, carts } }));
  for (const [allowed, action, resource, contextVariables = {}] of requests) {
    const result = await runSimulation(
      {
        request: {
          principal: `arn:aws:iam::${account}:role/adopter`,
          action,
          resource: { resource, accountId: account },
          contextVariables,
        },
        identityPolicies,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        // The root statement of the key's own policy, which leaves it to IAM.
        ...(action.startsWith('kms:') && {
          resourcePolicy: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
            ],
          },
        }),
      },
      {},
    );
    const outcome = result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult;
    expect([action, resource, outcome]).toEqual([action, resource, allowed ? 'Allowed' : 'ImplicitlyDenied']);
  }
});
