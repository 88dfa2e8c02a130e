import { beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { declareCloud } from '../../../lib/cloud.ts';
import { everyRole, type RoleUnderTest } from '../../helpers/iam.ts';
import { account, cloudPolicy, newApp } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

const arnOf = (name: string, region = 'ap-northeast-1') =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;

function synthesiseSecrets(secrets: Parameters<typeof cloudPolicy>[0], stack = 'shop-secrets'): Template {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ account, ...secrets }));
  return Template.fromJSON(app.synth().getStackByName(stack).template);
}

const secrets = {
  slack: { kind: 'adopted', name: 'shop/slack' },
  partner: { kind: 'adopted', arn: arnOf('partner') },
  session: { kind: 'declared' },
} as const;

let template: Template;
beforeAll(() => {
  template = synthesiseSecrets({ secrets });
});

test('the secrets stack is the one that was reviewed', () => {
  expectGolden('secrets', template);
});

test('there is neither a stack nor a key unless the policy names secrets', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy());
  expect(app.node.tryFindChild('Secrets')).toBeUndefined();
  const replica = Template.fromJSON(app.synth().getStackByName('shop-replica').template).toJSON();
  expect(JSON.stringify(replica)).not.toContain('alias/shop-secrets');
});

test('a policy without an account gives a template without one, which the security rules pass', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ secrets: { slack: secrets.slack } }));
  expect(JSON.stringify(app.synth().getStackByName('shop-secrets').template)).not.toMatch(/\b\d{12}\b/);
});

test('the replicas have a key in their Region, which is deployed first', () => {
  synthesiseSecrets({ secrets }, 'shop-replica').hasResourceProperties('AWS::KMS::Alias', {
    AliasName: 'alias/shop-secrets',
  });
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ secrets }));
  expect(
    app
      .synth()
      .getStackByName('shop-secrets')
      .dependencies.map(({ id }) => id),
  ).toContain('Replica');
});

test('a declared secret has a random value that no template holds, a replica, and stays', () => {
  template.hasResource('AWS::SecretsManager::Secret', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Name: 'shop/session',
      GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true },
      ReplicaRegions: [{ Region: 'ap-northeast-3', KmsKeyId: 'alias/shop-secrets' }],
    },
  });
});

test('secrets that exist are replicated by name or by ARN', () => {
  const replicated = Object.values(template.findResources('Custom::ReplicatedSecret')).map(
    ({ Properties }) => Properties,
  );
  expect(replicated.map(({ ServiceToken, ...properties }) => properties)).toEqual([
    { SecretId: 'shop/slack', ReplicaRegion: 'ap-northeast-3', ReplicaKey: 'alias/shop-secrets' },
    { SecretId: arnOf('partner'), ReplicaRegion: 'ap-northeast-3', ReplicaKey: 'alias/shop-secrets' },
  ]);
});

test('with declared secrets only there is no function', () => {
  const only = synthesiseSecrets({ secrets: { session: secrets.session } });
  only.resourceCountIs('AWS::Lambda::Function', 0);
});

describe('all roles together', () => {
  let role: RoleUnderTest;
  beforeAll(() => {
    role = everyRole(template);
  });

  test('may replicate the secrets of the policy, and no other', async () => {
    const may = (secret: string) => role.may('secretsmanager:ReplicateSecretToRegions', secret);
    expect(await may(arnOf('shop/slack'))).toBe(true);
    expect(await may(arnOf('partner'))).toBe(true);
    expect(await may(arnOf('theirs'))).toBe(false);
    expect(await may(arnOf('shop/slack', 'us-east-1'))).toBe(false);
  });

  test.each([
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecret',
    'secretsmanager:DeleteSecret',
    'secretsmanager:RemoveRegionsFromReplication',
    'secretsmanager:StopReplicationToReplica',
  ])('may not %s', async (action) => {
    expect(await role.may(action, arnOf('shop/slack'))).toBe(false);
  });

  // Read on the template: the simulator matches no condition on an encryption context.
  test('may decrypt through Secrets Manager only, and these secrets only', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const decrypting = statements.filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
    expect(decrypting.length).toBeGreaterThan(0);
    for (const { Condition } of decrypting) {
      expect(Condition).toEqual({
        StringEquals: { 'kms:ViaService': 'secretsmanager.ap-northeast-1.amazonaws.com' },
        StringLike: {
          'kms:EncryptionContext:SecretARN': [arnOf('shop/slack').replace('AbCdEf', '??????'), arnOf('partner')],
        },
      });
    }
  });
});
