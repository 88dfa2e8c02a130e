import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  type BackupPolicyInput,
  type CloudPolicy,
  type ClusterPolicy,
  type InstancePolicy,
  parsePolicy,
} from '../../core/policy/index.ts';
import { declareCloud } from '../../lib/cloud.ts';
import { zonesOf } from '../../lib/constructs/network.ts';

type CloudInput = Partial<NonNullable<BackupPolicyInput['cloud']>>;
export type DatabaseInput = NonNullable<CloudInput['databases']>[string];

/** An account of the documentation's, so that it is seen wherever a template holds it. */
export const account = '111122223333';

/** Databases of each kind, as a policy writes them. */
export const main = { kind: 'instance', engineVersion: '17.6' } as const;
export const orders = { kind: 'cluster', engineVersion: '17.5', copyEvery: '24h' } as const;

/** A second account of the documentation's. */
export const second = '444455556666';

/** A policy in which everything that can be declared is, the copies in a second account. */
export const everything = {
  account,
  replica: { account: second },
  breakGlassRole: 'rescue',
  databases: {
    main,
    orders,
    members: {
      kind: 'adopted',
      instance: 'members-prod',
      key: `arn:aws:kms:ap-northeast-1:${account}:key/members`,
    },
  },
  notices: { email: ['a@example.com'], slack: { webhookSecret: 'shop/slack' } },
  uploads: { kind: 'declared' },
  secrets: { session: { kind: 'declared' } },
  settingsExport: {},
} satisfies CloudInput;

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/**
 * An app with the feature flags of cdk.json, which only the CDK command line reads by itself. Functions are not bundled: that
 * is done once, by the synth of test/bin.
 */
export function newApp(): App {
  return new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] }, autoSynth: false });
}

/** For one construct: a stack that knows its zones. */
class TestStack extends Stack {
  override get availabilityZones(): string[] {
    return zonesOf(this.region);
  }
}

export function newStack(region = 'ap-northeast-1'): Stack {
  return new TestStack(newApp(), 'Test', { env: { region, account } });
}

export function cloudPolicy(cloud: CloudInput = {}): CloudPolicy {
  return parsePolicy({ cloud: { databases: { main }, notices: { email: ['team@example.com'] }, ...cloud } })
    .cloud as CloudPolicy;
}

/** A database as the schema fills it in. */
export function databasePolicy(input: DatabaseInput & { kind: 'instance' }): InstancePolicy;
export function databasePolicy(input: DatabaseInput & { kind: 'cluster' }): ClusterPolicy;
export function databasePolicy(input: DatabaseInput): InstancePolicy | ClusterPolicy {
  return cloudPolicy({ databases: { main: input } }).databases.main as InstancePolicy | ClusterPolicy;
}

const stackNames = {
  Database: 'shop-database',
  Replica: 'shop-replica',
  Backup: 'shop-backup',
  Watch: 'shop-watch',
  ReplicaWatch: 'shop-replica-watch',
};

/** The templates of the whole app, by the id of their stack. */
export function synthesise(cloud: CloudInput = {}, language?: 'en' | 'ja'): Record<keyof typeof stackNames, Template> {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ account, ...cloud }), undefined, language);
  const assembly = app.synth();
  const template = (id: keyof typeof stackNames) => Template.fromJSON(assembly.getStackByName(stackNames[id]).template);
  return {
    Database: template('Database'),
    Replica: template('Replica'),
    Backup: template('Backup'),
    Watch: template('Watch'),
    ReplicaWatch: template('ReplicaWatch'),
  };
}
