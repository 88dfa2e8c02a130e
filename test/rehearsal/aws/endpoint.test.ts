import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateDBInstanceCommand,
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBInstances,
  RDSClient,
  RestoreDBClusterFromSnapshotCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  StartDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type DatabaseState, Databases } from '../../../rehearsal/aws/databases.ts';
import { type AwsCall, type Endpoint, HangUp, startEndpoint } from '../../../rehearsal/aws/endpoint.ts';
import { ObjectStorage } from '../../../rehearsal/aws/objects.ts';
import { ServiceError } from '../../../rehearsal/aws/protocol.ts';
import { simulateRds } from '../../../rehearsal/aws/rds.ts';
import { Secrets } from '../../../rehearsal/aws/secrets.ts';
import { Figures, Mailbox } from '../../../rehearsal/aws/small-services.ts';
import { eventually } from '../../helpers/local-processes.ts';

const region = 'ap-northeast-1';
let endpoint: Endpoint;
let secrets: Secrets;
let databases: Databases;
let objects: ObjectStorage;
let figures: Figures;
let mailbox: Mailbox;
let calls: AwsCall[];
let watch: (call: AwsCall) => void;
let clients: ReturnType<typeof clientsOf>;

function clientsOf(url: string) {
  const settings = {
    endpoint: url,
    region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'x' },
    maxAttempts: 1,
  };
  return {
    rds: new RDSClient(settings),
    s3: new S3Client(settings),
    secrets: new SecretsManagerClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    sns: new SNSClient(settings),
  };
}

beforeAll(async () => {
  const service = (pick: () => { call: (call: AwsCall) => Promise<object> }, protocol: object) => ({
    protocol: protocol as never,
    call: (call: AwsCall) => pick().call(call) as never,
  });
  reset();
  endpoint = await startEndpoint(
    {
      rds: service(() => simulateRds(databases), simulateRds(databases).protocol),
      s3: service(() => objects.service, objects.service.protocol),
      secretsmanager: service(() => secrets.service, secrets.service.protocol),
      monitoring: service(() => figures.service, figures.service.protocol),
      sns: service(() => mailbox.service, mailbox.service.protocol),
    },
    (call) => {
      calls.push(call);
      watch(call);
    },
  );
  clients = clientsOf(endpoint.url);
});
beforeEach(reset);
afterAll(async () => {
  await endpoint[Symbol.asyncDispose]();
});

function reset(): void {
  [secrets, objects, figures, mailbox, calls] = [new Secrets(), new ObjectStorage(), new Figures(), new Mailbox(), []];
  databases = new Databases('111122223333', secrets);
  databases.transitionMilliseconds = 5;
  watch = () => {};
}

function production(kind: DatabaseState['kind'] = 'instance', name = 'orders'): DatabaseState {
  return databases.add({
    kind,
    region,
    identifier: name,
    status: 'available',
    tags: [{ Key: 'owner', Value: 'production' }],
    deletionProtection: true,
    backupRetentionDays: 14,
    engineVersion: '15.10',
    instanceClass: 'db.t4g.medium',
    parameterGroup: 'p',
    subnetGroup: 's',
    securityGroups: ['sg-1'],
  });
}

function snapshotOf(source: DatabaseState): string {
  const identifier = 'awsbackup:job-1';
  databases.snapshots.push({
    kind: source.kind,
    region,
    identifier,
    source,
    createdAt: new Date('2026-11-20T00:00:00Z'),
    databaseTime: new Date('2026-11-20T00:01:00Z'),
    data: { restore: async () => ({ server: { port: 1 } as never, administer: async () => {}, stop: async () => {} }) },
  });
  return identifier;
}

const find = (name: string) => databases.find(region, 'instance', name);

describe('what reaches the stand-in for AWS', () => {
  test('given a call of the real client, it arrives with who asks, which service, which Region and every parameter', async () => {
    const source = production();
    await clients.rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: 'shop-drill-1',
        DBSnapshotIdentifier: snapshotOf(source),
        VpcSecurityGroupIds: ['sg-2', 'sg-3'],
        DeletionProtection: false,
        BackupRetentionPeriod: 0,
        Tags: [
          { Key: 'a', Value: '1 & <2>' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    expect(calls[0]).toMatchObject({ caller: 'operator', service: 'rds', region });
    expect(calls[0]?.input).toEqual({
      DBInstanceIdentifier: 'shop-drill-1',
      DBSnapshotIdentifier: 'awsbackup:job-1',
      VpcSecurityGroupIds: ['sg-2', 'sg-3'],
      DeletionProtection: false,
      BackupRetentionPeriod: 0,
      Tags: [
        { Key: 'a', Value: '1 & <2>' },
        { Key: 'b', Value: '2' },
      ],
    });
    expect(find('shop-drill-1')).toMatchObject({ securityGroups: ['sg-2', 'sg-3'], backupRetentionDays: 0 });
  });

  test('given an operation that is not simulated, it is refused by name', async () => {
    await expect(clients.rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: 'orders' }))).rejects.toThrow(
      'rds:StartDBInstance is not simulated',
    );
  });

  test('given a watcher that throttles, the client sees it as AWS would say it', async () => {
    watch = () => {
      throw new ServiceError('ThrottlingException', 'Rate exceeded', 400);
    };
    await expect(clients.rds.send(new DescribeDBInstancesCommand({}))).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
    });
  });

  test('given a watcher that hangs up, the client sees a dead network', async () => {
    watch = () => {
      throw new HangUp();
    };
    await expect(clients.rds.send(new DescribeDBInstancesCommand({}))).rejects.toThrow(/socket hang up|ECONNRESET/);
  });
});

describe('simulated RDS', () => {
  test('given more instances than a page holds, the paginator of the SDK finds them all', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) production('instance', name);
    const found: (string | undefined)[] = [];
    for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client: clients.rds }, {})) {
      found.push(...DBInstances.map((one) => one.DBInstanceIdentifier));
    }
    expect(found).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('given no such instance, the error has the class that functions look for', async () => {
    await expect(
      clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'nobody' })),
    ).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' });
  });

  test('given a restore that says nothing of tags and retention, the scratch inherits them as in AWS', async () => {
    const DBSnapshotIdentifier = snapshotOf(production());
    await clients.rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: 'x', DBSnapshotIdentifier }),
    );
    expect(find('x')).toMatchObject({
      tags: [{ Key: 'owner', Value: 'production' }],
      backupRetentionDays: 14,
      deletionProtection: false,
      subnetGroup: 'default',
    });
  });

  test('given a scratch that is still being made, it can neither be changed nor deleted', async () => {
    databases.isStuck = true;
    const DBSnapshotIdentifier = snapshotOf(production());
    await clients.rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: 'x', DBSnapshotIdentifier }),
    );
    const busy = { name: 'InvalidDBInstanceStateFault', message: 'Instance x is currently creating.' };
    const modify = new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'x', ManageMasterUserPassword: true });
    await expect(clients.rds.send(modify)).rejects.toMatchObject(busy);
    const remove = new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'x', SkipFinalSnapshot: true });
    await expect(clients.rds.send(remove)).rejects.toMatchObject(busy);
    databases.isStuck = false;
  });

  test('given deletion protection, a database stays', async () => {
    production();
    const remove = new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders', SkipFinalSnapshot: true });
    await expect(clients.rds.send(remove)).rejects.toThrow('disable deletion protection');
    expect(find('orders')).toBeDefined();
  });

  test('given a cluster with an instance in it, only the instance can be deleted', async () => {
    const SnapshotIdentifier = snapshotOf(production('cluster', 'carts'));
    await clients.rds.send(
      new RestoreDBClusterFromSnapshotCommand({
        DBClusterIdentifier: 'c',
        SnapshotIdentifier,
        Engine: 'aurora-postgresql',
      }),
    );
    await eventually(
      async () => databases.find(region, 'cluster', 'c')?.status,
      (status) => status === 'available',
    );
    await clients.rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'c-1',
        DBClusterIdentifier: 'c',
        DBInstanceClass: 'db.serverless',
        Engine: 'aurora-postgresql',
      }),
    );
    const remove = new DeleteDBClusterCommand({ DBClusterIdentifier: 'c', SkipFinalSnapshot: true });
    await expect(clients.rds.send(remove)).rejects.toThrow('it still contains DB instances');
  });

  test('given a snapshot of AWS Backup, it tells the time of its data, to the millisecond', async () => {
    const DBSnapshotIdentifier = snapshotOf(production());
    const { DBSnapshots } = await clients.rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
    expect(DBSnapshots?.[0]?.SnapshotDatabaseTime).toEqual(new Date('2026-11-20T00:01:00Z'));
  });
});

describe('simulated S3', () => {
  const at = { Bucket: 'shop-evidence', Key: 'evidence/ap-northeast-1/orders/000001.json' };

  test('given an object that is there, a write that must be the first is refused', async () => {
    await clients.s3.send(new PutObjectCommand({ ...at, Body: '{}', IfNoneMatch: '*' }));
    await expect(
      clients.s3.send(new PutObjectCommand({ ...at, Body: '{"a":1}', IfNoneMatch: '*' })),
    ).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const { Body } = await clients.s3.send(new GetObjectCommand(at));
    expect(await Body?.transformToString()).toBe('{}');
  });

  test('given an object lock, its end is kept with the object', async () => {
    const until = new Date('2028-01-01T00:00:00Z');
    const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until } as const;
    await clients.s3.send(new PutObjectCommand({ ...at, Body: '{}', ...lock }));
    expect(objects.objects.get(`${at.Bucket}/${at.Key}`)?.retainUntil).toEqual(until);
  });

  test('given more keys than a page, the token leads on', async () => {
    for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) {
      await clients.s3.send(new PutObjectCommand({ Bucket: 'b', Key: key, Body: 'x' }));
    }
    const first = await clients.s3.send(new ListObjectsV2Command({ Bucket: 'b', Prefix: 'a/', MaxKeys: 2 }));
    const token = { ContinuationToken: first.NextContinuationToken as string };
    const second = await clients.s3.send(new ListObjectsV2Command({ Bucket: 'b', Prefix: 'a/', ...token }));
    const keys = [first, second].map(({ Contents }) => Contents?.map(({ Key }) => Key));
    expect(keys).toEqual([['a/1', 'a/2'], ['a/3']]);
  });

  test('given no such object, the error has its name', async () => {
    await expect(clients.s3.send(new GetObjectCommand(at))).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('the other services', () => {
  test('given a figure and a notice, both are kept as they were sent', async () => {
    const Dimensions = [{ Name: 'Database', Value: 'orders' }];
    await clients.cloudWatch.send(
      new PutMetricDataCommand({ Namespace: 'Fukugen', MetricData: [{ MetricName: 'Age', Value: 1.5, Dimensions }] }),
    );
    await clients.sns.send(new PublishCommand({ TopicArn: 'arn:x', Subject: 'drill', Message: '復元 & <ok>' }));
    expect(figures.published).toEqual([{ region, name: 'Age', value: 1.5, dimensions: { Database: 'orders' } }]);
    expect(mailbox.notices).toEqual([{ topic: 'arn:x', subject: 'drill', message: '復元 & <ok>' }]);
  });

  test('given a secret that RDS made, it is told to who knows its ARN, and nothing else is', async () => {
    const { arn, password } = secrets.make('db', region, '111122223333', 'postgres');
    const answer = await clients.secrets.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(JSON.parse(answer.SecretString ?? '')).toEqual({ username: 'postgres', password });
    await expect(clients.secrets.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
