import { beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import type { Json } from '../../../lambda/exporter/host.ts';
import { redactForms } from '../../../lambda/exporter/redact.ts';
import { declareCloud } from '../../../lib/cloud.ts';
import { type RoleUnderTest, roleUnderTest } from '../../helpers/iam.ts';
import { account, cloudPolicy, main, newApp, orders } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

const bucket = `shop-settings-${account}`;

type CloudInput = NonNullable<Parameters<typeof cloudPolicy>[0]>;

function synthesiseSettings(cloud: CloudInput): Template {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ account, ...cloud }));
  return Template.fromJSON(app.synth().getStackByName('shop-settings').template);
}

let template: Template;
let role: RoleUnderTest;

beforeAll(() => {
  const settingsExport = { every: '2d', keep: '90d', functions: ['invoices'] } satisfies CloudInput['settingsExport'];
  template = synthesiseSettings({ databases: { main, orders }, settingsExport });
  role = roleUnderTest(template, 'Exports settings');
});

test('the settings stack is the one that was reviewed', () => {
  expectGolden('settings', template);
});

test('there is no such stack unless the policy asks for it', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy());
  expect(app.node.tryFindChild('Settings')).toBeUndefined();
});

test('a policy without an account gives a template without one, which the security rules pass', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ settingsExport: {} }));
  expect(JSON.stringify(app.synth().getStackByName('shop-settings').template)).not.toMatch(/\b\d{12}\b/);
});

test('the bucket is in the replica Region, versioned, encrypted under a key of its own, closed, and stays', () => {
  const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: bucket,
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [key, 'Arn'] } },
          },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [
          { NoncurrentVersionExpiration: { NoncurrentDays: 90 }, ExpiredObjectDeleteMarker: true },
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
        ],
      },
    },
  });
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  const denied = policy?.Properties.PolicyDocument.Statement.filter(
    ({ Effect }: { Effect: string }) => Effect === 'Deny',
  );
  expect(denied.map(({ Condition }: { Condition: object }) => Condition)).toEqual([
    { Bool: { 'aws:SecureTransport': 'false' } },
    { NumericLessThan: { 's3:TlsVersion': 1.2 } },
  ]);
});

test('the schedule names what to export, from the same policy as the databases', () => {
  const [rule] = Object.values(template.findResources('AWS::Events::Rule'));
  expect(rule?.Properties.ScheduleExpression).toBe('rate(2 days)');
  const input = rule?.Properties.Targets[0].Input;
  const [reference] = Object.keys(template.findResources('AWS::S3::Bucket'));
  const text = input['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : bucket)).join('');
  expect(JSON.stringify(input)).toContain(JSON.stringify({ Ref: reference }));
  expect(JSON.parse(text)).toEqual({
    region: 'ap-northeast-1',
    bucket,
    instances: ['shop-main'],
    clusters: ['shop-orders'],
    stacks: expect.any(Array),
    functions: { prefix: 'shop-', names: ['invoices'] },
  });
});

describe('templates', () => {
  const everything: CloudInput = {
    databases: { main, orders, members: { kind: 'adopted', instance: 'members-prod' } },
    uploads: { kind: 'adopted', bucket: 'shop-photos' },
    secrets: { token: { kind: 'declared' }, slack: { kind: 'adopted', name: 'shop/slack' } },
    notices: { slack: { webhookSecret: 'shop/slack' } },
    settingsExport: {},
  };
  let stacks: { stackName: string; template: object; environment: { region: string } }[];
  let whole: Template;
  beforeAll(() => {
    const app = newApp();
    declareCloud(app, 'shop', cloudPolicy({ account, ...everything }));
    stacks = app.synth().stacks;
    whole = Template.fromJSON(stacks.find(({ stackName }) => stackName === 'shop-settings')?.template ?? {});
  });

  /** Of the schedule's input, whose bucket is a reference. */
  function asked(template: Template): { name: string; region: string }[] {
    const [rule] = Object.values(template.findResources('AWS::Events::Rule'));
    const parts: unknown[] = rule?.Properties.Targets[0].Input['Fn::Join'][1];
    const { stacks } = JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'bucket')).join(''));
    return stacks.sort(byName);
  }
  const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);

  test('of every stack of the app are asked for, each in its Region', () => {
    const expected = stacks.map(({ stackName, environment }) => ({ name: stackName, region: environment.region }));
    expect(asked(whole)).toEqual(expected.sort(byName));
  });

  test('of stacks in a second account are not: CloudFormation shows them to nobody else', () => {
    const app = newApp();
    const replica = { account: '444455556666' };
    declareCloud(app, 'shop', cloudPolicy({ account, replica, settingsExport: {} }));
    const all = app.synth().stacks;
    const own = all.filter(({ environment }) => environment.account === account).map(({ stackName }) => stackName);
    expect(own.length).toBeLessThan(all.length);
    const settings = all.find(({ stackName }) => stackName === 'shop-settings');
    expect(asked(Template.fromJSON(settings?.template)).map(({ name }) => name)).toEqual(own.sort());
  });

  test('may be read of these stacks, and of no other; nothing of a stack may be changed', async () => {
    const exporter = roleUnderTest(whole, 'Exports settings');
    const stack = (name: string, region = 'ap-northeast-1') =>
      `arn:aws:cloudformation:${region}:${account}:stack/${name}/6f2b7e10-0001`;
    expect(await exporter.may('cloudformation:GetTemplate', stack('shop-database'))).toBe(true);
    expect(await exporter.may('cloudformation:GetTemplate', stack('shop-replica', 'ap-northeast-3'))).toBe(true);
    expect(await exporter.may('cloudformation:GetTemplate', stack('shop-database', 'ap-northeast-3'))).toBe(false);
    expect(await exporter.may('cloudformation:GetTemplate', stack('shop-database-of-others'))).toBe(false);
    for (const action of ['UpdateStack', 'DeleteStack', 'DescribeStacks', 'CreateChangeSet']) {
      expect(await exporter.may(`cloudformation:${action}`, stack('shop-database'))).toBe(false);
    }
  });

  test('of this app hold nothing that the export would leave out: they can be deployed again as they are', () => {
    for (const { template } of stacks) expect(redactForms(template as Json)).toEqual(template);
  });
});

test('the names by which the runbook looks for function, schedule and log are those of the stack', () => {
  const ids = (type: string) => Object.keys(template.findResources(type));
  expect(ids('AWS::Lambda::Function')).toEqual([expect.stringMatching(/^ExportFunction/)]);
  expect(ids('AWS::Events::Rule')).toEqual([expect.stringMatching(/^ExportSchedule/)]);
  expect(ids('AWS::Logs::LogGroup')).toEqual([expect.stringMatching(/^ExportFunctionLog/)]);
});

describe('the exporter', () => {
  const there = { 'aws:RequestedRegion': 'ap-northeast-1' };
  const rds = (resource: string, region = 'ap-northeast-1') => `arn:aws:rds:${region}:${account}:${resource}`;

  test('may list what it exports, in the primary Region only', async () => {
    for (const action of ['ec2:DescribeSecurityGroups', 'lambda:ListFunctions']) {
      expect(await role.may(action, '*', there)).toBe(true);
      expect(await role.may(action, '*', { 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
    }
    expect(await role.may('rds:DescribeDBInstances', rds('db:shop-main'))).toBe(true);
    expect(await role.may('rds:DescribeDBParameters', rds('pg:shop-main'))).toBe(true);
    expect(await role.may('rds:DescribeDBInstances', rds('db:shop-main', 'us-east-1'))).toBe(false);
  });

  test.each([
    ['rds:ModifyDBInstance', rds('db:shop-main')],
    ['rds:DeleteDBInstance', rds('db:shop-main')],
    ['rds:ModifyDBParameterGroup', rds('pg:shop-main')],
    ['rds:DownloadDBLogFilePortion', rds('db:shop-main')],
    ['ec2:AuthorizeSecurityGroupIngress', `arn:aws:ec2:ap-northeast-1:${account}:security-group/sg-a`],
    ['lambda:GetFunction', `arn:aws:lambda:ap-northeast-1:${account}:function:invoices`],
    ['lambda:InvokeFunction', `arn:aws:lambda:ap-northeast-1:${account}:function:invoices`],
    ['lambda:UpdateFunctionConfiguration', `arn:aws:lambda:ap-northeast-1:${account}:function:invoices`],
    ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:ap-northeast-1:${account}:secret:shop/main-AbCdEf`],
    ['s3:PutObject', 'arn:aws:s3:::another/databases.json'],
  ])('may not %s', async (action, resource) => {
    expect(await role.may(action, resource, there)).toBe(false);
  });

  test('writes to its bucket, and can neither delete a version there nor read what it wrote', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const actions = statements.flatMap(({ Action }) => Action).filter((action) => /^(s3|kms):/.test(action));
    expect(actions.sort()).toEqual(['kms:GenerateDataKey', 's3:GetObject', 's3:ListBucket', 's3:PutObject']);
  });
});
