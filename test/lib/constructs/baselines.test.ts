import { beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { declareCloud } from '../../../lib/cloud.ts';
import { readerFunctionName } from '../../../lib/drill-names.ts';
import { everyRole, roleUnderTest } from '../../helpers/iam.ts';
import { account, cloudPolicy, main, newApp } from '../synthesise.ts';

type CloudInput = NonNullable<Parameters<typeof cloudPolicy>[0]>;

const region = 'ap-northeast-1';
const network = {
  vpc: 'vpc-0123456a',
  subnets: ['subnet-0123456a', 'subnet-0123456b', 'subnet-0123456c'],
  securityGroups: ['sg-0123456a'],
};
const databases: NonNullable<CloudInput['databases']> = {
  main: { ...main, drill: { baseline: { secret: 'shop/reader' } } },
  members: {
    kind: 'adopted',
    instance: 'members-prod',
    drill: { baseline: { secret: 'shop/members-reader', network } },
  },
  reports: main,
};

function synthesiseStacks(cloud: CloudInput): Record<'database' | 'drill' | 'replica', Template> {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ account, ...cloud }));
  const assembly = app.synth();
  const template = (name: string) => Template.fromJSON(assembly.getStackByName(name).template);
  return {
    database: template('shop-database'),
    drill: template('shop-drill'),
    replica: template('shop-replica-drill'),
  };
}

let stacks: ReturnType<typeof synthesiseStacks>;
beforeAll(() => {
  stacks = synthesiseStacks({ databases });
});

const functions = (template: Template) =>
  Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties);
const reader = (template: Template, name: string) => functions(template).find((one) => one.FunctionName === name);

test('what the app makes is read beside it, as one of its clients; what existed before, where its clients are', () => {
  const ours = reader(stacks.database, 'shop-drill-reader-main');
  const [clients] = Object.keys(stacks.database.findResources('AWS::EC2::SecurityGroup')).filter((id) =>
    /^mainEnclosureClients/.test(id),
  );
  expect(ours?.VpcConfig.SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [clients, 'GroupId'] }]);
  const theirs = reader(stacks.drill, 'shop-drill-reader-members');
  expect(theirs?.VpcConfig).toMatchObject({ SecurityGroupIds: network.securityGroups, SubnetIds: network.subnets });
  const all = [stacks.database, stacks.drill, stacks.replica]
    .flatMap(functions)
    .map(({ FunctionName }) => FunctionName);
  expect(all.filter((name) => name?.includes('reader')).sort()).toEqual([
    'shop-drill-reader-main',
    'shop-drill-reader-members',
  ]);
});

test('every database is asked for once a day, in the primary Region only', () => {
  const inputs = (template: Template) =>
    Object.values(template.findResources('AWS::Events::Rule')).flatMap(({ Properties }) => {
      const input = Properties.Targets[0].Input;
      return input?.includes('secret') ? [[Properties.ScheduleExpression, JSON.parse(input)]] : [];
    });
  expect(inputs(stacks.drill)).toEqual([
    ['rate(1 day)', { database: 'main', secret: 'shop/reader', reader: 'shop-drill-reader-main' }],
    ['rate(1 day)', { database: 'members', secret: 'shop/members-reader', reader: 'shop-drill-reader-members' }],
  ]);
  expect(inputs(stacks.replica)).toEqual([]);
});

test('nobody reads production where no baseline is asked for, or no drill compares with it', () => {
  for (const cloud of [{ databases: { main } }, { databases }]) {
    const app = newApp();
    declareCloud(
      app,
      'shop',
      cloudPolicy({ account, ...cloud, ...(cloud.databases === databases && { drills: false }) }),
    );
    for (const { template } of app.synth().stacks)
      expect(JSON.stringify(template)).not.toMatch(/drill-reader|drill-baseline/);
  }
});

describe('who reads production', () => {
  const secret = (name: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-a1B2c3`;

  test('from outside of its network, reads the secrets that the policy names, and writes nothing but baselines', async () => {
    const role = roleUnderTest(stacks.drill, 'for drills to compare with');
    const read = (name: string) => role.may('secretsmanager:GetSecretValue', secret(name));
    expect([await read('shop/reader'), await read('shop/members-reader'), await read('shop/payments')]).toEqual([
      true,
      true,
      false,
    ]);
    const call = (name: string) =>
      role.may('lambda:InvokeFunction', `arn:aws:lambda:${region}:${account}:function:${name}`);
    expect([await call('shop-drill-reader-main'), await call('shop-drill-operator')]).toEqual([true, false]);
    for (const action of ['rds:ModifyDBInstance', 'rds:DeleteDBInstance', 'rds:RestoreDBInstanceToPointInTime']) {
      expect(await role.may(action, `arn:aws:rds:${region}:${account}:db:shop-main`)).toBe(false);
    }
  });

  test('from within it, has no permission in AWS', async () => {
    for (const [template, name] of [
      [stacks.database, 'main'],
      [stacks.drill, 'members'],
    ] as const) {
      const role = roleUnderTest(template, `Reads what ${name}`);
      const from = {
        'lambda:SourceFunctionArn': `arn:aws:lambda:${region}:${account}:function:shop-drill-reader-${name}`,
      };
      expect(await role.may('ec2:CreateNetworkInterface', '*')).toBe(true);
      expect(await role.may('ec2:CreateNetworkInterface', '*', from)).toBe(false);
      expect(await role.may('secretsmanager:GetSecretValue', secret('shop/reader'), from)).toBe(false);
    }
  });

  test('passes no role', async () => {
    for (const template of [stacks.database, stacks.drill]) {
      expect(await everyRole(template).may('sts:AssumeRole', `arn:aws:iam::${account}:role/any`)).toBe(false);
    }
  });
});

test.each([
  ['shop', 'main', 'shop-drill-reader-main'],
  ['a'.repeat(26), 'b'.repeat(30), /^a{26}-drill-reader-b{11}-[0-9a-f]{12}$/],
])('the reader of %s/%s has a name that Lambda takes', (policy, database, expected) => {
  const name = readerFunctionName(policy, database);
  expect(name).toMatch(expected);
  expect(name.length).toBeLessThanOrEqual(64);
  expect(readerFunctionName(policy, `${database}x`)).not.toBe(name);
});
