import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeDBInstancesCommand,
  KMSKeyNotAccessibleFault,
  ModifyDBInstanceCommand,
  RDSServiceException,
  StartDBInstanceAutomatedBackupsReplicationCommand,
} from '@aws-sdk/client-rds';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import type { AdoptionProperties } from '../../../lambda/adopter/wanted.ts';
import { type Setting, SimulatedRds } from './simulated-rds.ts';

process.env.AWS_REGION = 'ap-northeast-1';
let handler: typeof import('../../../lambda/adopter/handler.ts');
let rds: SimulatedRds;

beforeAll(async () => {
  handler = await import('../../../lambda/adopter/handler.ts');
});
beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  rds.client.restore();
  jest.restoreAllMocks();
});

const keyArn = 'arn:aws:kms:ap-northeast-3:111122223333:key/1';
const instance: AdoptionProperties = {
  Kind: 'instance',
  Identifier: 'members',
  // As CloudFormation hands them on.
  RetentionDays: '15',
  BackupWindow: '16:15-16:45',
  MaintenanceWindow: 'sun:17:15-sun:17:45',
  AllowOutage: 'false',
  AcknowledgeUnencrypted: 'false',
  ReplicationRegion: 'ap-northeast-3',
  ReplicationKeyArn: keyArn,
};
const { ReplicationRegion, ReplicationKeyArn, ...alone } = instance;
const cluster: AdoptionProperties = { ...alone, Kind: 'cluster' };

const asIsWanted: Setting = {
  retention: 15,
  deletionProtection: true,
  copyTags: true,
  backupWindow: '16:15-16:45',
  maintenanceWindow: 'sun:17:15-sun:17:45',
  replicatedTo: ['ap-northeast-3'],
};

type RequestType = 'Create' | 'Update' | 'Delete';

/** What CDK's framework does with the two functions, each answer through JSON and each call `deliveries` times. */
async function deploy(properties: AdoptionProperties, requestType: RequestType = 'Create', deliveries = 1) {
  const json = <T>(value: T): T => JSON.parse(JSON.stringify(value));
  const request = json({ RequestType: requestType, ResourceProperties: properties });
  let begun = await handler.onEvent(request);
  for (let again = 1; again < deliveries; again += 1) begun = await handler.onEvent(request);
  for (let asked = 1; asked <= 100; asked += 1) {
    let answer = await handler.isComplete(json({ ...request, ...begun }));
    for (let again = 1; again < deliveries && !answer.IsComplete; again += 1) {
      answer = await handler.isComplete(json({ ...request, ...begun }));
    }
    if (answer.IsComplete) return { ...begun.Data, ...answer.Data };
  }
  throw new Error('timed out');
}

/** Calls that change something. */
const writes = () =>
  rds.client.calls().filter(({ firstArg }) => /^(Modify|Start|Stop|Delete|Create)/.test(firstArg.constructor.name));

describe('an instance', () => {
  test('is raised to the policy, replicated, and every change is reported', async () => {
    rds = new SimulatedRds('instance');
    expect(await deploy(instance)).toEqual({
      Changes:
        'automated backups kept for days: 7 -> 15; deletion protection: false -> true; tags copied to snapshots: false -> true; backup window: 03:00-03:30 -> 16:15-16:45; maintenance window: mon:04:00-mon:04:30 -> sun:17:15-sun:17:45; automated backups replicated to: nowhere -> ap-northeast-3',
      Kept: 'none',
      Before: '',
    });
    expect(rds.state).toMatchObject(asIsWanted);
    expect(rds.replications).toEqual([
      {
        region: 'ap-northeast-3',
        SourceDBInstanceArn: 'arn:aws:rds:ap-northeast-1:111122223333:db:members',
        KmsKeyId: keyArn,
        BackupRetentionPeriod: 15,
      },
    ]);
  });

  test('that is as wanted is left alone, at the first deployment and at every other', async () => {
    rds = new SimulatedRds('instance', asIsWanted);
    for (const type of ['Create', 'Update'] as const) {
      expect(await deploy(instance, type)).toEqual({ Changes: 'none', Kept: 'none', Before: '' });
    }
    expect(writes()).toEqual([]);
  });

  test('keeps what is more than the policy, and that is reported', async () => {
    rds = new SimulatedRds('instance', { ...asIsWanted, retention: 35 }).keptIn('ap-northeast-3', 10);
    expect(await deploy(instance)).toEqual({
      Changes: 'none',
      Kept: 'automated backups for 35 days, more than the 15 of the policy; replicated automated backups in ap-northeast-3 for 10 days, less than the 15 of the policy: more would need a new replication, and what is there would be lost',
      Before: '',
    });
    expect(writes()).toEqual([]);
  });

  test('is never told to apply at once, so that what others left for the maintenance window stays there', async () => {
    const waiting = { DBInstanceClass: 'db.r7g.xlarge' };
    rds = new SimulatedRds('instance', { waiting });
    await deploy(instance);
    expect(rds.sent.map((sent) => sent.ApplyImmediately)).toEqual([undefined]);
    expect(rds.state.waiting).toEqual(waiting);
  });

  test("overwrites someone's pending request for fewer days, and leaves one for more", async () => {
    rds = new SimulatedRds('instance', { ...asIsWanted, pendingRetention: 3 });
    await deploy(instance);
    expect(rds.sent.map((sent) => sent.BackupRetentionPeriod)).toEqual([15]);
    rds.client.restore();

    rds = new SimulatedRds('instance', { ...asIsWanted, retention: 7, pendingRetention: 30 });
    await deploy(instance);
    expect(rds.state.retention).toBe(30);
  });

  test('without automated backups gets them, with one interruption, when the policy allows it', async () => {
    rds = new SimulatedRds('instance', { retention: 0 });
    rds.busy = 5;
    await deploy({ ...instance, AllowOutage: 'true' });
    expect(rds.state).toMatchObject(asIsWanted);
    expect(rds.interruptions).toBe(1);
  });

  test('that is not encrypted is replicated without a key, when that is acknowledged', async () => {
    rds = new SimulatedRds('instance', { encrypted: false });
    await deploy({ ...instance, AcknowledgeUnencrypted: 'true' });
    expect(rds.replications).toEqual([expect.not.objectContaining({ KmsKeyId: expect.anything() })]);
  });

  test('is not replicated when the policy says so', async () => {
    rds = new SimulatedRds('instance');
    await deploy(alone);
    expect(rds.replications).toEqual([]);
  });
});

describe('a cluster', () => {
  test('is raised to the policy at once, since its request waits for the maintenance window otherwise', async () => {
    rds = new SimulatedRds('cluster', { retention: 1 });
    const { Changes } = await deploy(cluster);
    expect(Changes).toContain('automated backups kept for days: 1 -> 15');
    const { replicatedTo, ...wanted } = asIsWanted;
    expect(rds.state).toMatchObject(wanted);
    expect(rds.sent).toEqual([expect.objectContaining({ ApplyImmediately: true })]);
  });
});

describe('is refused before anything is changed, with a sentence:', () => {
  test.each<[string, Setting, Partial<AdoptionProperties>, RegExp]>([
    [
      'automated backups that are off',
      { retention: 0 },
      {},
      /^instance members: its automated backups are off \(retention 0\), and turning them on, to 15 days, interrupts it for seconds to minutes; choose the moment and write allowOutage: true\.$/,
    ],
    [
      'automated backups that are off while other changes wait',
      { retention: 0, waiting: { DBInstanceClass: 'db.r7g.xlarge', EngineVersion: '17.6' } },
      { AllowOutage: 'true' },
      /would also do what waits for its maintenance window: DBInstanceClass, EngineVersion; have that done or dropped first/,
    ],
    ['no encryption', { encrypted: false }, {}, /it is not encrypted, .* or write acknowledgeUnencrypted: true/],
    ['another engine', { engine: 'mysql' }, {}, /it runs mysql, and this app protects PostgreSQL/],
    [
      'a member of a cluster',
      { cluster: 'carts' },
      {},
      /it belongs to the cluster carts; adopt that: cluster: 'carts'/,
    ],
    ['a stopped instance', { status: 'stopped' }, {}, /its status is "stopped", in which RDS changes nothing/],
    [
      'a replication to elsewhere',
      { replicatedTo: ['ap-southeast-1'] },
      {},
      /its automated backups are replicated to ap-southeast-1 already, not to ap-northeast-3; write replicateAutomatedBackups: false/,
    ],
    ['no such instance', {}, { Identifier: 'member' }, /^instance member: RDS knows none of that name/],
  ])('%s', async (_what, setting, properties, sentence) => {
    rds = new SimulatedRds('instance', setting);
    await expect(deploy({ ...instance, ...properties })).rejects.toThrow(sentence);
    expect(writes()).toEqual([]);
  });

  test.each<[string, Setting, Partial<AdoptionProperties>, RegExp]>([
    ['a Multi-AZ DB cluster', { engine: 'postgres' }, {}, /it is a Multi-AZ DB cluster, and AWS Backup copies no/],
    ['no encryption', { encrypted: false }, {}, /and every copy of it is not encrypted either/],
    ['no such cluster', {}, { Identifier: 'member' }, /^cluster member: RDS knows none of that name/],
  ])('%s, of a cluster', async (_what, setting, properties, sentence) => {
    rds = new SimulatedRds('cluster', setting);
    await expect(deploy({ ...cluster, ...properties })).rejects.toThrow(sentence);
    expect(writes()).toEqual([]);
  });

  test('everything that is wrong, at once', async () => {
    rds = new SimulatedRds('instance', { retention: 0, encrypted: false, status: 'stopped' });
    await expect(deploy(instance)).rejects.toThrow(/status is "stopped".*is not encrypted.*automated backups are off/);
  });
});

describe('with a key in the policy', () => {
  const keys = mockClient(KMSClient);
  afterEach(() => {
    keys.reset();
  });
  const [own, other] = ['1', '2'].map((id) => `arn:aws:kms:ap-northeast-1:111122223333:key/${id}`) as [string, string];
  const isOf = (KeyManager: 'AWS' | 'CUSTOMER') =>
    keys.on(DescribeKeyCommand, { KeyId: own }).resolves({ KeyMetadata: { KeyId: own, KeyManager } });

  test('adopts a database that has this key, which is a customer’s', async () => {
    isOf('CUSTOMER');
    rds = new SimulatedRds('instance', { key: own });
    await deploy({ ...instance, KeyArn: own });
    expect(rds.state).toMatchObject(asIsWanted);
  });

  test('refuses a database with another key, and changes nothing', async () => {
    rds = new SimulatedRds('instance', { key: other });
    await expect(deploy({ ...instance, KeyArn: own })).rejects.toThrow(
      `instance members: it is encrypted with ${other}, and the policy says key: '${own}'.`,
    );
    expect(writes()).toEqual([]);
  });

  test('refuses a key of AWS, which looks like any other by its ARN, and changes nothing', async () => {
    isOf('AWS');
    rds = new SimulatedRds('cluster', { key: own });
    await expect(deploy({ ...cluster, KeyArn: own })).rejects.toThrow(
      `cluster members: ${own} is a key of AWS, which no other account can be allowed to use, so no recovery point under it can be copied to one; move the database to a customer managed key (runbooks/en/adopt-database.md).`,
    );
    expect(writes()).toEqual([]);
  });

  test('says what to allow when the key tells nobody whose it is', async () => {
    keys.on(DescribeKeyCommand).rejects(new Error('not authorized to perform kms:DescribeKey'));
    rds = new SimulatedRds('instance', { key: own });
    await expect(deploy({ ...instance, KeyArn: own })).rejects.toThrow(
      `KMS does not say whose key ${own} is; let this account call kms:DescribeKey in the key's policy (Error: not authorized to perform kms:DescribeKey)`,
    );
    expect(writes()).toEqual([]);
  });

  test('takes a database that is known not to be encrypted: nobody needs a key to copy that', async () => {
    isOf('CUSTOMER');
    rds = new SimulatedRds('instance', { encrypted: false });
    await deploy({ ...instance, KeyArn: own, AcknowledgeUnencrypted: 'true' });
    expect(rds.state).toMatchObject(asIsWanted);
  });

  test('asks nothing about keys without one', async () => {
    rds = new SimulatedRds('instance', { key: other });
    await deploy(instance);
    expect(keys.calls()).toEqual([]);
  });
});

describe('holds out against RDS', () => {
  test('showing the old state for a while, then being busy', async () => {
    rds = new SimulatedRds('instance');
    rds.lag = 3;
    rds.busy = 20;
    await deploy(instance);
    expect(rds.state).toMatchObject(asIsWanted);
    expect(rds.replications).toHaveLength(1);
  });

  test('throttling: what is not done is asked again', async () => {
    rds = new SimulatedRds('instance');
    const throttled = new RDSServiceException({ name: 'Throttling', $fault: 'client', $metadata: {} });
    const event = { RequestType: 'Create', ResourceProperties: instance } as const;
    rds.client.on(ModifyDBInstanceCommand).rejects(throttled);
    expect(await handler.isComplete(event)).toEqual({ IsComplete: false });
    rds.client.on(DescribeDBInstancesCommand).rejects(throttled);
    expect(await handler.isComplete(event)).toEqual({ IsComplete: false });
  });

  test('a server error of a minute', async () => {
    rds = new SimulatedRds('instance');
    const broken = new RDSServiceException({ name: 'Odd', $fault: 'server', $metadata: { httpStatusCode: 503 } });
    rds.client.on(ModifyDBInstanceCommand).rejects(broken);
    const event = { RequestType: 'Create', ResourceProperties: instance } as const;
    expect(await handler.isComplete(event)).toEqual({ IsComplete: false });
  });

  test('an error that will not pass, which ends the deployment in its words', async () => {
    rds = new SimulatedRds('instance');
    const refused = new KMSKeyNotAccessibleFault({ message: 'no such key', $metadata: {} });
    rds.client.on(StartDBInstanceAutomatedBackupsReplicationCommand).rejects(refused);
    await expect(deploy(instance)).rejects.toThrow('no such key');
  });

  test('every event delivered twice', async () => {
    rds = new SimulatedRds('instance');
    rds.lag = 2;
    const { Changes } = await deploy(instance, 'Create', 2);
    expect(Changes).toContain('7 -> 15');
    expect(rds.state).toMatchObject(asIsWanted);
    expect(rds.replications).toHaveLength(1);
  });

  test('many pages of ended replications before the one that counts', async () => {
    rds = new SimulatedRds('instance', { ...asIsWanted, replicatedTo: [] }).keptIn('ap-northeast-3', 15);
    const ended = { Status: 'retained', DbiResourceId: 'db-MEMBERS' };
    rds.pagesBefore = [Array(100).fill(ended), Array(100).fill(ended)];
    await deploy(instance);
    expect(writes()).toEqual([]);
  });

  test('nothing but an ended replication, which protects no longer', async () => {
    rds = new SimulatedRds('instance', { ...asIsWanted, replicatedTo: [] });
    rds.pagesBefore = [[{ Status: 'retained', DbiResourceId: 'db-MEMBERS' }]];
    await deploy(instance);
    expect(rds.replications).toHaveLength(1);
  });
});

describe('CloudFormation', () => {
  test('deletes the resource, and nothing is even read', async () => {
    rds = new SimulatedRds('instance');
    await deploy(instance, 'Delete');
    expect(rds.client.calls()).toEqual([]);
  });

  test('rolls back to properties that ask for less, and nothing is lowered', async () => {
    rds = new SimulatedRds('instance');
    await deploy({ ...instance, RetentionDays: '30' });
    const raised = rds.state;
    await deploy({ ...instance, RetentionDays: '7' }, 'Update');
    expect(rds.state).toEqual(raised);
  });

  test('knows another database as another resource, so that an exchange deletes the first, to no effect', async () => {
    rds = new SimulatedRds('instance');
    const { PhysicalResourceId } = await handler.onEvent({ RequestType: 'Create', ResourceProperties: instance });
    expect(PhysicalResourceId).toBe('instance:members');
  });

  test('takes answers of 4 KiB at most', async () => {
    rds = new SimulatedRds('instance');
    const answer = await deploy(instance);
    expect(JSON.stringify(answer).length).toBeLessThan(2_048);
  });
});

test('no combination of current and wanted settings makes it send a lowering value, and each ends as wanted', async () => {
  const windows = fc.constantFrom('16:15-16:45', '03:00-03:30');
  const weekly = fc.constantFrom('sun:17:15-sun:17:45', 'mon:04:00-mon:04:30');
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const settings = fc.record({
    retention: fc.integer({ min: 0, max: 35 }),
    pendingRetention: optional(fc.integer({ min: 0, max: 35 })),
    deletionProtection: fc.boolean(),
    copyTags: fc.boolean(),
    backupWindow: windows,
    maintenanceWindow: weekly,
    replicatedTo: fc.constantFrom([], ['ap-northeast-3']),
    waiting: fc.constantFrom({}, { DBInstanceClass: 'db.r7g.xlarge' }),
    lag: fc.integer({ min: 0, max: 2 }),
  });
  const policies = fc.record({
    days: fc.integer({ min: 1, max: 35 }),
    allowOutage: fc.boolean(),
    kind: fc.constantFrom('instance' as const, 'cluster' as const),
    isReplicated: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(settings, policies, async ({ lag, pendingRetention, ...setting }, policy) => {
      const { kind, days, allowOutage, isReplicated } = policy;
      fc.pre(kind === 'instance' || setting.retention > 0);
      rds = new SimulatedRds(kind, { ...setting, ...(pendingRetention !== undefined && { pendingRetention }) });
      rds.lag = lag;
      const before = rds.state;
      const properties = {
        ...(kind === 'instance' && isReplicated ? instance : alone),
        Kind: kind,
        RetentionDays: `${days}`,
        AllowOutage: `${allowOutage}`,
      };
      const result = await deploy(properties).catch((error: Error) => error);
      rds.client.restore();

      for (const { BackupRetentionPeriod, DeletionProtection, CopyTagsToSnapshot } of rds.sent) {
        expect(BackupRetentionPeriod ?? 36).toBeGreaterThanOrEqual(
          Math.max(before.retention, pendingRetention ?? 0, days),
        );
        expect(DeletionProtection).not.toBe(false);
        expect(CopyTagsToSnapshot).not.toBe(false);
      }
      expect(writes().every(({ firstArg }) => /^(Modify|StartDBInstanceAuto)/.test(firstArg.constructor.name))).toBe(
        true,
      );
      expect(rds.interruptions).toBeLessThanOrEqual(allowOutage && before.retention === 0 ? 1 : 0);
      if (kind === 'instance' && before.retention > 0) expect(rds.state.waiting).toEqual(before.waiting);
      if (result instanceof Error) {
        expect(result.message).toContain('automated backups are off');
        expect(rds.sent).toEqual([]);
      } else {
        expect(rds.state).toMatchObject({ deletionProtection: true, copyTags: true, backupWindow: '16:15-16:45' });
        expect(rds.state.retention).toBeGreaterThanOrEqual(Math.max(days, before.retention));
      }
    }),
    { numRuns: 300 },
  );
});
