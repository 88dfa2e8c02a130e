import { beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { declareCloud } from '../../../lib/cloud.ts';
import { everyRole, type RoleUnderTest, roleUnderTest } from '../../helpers/iam.ts';
import { account, cloudPolicy, main, newApp, orders } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

const places = {
  primary: { stack: 'shop-drill', region: 'ap-northeast-1' },
  replica: { stack: 'shop-replica-drill', region: 'ap-northeast-3' },
} as const;
type PlaceName = keyof typeof places;
const both = Object.keys(places) as PlaceName[];

type CloudInput = NonNullable<Parameters<typeof cloudPolicy>[0]>;

function synthesiseDrills(cloud: CloudInput = {}): Record<PlaceName, Template> {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ account, databases: { main, orders }, ...cloud }));
  const assembly = app.synth();
  const template = (place: PlaceName) => Template.fromJSON(assembly.getStackByName(places[place].stack).template);
  return { primary: template('primary'), replica: template('replica') };
}

let templates: Record<PlaceName, Template>;
beforeAll(() => {
  templates = synthesiseDrills();
});

const resources = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

test('states and permissions of the drill are those that were reviewed', () => {
  const reviewed = /^AWS::(IAM|KMS|StepFunctions|Scheduler|Events)::|BucketPolicy$/;
  const { Resources } = templates.primary.toJSON();
  const kept = Object.entries(Resources as Record<string, { Type: string }>).filter(([, { Type }]) =>
    reviewed.test(Type),
  );
  expectGolden('drill-permissions', Template.fromJSON({ Resources: Object.fromEntries(kept) }));
});

test('there are none where the policy switches them off', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ drills: false }));
  expect(['Drill', 'ReplicaDrill'].map((id) => app.node.tryFindChild(id))).toEqual([undefined, undefined]);
});

test('what is kept in the primary Region is in the replica Region too, deletions left out', () => {
  const [bucket] = resources(templates.primary, 'AWS::S3::Bucket');
  const rules = bucket?.ReplicationConfiguration.Rules as { Filter: { Prefix: string } }[];
  expect(rules.map(({ Filter }) => Filter.Prefix)).toEqual(['evidence/', 'fingerprints/', 'baselines/', 'reports/']);
  for (const rule of rules) {
    expect(rule).toMatchObject({
      Status: 'Enabled',
      DeleteMarkerReplication: { Status: 'Disabled' },
      SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
      Destination: {
        Bucket: `arn:aws:s3:::shop-evidence-${account}-ap-northeast-3`,
        EncryptionConfiguration: { ReplicaKmsKeyID: `arn:aws:kms:ap-northeast-3:${account}:alias/shop-evidence` },
      },
    });
  }
});

describe.each(both)('in the %s Region', (place) => {
  const { region } = places[place];
  let template: Template;
  beforeAll(() => {
    template = templates[place];
  });

  test('the network has no way in or out', () => {
    for (const type of [
      'InternetGateway',
      'NatGateway',
      'VPCEndpoint',
      'VPCPeeringConnection',
      'TransitGatewayAttachment',
      'Route',
      'EgressOnlyInternetGateway',
      'VPNGateway',
    ]) {
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
    expect(resources(template, 'AWS::EC2::Subnet').map(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch)).toEqual([
      false,
      false,
    ]);
  });

  test('one door leads from the checker to the scratch databases, and none from them', () => {
    const [checker, scratch] = ['Looks into', 'Holds'].map((text) =>
      Object.entries(template.findResources('AWS::EC2::SecurityGroup')).find(([, { Properties }]) =>
        Properties.GroupDescription.startsWith(text),
      ),
    );
    const id = (group: typeof checker) => ({ 'Fn::GetAtt': [group?.[0], 'GroupId'] });
    const door = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 };
    expect(resources(template, 'AWS::EC2::SecurityGroupIngress')).toEqual([
      expect.objectContaining({ ...door, GroupId: id(scratch), SourceSecurityGroupId: id(checker) }),
    ]);
    expect(resources(template, 'AWS::EC2::SecurityGroupEgress')).toEqual([
      expect.objectContaining({ ...door, GroupId: id(checker), DestinationSecurityGroupId: id(scratch) }),
    ]);
    expect(checker?.[1].Properties.SecurityGroupIngress).toBeUndefined();
    expect(scratch?.[1].Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }),
    ]);
    expect(scratch?.[1].Properties.SecurityGroupIngress).toBeUndefined();
  });

  test('only the checker is in the network, and it knows nothing of AWS', () => {
    const functions = resources(template, 'AWS::Lambda::Function').filter(({ FunctionName }) => FunctionName);
    const inside = functions.filter(({ VpcConfig }) => VpcConfig);
    expect(functions.map(({ FunctionName }) => FunctionName).sort()).toEqual(
      expect.arrayContaining(['checker', 'janitor', 'operator', 'recorder'].map((name) => `shop-drill-${name}`)),
    );
    expect(inside.map(({ FunctionName, Environment }) => [FunctionName, Environment])).toEqual([
      ['shop-drill-checker', undefined],
    ]);
    for (const { Runtime, Architectures } of functions)
      expect([Runtime, Architectures]).toEqual(['nodejs24.x', ['arm64']]);
  });

  test('scratch databases are put in a group of subnets that the plan names', () => {
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { DBSubnetGroupName: 'shop-drill' });
  });

  test('the evidence is versioned, can be locked, is encrypted and closed, and stays', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: `shop-evidence-${account}-${region}`,
        ObjectLockEnabled: true,
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      },
    });
    const [bucket] = resources(template, 'AWS::S3::Bucket');
    const expiring = bucket?.LifecycleConfiguration.Rules.filter((rule: object) => 'ExpirationInDays' in rule);
    expect(expiring).toEqual([expect.objectContaining({ Prefix: 'work/', ExpirationInDays: 30 })]);
    const [policy] = resources(template, 'AWS::S3::BucketPolicy');
    const denied = policy?.PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Deny');
    expect(denied).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        expect.objectContaining({
          Principal: { AWS: '*' },
          Action: ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
        }),
      ]),
    );
  });

  test('a drill begins once a month, in the timezone of the policy, and is told when', () => {
    const [schedule] = resources(template, 'AWS::Scheduler::Schedule');
    expect(schedule).toMatchObject({
      Name: 'shop-drill',
      ScheduleExpression: 'cron(0 10 1 * ? *)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
    });
    expect(JSON.parse(schedule?.Target.Input)).toEqual({ scheduledAt: '<aws.scheduler.scheduled-time>' });
  });

  test('the janitor comes every hour, and when an execution has ended badly', () => {
    const [machine] = Object.keys(template.findResources('AWS::StepFunctions::StateMachine'));
    const rules = resources(template, 'AWS::Events::Rule');
    expect(rules.map(({ ScheduleExpression, Targets }) => [ScheduleExpression, Targets[0].Input])).toContainEqual([
      'rate(1 hour)',
      '{"trigger":"hourly"}',
    ]);
    expect(rules.flatMap(({ EventPattern }) => EventPattern ?? [])).toEqual([
      {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [{ Ref: machine }], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
    ]);
  });

  test('the history holds no data of a step in the log', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'shop-drill',
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
    });
  });

  test('nothing is taken from another stack', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/GetStackOutput|ImportValue/);
  });
});

/** The template with ARNs in place of references to its bucket and its functions, whose names are known. */
function named(template: Template, bucket: string, functionArn: (name: string) => string): Template {
  const all = template.toJSON();
  const names = Object.entries(
    all.Resources as Record<string, { Type: string; Properties: { FunctionName?: string } }>,
  );
  const arns = new Map(
    names.flatMap(([id, { Type, Properties }]): [string, string][] => {
      if (Type === 'AWS::S3::Bucket') return [[id, bucket]];
      if (Type !== 'AWS::Lambda::Function' || !Properties.FunctionName) return [];
      return [[id, functionArn(Properties.FunctionName.replace('shop-drill-', ''))]];
    }),
  );
  return Template.fromJSON(
    JSON.parse(JSON.stringify(all), (_, value) => {
      const attribute = value?.['Fn::GetAtt'];
      return (attribute?.[1] === 'Arn' && arns.get(attribute[0])) || value;
    }),
  );
}

describe.each(both)('who may do what in the %s Region:', (place) => {
  const { region } = places[place];
  const rds = (resource: string) => `arn:aws:rds:${region}:${account}:${resource}`;
  const names = {
    scratch: 'shop-drill-0123456789ab',
    // Of production, of another policy, and one that only sounds alike.
    foreign: ['shop-main', 'members-prod', 'store-drill-0123456789ab', 'shop-drills', 'ashop-drill-0123456789ab'],
  };
  const tags = (purpose?: string, policy?: string, kind: 'Resource' | 'Request' = 'Resource') => ({
    ...(purpose && { [`aws:${kind}Tag/fukugen:purpose`]: purpose }),
    ...(policy && { [`aws:${kind}Tag/fukugen:policy`]: policy }),
  });
  const ours = tags('restore-drill', 'shop');
  const notOurs = [
    {},
    tags('restore-drill'),
    tags(undefined, 'shop'),
    tags('restore-drill', 'store'),
    tags('production', 'shop'),
  ];
  const roles: Record<string, RoleUnderTest> = {};
  let every: RoleUnderTest;
  const bucket = `arn:aws:s3:::shop-evidence-${account}-${region}`;
  const functionArn = (name: string) => `arn:aws:lambda:${region}:${account}:function:shop-drill-${name}`;
  beforeAll(() => {
    const template = named(templates[place], bucket, functionArn);
    roles.operator = roleUnderTest(template, 'for a drill, and deletes only those');
    roles.janitor = roleUnderTest(template, 'Removes what drills');
    roles.recorder = roleUnderTest(template, 'Records what drills');
    roles.checker = roleUnderTest(template, 'Looks into restored databases');
    roles.machine = roleUnderTest(template, 'Leads the drills');
    every = everyRole(template);
  });
  const role = (name: string) => roles[name] as RoleUnderTest;

  const deletions = [
    ['rds:DeleteDBInstance', 'db:', ''],
    ['rds:DeleteDBCluster', 'cluster:', ''],
    ['rds:DeleteDBSnapshot', 'snapshot:rds-final-', '-1'],
    ['rds:DeleteDBClusterSnapshot', 'cluster-snapshot:rds-final-', '-1'],
  ] as const;
  const changes = [
    ['rds:ModifyDBInstance', 'db:', ''],
    ['rds:ModifyDBCluster', 'cluster:', ''],
  ] as const;

  test.each(['operator', 'janitor'])(
    'the %s deletes what has both the name and the tags of a scratch',
    async (name) => {
      for (const [action, before, after] of deletions) {
        const resource = rds(`${before}${names.scratch}${after}`);
        expect([action, await role(name).may(action, resource, ours)]).toEqual([action, true]);
      }
    },
  );

  test('of all roles only the operator changes a database, and it is a scratch', async () => {
    for (const [action, before] of changes) {
      const resource = rds(`${before}${names.scratch}`);
      for (const name of Object.keys(roles)) {
        expect([name, action, await role(name).may(action, resource, ours)]).toEqual([
          name,
          action,
          name === 'operator',
        ]);
      }
    }
  });

  test('no role deletes or changes what has another name, whatever its tags, or other tags, whatever its name', async () => {
    for (const [action, before, after] of [...deletions, ...changes]) {
      const wrong = [
        ...names.foreign.flatMap((name) => [ours, ...notOurs].map((context) => [name, context] as const)),
        ...notOurs.map((context) => [names.scratch, context] as const),
      ];
      for (const [name, context] of wrong) {
        const resource = rds(`${before}${name}${after}`);
        expect([action, resource, context, await every.may(action, resource, context)]).toEqual([
          action,
          resource,
          context,
          false,
        ]);
      }
    }
  });

  test('no role deletes a recovery point, a snapshot that a person took, an automated backup of production, or a secret', async () => {
    const secret = `arn:aws:secretsmanager:${region}:${account}:secret:rds!db-1-abcdef`;
    for (const [action, resource, context] of [
      ['rds:DeleteDBSnapshot', rds('snapshot:awsbackup:job-1'), ours],
      ['rds:DeleteDBClusterSnapshot', rds('cluster-snapshot:awsbackup:job-1'), ours],
      ['rds:DeleteDBSnapshot', rds(`snapshot:${names.scratch}-before`), ours],
      ['rds:DeleteDBClusterSnapshot', rds(`cluster-snapshot:${names.scratch}-before`), ours],
      ['rds:DeleteDBInstanceAutomatedBackup', rds('auto-backup:ab-1'), {}],
      ['rds:DeleteDBClusterAutomatedBackup', rds('cluster-auto-backup:ab-1'), tags('production', 'shop')],
      ['backup:DeleteRecoveryPoint', rds('snapshot:awsbackup:job-1'), {}],
      ['backup:UpdateRecoveryPointLifecycle', rds('snapshot:awsbackup:job-1'), {}],
      ['secretsmanager:DeleteSecret', secret, {}],
      ['secretsmanager:PutSecretValue', secret, {}],
      ['secretsmanager:UpdateSecret', secret, {}],
    ] as const) {
      expect([action, await every.may(action, resource, context)]).toEqual([action, false]);
    }
  });

  test('the operator restores into scratch databases with their tags, and into nothing else', async () => {
    const request = tags('restore-drill', 'shop', 'Request');
    for (const [action, kind] of [
      ['rds:RestoreDBInstanceFromDBSnapshot', 'db'],
      ['rds:RestoreDBInstanceToPointInTime', 'db'],
      ['rds:RestoreDBClusterFromSnapshot', 'cluster'],
      ['rds:RestoreDBClusterToPointInTime', 'cluster'],
      ['rds:CreateDBInstance', 'db'],
    ] as const) {
      expect([action, await role('operator').may(action, rds(`${kind}:${names.scratch}`), request)]).toEqual([
        action,
        true,
      ]);
      expect([action, await role('operator').may(action, rds(`${kind}:${names.scratch}`), {})]).toEqual([
        action,
        false,
      ]);
      expect([action, await role('operator').may(action, rds(`${kind}:members-prod`), request)]).toEqual([
        action,
        false,
      ]);
      expect([action, await role('janitor').may(action, rds(`${kind}:${names.scratch}`), request)]).toEqual([
        action,
        false,
      ]);
    }
    const member = ['rds:CreateDBInstance', rds('cluster:shop-orders')] as const;
    expect(await role('operator').may(...member, request)).toBe(false);
  });

  test('the operator reads the secret that RDS made for a scratch, and no other', async () => {
    const secret = (name: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
    const of = (noun: string, resource: string) => ({
      'aws:ResourceTag/aws:secretsmanager:owningService': 'rds',
      [`aws:ResourceTag/aws:rds:primaryDB${noun}Arn`]: rds(resource),
    });
    const read = (name: string, resource: string, context: Record<string, string>) =>
      role(name).may('secretsmanager:GetSecretValue', secret(resource), context);
    expect(await read('operator', 'rds!db-1-abcdef', of('Instance', `db:${names.scratch}`))).toBe(true);
    expect(await read('operator', 'rds!cluster-1-abcdef', of('Cluster', `cluster:${names.scratch}`))).toBe(true);
    expect(await read('operator', 'rds!db-1-abcdef', of('Instance', 'db:shop-main'))).toBe(false);
    expect(await read('operator', 'rds!cluster-1-abcdef', of('Cluster', 'cluster:shop-orders'))).toBe(false);
    expect(await read('operator', 'rds!db-1-abcdef', {})).toBe(false);
    expect(await read('operator', 'shop/payments-abcdef', of('Instance', `db:${names.scratch}`))).toBe(false);
    for (const name of ['janitor', 'recorder', 'checker', 'machine']) {
      expect(await read(name, 'rds!db-1-abcdef', of('Instance', `db:${names.scratch}`))).toBe(false);
    }
  });

  test('the checker can do nothing: its network interface is not for the code that runs in it', async () => {
    const inFunction = {
      'lambda:SourceFunctionArn': `arn:aws:lambda:${region}:${account}:function:shop-drill-checker`,
    };
    expect(await role('checker').may('ec2:CreateNetworkInterface', '*')).toBe(true);
    for (const [action, resource] of [
      ['ec2:CreateNetworkInterface', '*'],
      ['ec2:DeleteNetworkInterface', '*'],
      ['ec2:DescribeNetworkInterfaces', '*'],
      ['ec2:AssignPrivateIpAddresses', '*'],
      ['rds:DescribeDBInstances', rds('db:shop-main')],
      ['s3:GetObject', `arn:aws:s3:::shop-evidence-${account}-${region}/work/x`],
      ['s3:PutObject', `arn:aws:s3:::shop-evidence-${account}-${region}/work/x`],
      ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${region}:${account}:secret:rds!db-1-abcdef`],
      ['lambda:InvokeFunction', `arn:aws:lambda:${region}:${account}:function:shop-drill-operator`],
      ['sts:AssumeRole', `arn:aws:iam::${account}:role/any`],
      ['kms:Decrypt', `arn:aws:kms:${region}:${account}:key/1`],
    ] as const) {
      expect([action, await role('checker').may(action, resource, inFunction)]).toEqual([action, false]);
    }
  });

  test('the machine calls the operator and the recorder', async () => {
    const call = (resource: string) => role('machine').may('lambda:InvokeFunction', resource);
    const asked = ['operator', 'recorder', 'checker', 'janitor'].map((name) => call(functionArn(name)));
    expect(await Promise.all(asked)).toEqual([true, true, false, false]);
  });

  test('the machine starts and stops executions of itself, and of no other', async () => {
    const states = (resource: string) => `arn:aws:states:${region}:${account}:${resource}`;
    const may = (action: string, resource: string) => role('machine').may(`states:${action}`, states(resource));
    expect(await may('StartExecution', 'stateMachine:shop-drill')).toBe(true);
    expect(await may('StopExecution', 'execution:shop-drill:any')).toBe(true);
    expect(await may('DescribeExecution', 'execution:shop-drill:any')).toBe(true);
    expect(await may('StartExecution', 'stateMachine:shop-drill-of-another')).toBe(false);
    expect(await may('StopExecution', 'execution:shop-drill-of-another:any')).toBe(false);
    expect(await every.may('states:UpdateStateMachine', states('stateMachine:shop-drill'))).toBe(false);
  });

  test('nobody deletes evidence, shortens its lock, or goes around it', async () => {
    for (const prefix of ['evidence', 'fingerprints', 'reports', 'baselines']) {
      for (const action of [
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:BypassGovernanceRetention',
        's3:PutObjectLegalHold',
        's3:PutBucketObjectLockConfiguration',
        's3:PutLifecycleConfiguration',
        's3:DeleteBucket',
      ]) {
        const resource = /Bucket|Lifecycle/.test(action) ? bucket : `${bucket}/${prefix}/${region}/main/000001.json`;
        expect([action, await every.may(action, resource)]).toEqual([action, false]);
      }
    }
  });

  test('only the recorder writes evidence', async () => {
    for (const name of Object.keys(roles)) {
      for (const action of ['s3:PutObject', 's3:PutObjectRetention']) {
        const may = await role(name).may(action, `${bucket}/evidence/${region}/main/000001.json`);
        expect([name, action, may]).toEqual([name, action, name === 'recorder']);
      }
    }
  });

  test.each(['operator', 'janitor', 'recorder', 'checker', 'machine'])('the %s passes no role', async (name) => {
    expect(await role(name).may('iam:PassRole', `arn:aws:iam::${account}:role/any`)).toBe(false);
    expect(await role(name).may('sts:AssumeRole', `arn:aws:iam::${account}:role/any`)).toBe(false);
  });
});

describe('what is kept in one Region comes to the other', () => {
  const evidence = (region: string) => `shop-evidence-${account}-${region}`;
  /** Logical id of the role that S3 replicates back with. */
  const back = () =>
    Object.entries(templates.primary.findResources('AWS::IAM::Role')).find(([, { Properties }]) =>
      `${Properties.Description}`.endsWith('to ap-northeast-1'),
    )?.[0];

  test('from the primary by its own template, from the replica by a custom resource of the primary', () => {
    const { primary, replica } = templates;
    const [bucket] = Object.values(
      primary.findResources('AWS::S3::Bucket', { Properties: { ObjectLockEnabled: true } }),
    );
    const rules = bucket?.Properties.ReplicationConfiguration.Rules;
    expect(rules.map(({ Filter }: { Filter: { Prefix: string } }) => Filter.Prefix)).toEqual([
      'evidence/',
      'fingerprints/',
      'baselines/',
      'reports/',
    ]);
    primary.hasResourceProperties('Custom::EvidenceReplication', {
      Bucket: evidence('ap-northeast-3'),
      Region: 'ap-northeast-3',
      Role: { 'Fn::GetAtt': [back(), 'Arn'] },
      Prefixes: ['evidence/', 'fingerprints/', 'baselines/', 'reports/'],
    });
    replica.resourceCountIs('Custom::EvidenceReplication', 0);
  });

  test('of all roles one may put it there, on that bucket alone, and hands S3 that role alone', async () => {
    const way = everyRole(templates.primary);
    const put = 's3:PutReplicationConfiguration';
    expect(await way.may(put, `arn:aws:s3:::${evidence('ap-northeast-3')}`)).toBe(true);
    expect(await way.may(put, `arn:aws:s3:::${evidence('ap-northeast-1')}`)).toBe(false);
    expect(await way.may(put, 'arn:aws:s3:::shop-photos')).toBe(false);
    const statements = Object.values(templates.primary.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('iam:'))).toEqual([
      {
        Action: 'iam:PassRole',
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': [back(), 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
      },
    ]);
  });
});
