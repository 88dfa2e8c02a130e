import { expect, test } from '@jest/globals';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { declareCloud } from '../../lib/cloud.ts';
import { account, cloudPolicy, newApp, synthesise } from './synthesise.ts';

const texts = (templates: ReturnType<typeof synthesise>) =>
  Object.values(templates).map((template) => JSON.stringify(template.toJSON()));

test('a second synth gives the same bytes', () => {
  expect(texts(synthesise())).toEqual(texts(synthesise()));
});

test('no template holds an account when the policy has none', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy());
  for (const stack of app.synth().stacks) expect(JSON.stringify(stack.template)).not.toMatch(/\b\d{12}\b/);
});

test.each([{}, { account }])('a synth for %j asks AWS for nothing', (cloud) => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy(cloud));
  expect(app.synth().manifest.missing ?? []).toEqual([]);
});

test('no template holds a secret, or a place to write one', () => {
  const suspicious = /[^"]*(password|secretstring|noecho|resolve:(secretsmanager|ssm-secure))[^"]*/gi;
  for (const text of texts(synthesise())) {
    expect((text.match(suspicious) ?? []).filter((found) => found !== 'ManageMasterUserPassword')).toEqual([]);
  }
});

test('no stack holds another hostage by an export', () => {
  for (const text of texts(synthesise())) expect(text).not.toMatch(/Fn::ImportValue|"Export"|ExportWriter/);
});

test('the key of the replicated backups is all that a stack reads from another', () => {
  const read = texts(synthesise()).flatMap((text) => text.match(/"Fn::GetStackOutput":\{[^}]*\}/g) ?? []);
  expect(read).toEqual([expect.stringMatching(/"shop-replica","Region":"ap-northeast-3".*ReplicationKey/)]);
});

test('the plan is deployed after the vault it copies to and the databases it selects', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy());
  const backup = app.synth().getStackByName('shop-backup');
  const before = backup.dependencies.map((artifact) => artifact.id);
  expect(before).toEqual(expect.arrayContaining(['Database', 'Replica']));
});

test('the databases are deployed after the key that encrypts their replicated backups', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy());
  const database = app.synth().getStackByName('shop-database');
  expect(database.dependencies.map((artifact) => artifact.id)).toContain('Replica');
});

test('no stack can be deleted by accident', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy());
  expect(app.synth().stacks.map((stack) => stack.terminationProtection)).toEqual(Array(7).fill(true));
});

test('the synth fails on a construct that the security rules refuse', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy());
  const replica = app.node.findChild('Replica');
  new ec2.Vpc(replica, 'Bare', { availabilityZones: ['ap-northeast-3a'] });
  expect(() => app.synth()).toThrow(/The VPC does not have an associated Flow Log.*Replica\/Bare\/Resource/s);
});
