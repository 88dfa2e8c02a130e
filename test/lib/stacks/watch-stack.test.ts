import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { declareCloud } from '../../../lib/cloud.ts';
import { type RoleUnderTest, roleUnderTest } from '../../helpers/iam.ts';
import { account, cloudPolicy, main, newApp, orders, synthesise } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

let templates: ReturnType<typeof synthesise>;
beforeAll(() => {
  const slack = { webhookSecret: 'shop/slack' };
  templates = synthesise({
    databases: { main, orders },
    notices: { email: ['a@example.com', 'b@example.com'], slack },
  });
});

const both = ['Watch', 'ReplicaWatch'] as const;
const resources = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

test('who may do what in the watch stack of the replica Region is what was reviewed', () => {
  const permissions = /^AWS::(IAM|KMS|SNS|SQS)::/;
  const { Resources } = templates.ReplicaWatch.toJSON();
  const kept = Object.entries(Resources as Record<string, { Type: string }>).filter(([, { Type }]) =>
    permissions.test(Type),
  );
  expectGolden('replica-watch-permissions', Template.fromJSON({ Resources: Object.fromEntries(kept) }));
});

test.each(both)('the %s stack takes nothing from another one', (stack) => {
  expect(JSON.stringify(templates[stack].toJSON())).not.toMatch(/GetStackOutput|ImportValue/);
});

describe.each(both)('notices of the %s stack', (stack) => {
  test('lie encrypted under a key that alarms of this account may use', () => {
    const [key] = Object.keys(templates[stack].findResources('AWS::KMS::Key'));
    templates[stack].hasResourceProperties('AWS::SNS::Topic', {
      TopicName: 'shop-notices',
      KmsMasterKeyId: { 'Fn::GetAtt': [key, 'Arn'] },
    });
    templates[stack].hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Condition: { StringEquals: { 'aws:SourceAccount': account } },
          }),
        ]),
      },
    });
  });

  test('refuse a connection that is not encrypted', () => {
    for (const type of ['AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy']) {
      const statements = resources(templates[stack], type).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      expect(statements).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });

  test('go by mail to every address and to the notifier', () => {
    const subscriptions = resources(templates[stack], 'AWS::SNS::Subscription');
    expect(subscriptions.map(({ Protocol, Endpoint }) => (Protocol === 'email' ? Endpoint : Protocol)).sort()).toEqual([
      'a@example.com',
      'b@example.com',
      'lambda',
    ]);
  });

  test('that cannot be delivered end in one queue, wherever they are lost', () => {
    const [queue] = Object.keys(templates[stack].findResources('AWS::SQS::Queue'));
    const arn = { 'Fn::GetAtt': [queue, 'Arn'] };
    templates[stack].hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: arn } },
      MaximumRetryAttempts: 2,
    });
    templates[stack].hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'lambda',
      RedrivePolicy: { deadLetterTargetArn: arn },
    });
    const rules = resources(templates[stack], 'AWS::Events::Rule').filter(({ EventPattern }) => EventPattern);
    expect(rules).toHaveLength(5);
    for (const { Targets } of rules) {
      expect(Targets).toEqual([expect.objectContaining({ DeadLetterConfig: { Arn: arn } })]);
    }
  });
});

test('copy jobs are told of in the primary Region, whichever Region reports them', () => {
  const [rule] = resources(templates.ReplicaWatch, 'AWS::Events::Rule').filter(({ EventPattern }) =>
    EventPattern?.['detail-type'].includes('Copy Job State Change'),
  );
  expect(rule?.Targets[0].Arn).toBe(`arn:aws:events:ap-northeast-1:${account}:event-bus/default`);
});

test('without an address nobody is told, and synth says so', () => {
  // CDK prints what it warns of.
  jest.spyOn(console, 'error').mockImplementation(() => {});
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ notices: {} }));
  const warnings = ['Watch', 'ReplicaWatch'].map((id) =>
    Annotations.fromStack(app.node.findChild(id) as Stack).findWarning('*', Match.stringLikeRegexp('tell nobody')),
  );
  expect(warnings.map((found) => found.length)).toEqual([1, 1]);
});

test('a secret is named where there is Slack, and nowhere else', () => {
  const { Watch } = synthesise();
  expect(JSON.stringify(Watch.toJSON())).not.toContain('secretsmanager');
  const notifier = resources(templates.Watch, 'AWS::Lambda::Function').find(
    ({ Environment }) => Environment?.Variables.NOTIFIER,
  );
  expect(JSON.stringify(notifier)).toContain('shop/slack');
});

test('the notifier knows the uploads by the name of their alarms, and their plan', () => {
  const { Watch } = synthesise({ uploads: { kind: 'adopted', bucket: 'shop-photos' } });
  const [text] = resources(Watch, 'AWS::Lambda::Function').flatMap(
    ({ Environment }) => Environment?.Variables.NOTIFIER ?? [],
  );
  const config = JSON.stringify(text).replaceAll('\\"', '"');
  expect(config).toContain('"buckets":{"Uploads":"arn:aws:s3:::shop-photos"}');
  expect(config).toContain('"plans":["shop","shop-uploads"]');
  const names = resources(Watch, 'AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName.split('/')[2]);
  expect(names).toContain('Uploads');
});

describe('the notifier', () => {
  let role: RoleUnderTest;
  beforeAll(() => {
    role = roleUnderTest(templates.Watch, 'Tells people');
  });
  const arn = (service: string, resource: string, region = 'ap-northeast-1') =>
    `arn:aws:${service}:${region}:${account}:${resource}`;

  test('reads recovery points in both Regions', async () => {
    const list = (vault: string, region: string) =>
      role.may('backup:ListRecoveryPointsByBackupVault', arn('backup', `backup-vault:${vault}`, region));
    expect(await list('shop-primary', 'ap-northeast-1')).toBe(true);
    expect(await list('shop-replica', 'ap-northeast-3')).toBe(true);
    expect(await list('theirs', 'ap-northeast-1')).toBe(false);
  });

  test('reads the one secret', async () => {
    const read = (secret: string) =>
      role.may('secretsmanager:GetSecretValue', arn('secretsmanager', `secret:${secret}`));
    expect(await read('shop/slack-a1B2c3')).toBe(true);
    expect(await read('shop/slack-of-another-a1B2c3')).toBe(false);
    expect(await read('shop/database-a1B2c3')).toBe(false);
  });

  test.each([
    ['backup:StartRestoreJob', 'rds', 'snapshot:awsbackup:job-1'],
    ['rds:DescribeDBInstances', 'rds', 'db:shop-main'],
    ['secretsmanager:PutSecretValue', 'secretsmanager', 'secret:shop/slack-a1B2c3'],
    ['sns:Publish', 'sns', 'theirs'],
  ])('may not %s', async (action, service, resource) => {
    expect(await role.may(action, arn(service, resource))).toBe(false);
  });
});
