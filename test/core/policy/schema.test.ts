import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { parsePolicy, policyJsonSchema } from '../../../core/policy/index.ts';

const local = {
  sources: { notes: { kind: 'directory', path: '~/Notes' } },
  stores: { disk: { kind: 'generations', path: '/backups' } },
};
const cloud = { databases: { main: { kind: 'instance', engineVersion: '17.6' } } };

const cluster = { kind: 'cluster', engineVersion: '17.5' };

function mistakesOf(policy: unknown): string[] {
  try {
    parsePolicy(policy, 'test');
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.trim());
  }
  return [];
}

describe('policy', () => {
  test('given only a database, the defaults are the documented ones', () => {
    const policy = parsePolicy({ cloud });
    expect(JSON.parse(JSON.stringify(policy))).toEqual({
      name: 'fukugen',
      language: 'en',
      objectives: { rpo: '6h', rto: '4h' },
      cloud: {
        primary: { region: 'ap-northeast-1', lock: { mode: 'governance', minKeep: '7d' } },
        replica: { region: 'ap-northeast-3', lock: { mode: 'governance', minKeep: '7d' } },
        cadence: {
          every: '3h',
          startsAt: '00:00',
          timezone: 'Asia/Tokyo',
          keep: '14d',
          startWindow: '1h',
          completionWindow: '3h',
          copy: { keep: '14d' },
        },
        databases: {
          main: {
            kind: 'instance',
            engineVersion: '17.6',
            instanceClass: 'db.t4g.medium',
            storage: '100GiB',
            multiAz: false,
            automatedBackupRetention: '14d',
            replicateAutomatedBackups: true,
            drill: { freshness: [] },
          },
        },
        drills: {
          on: 1,
          at: '10:00',
          concurrency: 3,
          timeLimit: '8h',
          waitUntilLoaded: false,
          keepEvidence: '400d',
          shrinkage: 20,
          checks: {},
        },
        notices: { email: [] },
      },
    });
  });

  test('given a database that exists already, what it keeps is asked for by its form', () => {
    const kept = {
      identifier: 'Members',
      subnetGroup: 'Prod Subnets',
      securityGroups: ['default'],
      parameterGroup: '1-pg17',
      key: 'alias/members',
    };
    const databases = {
      members: { kind: 'instance', engineVersion: '17.6', existing: kept },
      sessions: { ...cluster, existing: { ...kept, securityGroups: [], key: 'alias/aws/rds', instances: [] } },
    };
    expect(mistakesOf({ cloud: { databases } })).toEqual([
      'test has 11 mistakes:',
      'cloud.databases.members.existing.identifier: received "Members"; write the identifier as RDS shows it, in lower case',
      'cloud.databases.members.existing.subnetGroup: received "Prod Subnets"; write the name of a subnet group as RDS shows it',
      'cloud.databases.members.existing.securityGroups.0: received "default"; write the id of a security group such as sg-0123456789abcdef0',
      'cloud.databases.members.existing.parameterGroup: received "1-pg17"; write the name of a parameter group as RDS shows it',
      'cloud.databases.members.existing.key: received "alias/members"; write the whole ARN of a key, such as arn:aws:kms:ap-northeast-1:111122223333:key/…',
      'cloud.databases.sessions.existing.identifier: received "Members"; write the identifier as RDS shows it, in lower case',
      'cloud.databases.sessions.existing.subnetGroup: received "Prod Subnets"; write the name of a subnet group as RDS shows it',
      'cloud.databases.sessions.existing.securityGroups: received a list of 0; name at least one security group',
      'cloud.databases.sessions.existing.parameterGroup: received "1-pg17"; write the name of a parameter group as RDS shows it',
      'cloud.databases.sessions.existing.key: received "alias/aws/rds"; nobody can let another account use a key of AWS, so what it encrypts cannot be copied to one; move the database to a customer managed key first (runbooks/en/adopt-database.md)',
      'cloud.databases.sessions.existing.instances: received a list of 0; name the writer and every reader',
    ]);
  });

  test('given an existing cluster, the writer and every reader are named', () => {
    const existing = {
      identifier: 'sessions-prod',
      subnetGroup: 'prod',
      securityGroups: ['sg-0123456789abcdef0'],
      parameterGroup: 'sessions-pg17',
      key: 'arn:aws:kms:ap-northeast-1:111122223333:key/0f3c',
      instances: ['sessions-prod-a'],
    };
    const policy = (readers: number) => ({ cloud: { databases: { sessions: { ...cluster, readers, existing } } } });
    expect(mistakesOf(policy(0))).toEqual([]);
    expect(mistakesOf(policy(1))[1]).toMatch(/name the writer and every reader, one more than there are readers$/);
  });

  test('given many mistakes, all are named at once with path, received value and what would be right', () => {
    expect(
      mistakesOf({
        name: 'Bad Name',
        objectives: { rpo: '3 hours', rtoo: '1h' },
        cloud: {
          databases: { m: { kind: 'table' } },
          cadence: { every: '5h', keep: '0d', startsAt: '25:00', timezone: 'Mars/Olympus' },
          primary: { region: 'eu-west-1' },
          replica: { region: 'eu-west-1' },
        },
        local: { ...local, stores: { disk: { kind: 'generations' } } },
      }),
    ).toEqual([
      'test has 10 mistakes:',
      'name: received "Bad Name"; use lower-case letters, digits and single hyphens, starting with a letter',
      'objectives.rpo: received "3 hours"; write a duration such as 3h, 14d or 8w, at least 1m',
      'objectives.rtoo: there is no such key; check its spelling or remove it',
      'cloud.cadence.every: received "5h"; must divide a day: AWS Backup evaluates a schedule within one day',
      'cloud.cadence.startsAt: received "25:00"; write a time of day such as 00:00',
      'cloud.cadence.timezone: received "Mars/Olympus"; write a timezone of the IANA database such as Asia/Tokyo',
      'cloud.cadence.keep: received "0d"; write a duration such as 3h, 14d or 8w, at least 1d and at most 36500d',
      'cloud.databases.m.kind: received "table"; write "instance" or "cluster" or "adopted"',
      'local.stores.disk.path: received nothing; write a text',
      'cloud.replica.region: received "eu-west-1"; the replica must be in another Region than the primary',
    ]);
  });

  test.each([
    ['neither half', {}, '(top level): received an object with no keys; declare cloud, local or both'],
    [
      'one Region for both',
      { cloud: { ...cloud, replica: { region: 'ap-northeast-1' } } },
      'cloud.replica.region: received "ap-northeast-1"; the replica must be in another Region than the primary',
    ],
    [
      'no database',
      { cloud: { databases: {} } },
      'cloud.databases: received an object with no keys; name at least one database',
    ],
    [
      'no source',
      { local: { ...local, sources: {} } },
      'local.sources: received an object with no keys; name at least one source',
    ],
    [
      'no store',
      { local: { ...local, stores: {} } },
      'local.stores: received an object with no keys; name at least one store',
    ],
    [
      'an account as a number',
      { cloud: { ...cloud, account: 123456789012 } },
      'cloud.account: received 123456789012; write the twelve digits of an AWS account, in quotes',
    ],
    [
      'a name that is no name',
      { local: { ...local, sources: { 'My Notes': { kind: 'directory', path: '/n' } } } },
      'local.sources.My Notes: use lower-case letters, digits and single hyphens, starting with a letter',
    ],
    [
      'storage RDS does not have',
      { cloud: { databases: { main: { ...cloud.databases.main, storage: '5GiB' } } } },
      'cloud.databases.main.storage: received "5GiB"; RDS gp3 storage is 20GiB to 64TiB',
    ],
    [
      'a compliance lock without the name of its vault',
      { name: 'shop', cloud: { ...cloud, replica: { lock: { mode: 'compliance' } } } },
      'cloud.replica.lock.confirm: received nothing; a compliance lock can never be taken off; write the name of its vault, "shop-replica"',
    ],
    [
      'a compliance lock with the name of the other vault',
      { name: 'shop', cloud: { ...cloud, primary: { lock: { mode: 'compliance', confirm: 'shop-replica' } } } },
      'cloud.primary.lock.confirm: received "shop-replica"; a compliance lock can never be taken off; write the name of its vault, "shop-primary"',
    ],
    [
      'a grace that AWS does not accept',
      { cloud: { ...cloud, primary: { lock: { mode: 'compliance', confirm: 'fukugen-primary', grace: '2d' } } } },
      'cloud.primary.lock.grace: received "2d"; write a duration such as 3h, 14d or 8w, at least 3d and at most 36500d',
    ],
    [
      'a plan that keeps less than the lock takes',
      { cloud: { ...cloud, cadence: { keep: '5d' } } },
      'cloud.cadence.keep: received "5d"; the lock of the primary vault takes "7d" at least (cloud.primary.lock.minKeep)',
    ],
    [
      'copies that are kept longer than the lock takes',
      {
        cloud: {
          ...cloud,
          cadence: { copy: { keep: '60d' } },
          replica: { lock: { mode: 'governance', maxKeep: '35d' } },
        },
      },
      'cloud.cadence.copy.keep: received "60d"; the lock of the replica vault takes "35d" at most (cloud.replica.lock.maxKeep)',
    ],
    [
      'a generation that is kept longer than the lock takes',
      {
        cloud: {
          ...cloud,
          cadence: { monthly: { keep: '400d' } },
          primary: { lock: { mode: 'governance', maxKeep: '35d' } },
        },
      },
      'cloud.cadence.monthly.keep: received "400d"; the lock of the primary vault takes "35d" at most (cloud.primary.lock.maxKeep)',
    ],
    [
      'a lock without room between its bounds',
      { cloud: { ...cloud, primary: { lock: { mode: 'governance', minKeep: '14d', maxKeep: '14d' } } } },
      'cloud.primary.lock.maxKeep: received "14d"; write more than minKeep "14d"',
    ],
    [
      'a weekly generation that is kept no longer than the others',
      { cloud: { ...cloud, cadence: { weekly: { keep: '14d' } } } },
      'cloud.cadence.weekly.keep: received "14d"; write more than cadence.keep "14d"',
    ],
    [
      'a copy of a generation that is kept no longer than the others',
      { cloud: { ...cloud, cadence: { monthly: { keep: '365d', copy: { keep: '7d' } } } } },
      'cloud.cadence.monthly.copy.keep: received "7d"; write more than cadence.copy.keep "14d"',
    ],
    [
      'more generations than runs',
      { cloud: { ...cloud, cadence: { every: '24h', weekly: { keep: '56d' }, monthly: { keep: '365d' } } } },
      'cloud.cadence.every: received "24h"; weekly and monthly each take a run of their own from the day, and there is one; write "12h" at most',
    ],
    [
      'a day that not every month has',
      { cloud: { ...cloud, cadence: { monthly: { on: 31, keep: '365d' } } } },
      'cloud.cadence.monthly.on: received 31; write a day from 1 to 28',
    ],
    [
      'an ARN for a role name',
      { cloud: { ...cloud, breakGlassRole: 'arn:aws:iam::111122223333:role/rescue' } },
      'cloud.breakGlassRole: received "arn:aws:iam::111122223333:role/rescue"; write the name of an IAM role, without its ARN',
    ],
    [
      'notices to what is no address',
      { cloud: { ...cloud, notices: { email: ['team'] } } },
      'cloud.notices.email.0: received "team"; write an e-mail address',
    ],
    [
      'the ARN of a secret for its name',
      { cloud: { ...cloud, notices: { slack: { webhookSecret: 'arn:aws:secretsmanager:x' } } } },
      'cloud.notices.slack.webhookSecret: received "arn:aws:secretsmanager:x"; write the name of a secret, without its ARN',
    ],
    [
      'runbooks that are read without encryption',
      { cloud: { ...cloud, notices: { runbooks: 'http://wiki' } } },
      'cloud.notices.runbooks: received "http://wiki"; write an https address',
    ],
    ['no policy at all', null, '(top level): received null; write an object'],
    ['no cloud in it', { cloud: null }, 'cloud: received null; write an object'],
    [
      'an Aurora retention that the plan outlasts',
      { cloud: { databases: { c: { ...cluster, automatedBackupRetention: '14d' } } } },
      'cloud.databases.c.automatedBackupRetention: received "14d"; Aurora charges for a snapshot in full once automated backups no longer reach as far back, and "14d" is not a day more than cadence.keep "14d"; write at least "15d"',
    ],
    [
      'a plan that outlasts every Aurora retention',
      { cloud: { cadence: { keep: '60d' }, databases: { c: cluster } } },
      'cloud.databases.c.automatedBackupRetention: received nothing; Aurora charges for a snapshot in full once automated backups no longer reach as far back, and "15d" is not a day more than cadence.keep "60d"; Aurora keeps 35d at most, so let the cadence keep "34d" at most',
    ],
    [
      'copies between the runs',
      { cloud: { databases: { c: { ...cluster, copyEvery: '9h' } } } },
      'cloud.databases.c.copyEvery: received "9h"; must divide a day and be a multiple of cadence.every "3h": write "3h" or "6h" or "12h" or "24h"',
    ],
    [
      'a capacity without serverless',
      { cloud: { databases: { c: { ...cluster, instanceClass: 'db.r7g.large', capacity: { min: 1, max: 2 } } } } },
      'cloud.databases.c.capacity: received an object with min, max; only instances of class db.serverless scale; leave it out, or the instanceClass',
    ],
    [
      'a capacity upside down',
      { cloud: { databases: { c: { ...cluster, capacity: { min: 8, max: 2 } } } } },
      'cloud.databases.c.capacity: received an object with min, max; min is more than max',
    ],
    [
      'a capacity in quarters',
      { cloud: { databases: { c: { ...cluster, capacity: { min: 0.25, max: 2 } } } } },
      'cloud.databases.c.capacity.min: received 0.25; write 0.5 to 256 in steps of 0.5',
    ],
    [
      'more readers than Aurora has',
      { cloud: { databases: { c: { ...cluster, readers: 16 } } } },
      'cloud.databases.c.readers: received 16; write 0 to 15',
    ],
    [
      'a class that is none',
      { cloud: { databases: { c: { ...cluster, instanceClass: 'large' } } } },
      'cloud.databases.c.instanceClass: received "large"; write an instance class such as db.r7g.large or db.serverless',
    ],
    [
      'an adopted database that is both',
      { cloud: { databases: { a: { kind: 'adopted', instance: 'a', cluster: 'a' } } } },
      'cloud.databases.a: received an object with kind, instance, cluster; name either the instance or the cluster',
    ],
    [
      'an adopted database without a name',
      { cloud: { databases: { a: { kind: 'adopted' } } } },
      'cloud.databases.a: received an object with kind; name either the instance or the cluster',
    ],
    [
      'an identifier that RDS does not have',
      { cloud: { databases: { a: { kind: 'adopted', instance: 'Members--Prod' } } } },
      'cloud.databases.a.instance: received "Members--Prod"; write the identifier as RDS shows it, in lower case',
    ],
    [
      'an adopted cluster that the plan outlasts',
      { cloud: { cadence: { keep: '20d' }, databases: { a: { kind: 'adopted', cluster: 'carts-prod' } } } },
      'cloud.databases.a.automatedBackupRetention: received nothing; Aurora charges for a snapshot in full once automated backups no longer reach as far back, and "15d" is not a day more than cadence.keep "20d"; write at least "21d"',
    ],
    [
      'url and fields together',
      { local: { ...local, sources: { app: { kind: 'postgres', url: 'env:U', host: 'h' } } } },
      'local.sources.app: received an object with kind, url, host; give either url or the separate fields, not both',
    ],
    ['a text instead of a policy', 'hello', '(top level): received "hello"; write an object'],
    [
      'a window in the way of the plan, beside another mistake',
      {
        cloud: {
          replica: { lock: { minKeep: 'x' } },
          databases: { a: { kind: 'instance', engineVersion: '9.6', backupWindow: '15:30-16:30' } },
        },
      },
      'cloud.databases.a.backupWindow: received "15:30-16:30"; it overlaps the start window 15:00-16:00 UTC of AWS Backup; "16:15-16:45" is clear',
    ],
    [
      'a cadence without room for windows',
      {
        cloud: {
          cadence: { every: '2h' },
          databases: { a: { kind: 'cluster', engineVersion: '17.5', copyEvery: '24h' } },
        },
      },
      'cloud.cadence: received an object with every; RDS needs 30 minutes a day for its own backup, and 30 minutes a week for maintenance with the hour before it, clear of every start window, and every "2h" with startWindow "1h" leaves none; every "3h" would leave room',
    ],
    [
      'a version that is a number',
      { cloud: { databases: { a: { kind: 'instance', engineVersion: 17.6 } } } },
      'cloud.databases.a.engineVersion: received 17.6; write a PostgreSQL version from 13 to 18 with its minor, in quotes, such as "17.6"',
    ],
  ])('given %s, the sentence says what would be right', (_name, policy, sentence) => {
    expect(mistakesOf(policy)).toContain(sentence);
  });

  test('given a cadence that divides no day, nothing is said of what would have to fit it', () => {
    const cadence = { every: '5h' };
    const databases = {
      a: { kind: 'cluster', engineVersion: '17.5', copyEvery: '10h', backupWindow: '15:30-16:30' },
    };
    expect(mistakesOf({ cloud: { cadence, databases } }).slice(1)).toEqual([
      expect.stringMatching(/^cloud\.cadence\.every: /),
    ]);
  });

  test('given a password where a reference belongs, the message does not repeat it', () => {
    const message = mistakesOf({
      local: {
        sources: {
          app: { kind: 'postgres', url: 'postgres://app:s3cr3t-a@h/db' },
          b: { kind: 'postgres', password: 's3cr3t-b' },
        },
        stores: {
          r2: {
            kind: 'restic',
            repository: 's3:https://key:s3cr3t-c@host/bucket',
            password: 's3cr3t-d',
            environment: { KEY: 's3cr3t-e' },
          },
        },
      },
    }).join('\n');
    expect(message).toContain('test has 5 mistakes');
    expect(message).not.toContain('s3cr3t');
  });

  test('the published JSON Schema is the one the program uses', async () => {
    const published = JSON.parse(
      await readFile(new URL('../../../schema/backup.schema.json', import.meta.url), 'utf8'),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
  });
});
