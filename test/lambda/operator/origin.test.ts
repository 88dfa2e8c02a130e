import { describe, expect, test } from '@jest/globals';
import type { DrillSource, OriginNote } from '../../../core/evidence/record.ts';
import type { DrillTarget } from '../../../lambda/operator/messages.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import { choose, deliver } from './drive.ts';
import { fill, ordersArn } from './sample-production.ts';
import { SimulatedAws, samplePlan } from './simulated-aws.ts';

async function targetOf(aws: SimulatedAws, name: string, source: DrillSource): Promise<DrillTarget> {
  return (await choose(aws, { databases: [{ name, source }] }))[0] as DrillTarget;
}

async function originOf(aws: SimulatedAws, name: string, source: DrillSource): Promise<OriginNote['origin']> {
  const target = await targetOf(aws, name, source);
  await deliver(aws, { operation: 'restore', target });
  return (aws.read(drillKeys.origin(target)) as OriginNote).origin;
}

const inPrimary = () => fill(new SimulatedAws());
const inReplica = () => fill(new SimulatedAws(samplePlan('replica')));

describe('the recovery point', () => {
  test('latest is the newest that completed, measured by the database time of its snapshot', async () => {
    const aws = inPrimary();
    const running = { ...aws.points[0], Status: 'RUNNING', CreationDate: aws.now, RecoveryPointArn: 'arn:running' };
    aws.points.unshift(running as never);
    expect(await originOf(aws, 'orders', 'latest')).toEqual({
      recoveryPoint: 'arn:aws:rds:ap-northeast-1:111122223333:snapshot:awsbackup:job-orders-2',
      createdAt: '2026-12-01T00:00:00.000Z',
      databaseTime: '2026-12-01T00:05:00.000Z',
      basis: 'snapshot-database-time',
      bytes: 20 * 2 ** 30,
    });
  });

  test('of an instance whose snapshot does not tell, the first time it was made counts and not that of the copy', async () => {
    const aws = inReplica();
    for (const snapshot of aws.rds.instanceSnapshots) delete snapshot.SnapshotDatabaseTime;
    expect(await originOf(aws, 'orders', 'copy')).toMatchObject({
      recoveryPoint: 'arn:aws:rds:ap-northeast-3:111122223333:snapshot:awsbackup:copyjob-orders-2',
      databaseTime: '2026-12-01T00:07:00.000Z',
      basis: 'snapshot-create-time',
    });
  });

  test('of a cluster it is when the snapshot was made, and of its copy when the job began', async () => {
    expect(await originOf(inPrimary(), 'members', 'latest')).toMatchObject({
      databaseTime: '2026-12-01T00:06:00.000Z',
      basis: 'snapshot-create-time',
    });
    expect(await originOf(inReplica(), 'members', 'copy')).toMatchObject({ databaseTime: '2026-12-01T00:00:00.000Z' });
  });

  test.each(['awsbackup', 'manual'])('is found whether RDS counts it as %s or not', async (type) => {
    const aws = inPrimary();
    for (const snapshot of aws.rds.instanceSnapshots) snapshot.SnapshotType = type;
    aws.rds.hidesAwsBackup = true;
    expect((await originOf(aws, 'orders', 'latest')).recoveryPoint).toContain('job-orders-2');
  });

  test('continuous recovery points, which are no snapshots, are passed over', async () => {
    const aws = inPrimary();
    aws.points.push({
      BackupVaultName: 'shop-primary',
      ResourceArn: ordersArn,
      Status: 'COMPLETED',
      CreationDate: aws.now,
      RecoveryPointArn: 'arn:aws:backup:ap-northeast-1:111122223333:recovery-point:continuous:db-1',
    });
    expect((await originOf(aws, 'orders', 'latest')).recoveryPoint).toContain('job-orders-2');
  });

  test('random is any of more than a page holds', async () => {
    // GIVEN more points than the 1,000 of a page
    const aws = fill(new SimulatedAws(), 1_100);
    const seen: number[] = [];
    const host = { ...aws.host, random: (below: number) => seen.push(below) && below - 1 };
    Object.assign(aws, { host });
    // WHEN the oldest is drawn
    const { recoveryPoint } = await originOf(aws, 'orders', 'random');
    // THEN
    expect(seen).toEqual([1_100]);
    expect(recoveryPoint).toContain('job-orders-0');
  });

  test('random is drawn anew for every drill', async () => {
    const drawn = new Set<string | undefined>();
    // The chance that one of the four does not come up in as many drills is 10^-49.
    for (let time = 0; time < 400 && drawn.size < 4; time += 1) {
      drawn.add((await originOf(fill(new SimulatedAws(), 4), 'orders', 'random')).recoveryPoint);
    }
    expect(drawn.size).toBe(4);
  });

  test('given none, there is nothing to restore', async () => {
    const aws = fill(new SimulatedAws(), 0);
    for (const source of ['latest', 'random'] as const) {
      await expect(originOf(aws, 'orders', source)).rejects.toMatchObject({
        name: 'NothingToRestore',
        message: 'restore: the vault shop-primary holds no completed recovery point of orders',
      });
    }
  });

  test.each(['orders', 'members'])(
    'of %s, given it expired between the list and the look, another try is made',
    async (name) => {
      const aws = inPrimary();
      aws.rds.instanceSnapshots.pop();
      aws.rds.clusterSnapshots.pop();
      const target = await targetOf(aws, name, 'latest');
      const thrown: Error[] = [];
      // The list is up to date by then.
      const before = () => {
        if (thrown.length > 0) aws.points.splice(-2);
      };
      await deliver(aws, { operation: 'restore', target }, { thrown, before });
      expect(thrown.map(({ name, message }) => `${name} ${message}`)).toEqual([
        `NotYet restore: the snapshot awsbackup:job-${name}-2 is listed in the vault and RDS does not know it`,
      ]);
      expect(aws.rds.accepted).toEqual(['Restore']);
    },
  );
});

describe('the point in time', () => {
  test.each(['orders', 'members'])('of %s lies inside the window and is never the newest', async (name) => {
    for (const share of [0, 0.5, 0.999_999]) {
      const aws = inPrimary();
      const latest = aws.now.getTime() - 240_000;
      Object.assign(aws, { host: { ...aws.host, random: (below: number) => Math.floor(below * share) } });
      const { restoreTime = '', ...origin } = await originOf(aws, name, 'point-in-time');
      const time = Date.parse(restoreTime);
      expect(time).toBeLessThan(latest - 299_000);
      expect(time).toBeGreaterThanOrEqual(aws.now.getTime() - 14 * 86_400_000);
      expect(time % 1_000).toBe(0);
      expect(origin).toMatchObject({
        basis: 'restore-time',
        databaseTime: restoreTime,
        latestRestorable: new Date(latest).toISOString(),
      });
      expect(origin).not.toHaveProperty('recoveryPoint');
    }
  });

  test('of an instance that has the name of the source, but is not it, does not count', async () => {
    const aws = inReplica();
    aws.rds.instanceBackups = [
      { ...aws.rds.instanceBackups[0], DBInstanceArn: 'arn:aws:rds:ap-northeast-3:111122223333:db:shop-orders' },
    ];
    await expect(originOf(aws, 'orders', 'point-in-time')).rejects.toThrow(
      'restore: there are no automated backups of orders in this Region',
    );
  });

  test('given the source is gone, what was retained of it is still restored in the other Region', async () => {
    const aws = inReplica();
    aws.rds.instanceBackups = aws.rds.instanceBackups.map((one) => ({ ...one, Status: 'retained' }));
    expect(await originOf(aws, 'orders', 'point-in-time')).toMatchObject({ basis: 'restore-time' });
  });

  test('given the cluster is gone, there is nothing to restore', async () => {
    const aws = inPrimary();
    aws.rds.vanish('cluster', 'shop-members');
    await expect(originOf(aws, 'members', 'point-in-time')).rejects.toMatchObject({ name: 'NothingToRestore' });
  });

  test('given the window is too young, it says what there is', async () => {
    const aws = inPrimary();
    const at = new Date(aws.now.getTime() - 60_000);
    aws.rds.instanceBackups = [{ ...aws.rds.instanceBackups[0], RestoreWindow: { EarliestTime: at, LatestTime: at } }];
    await expect(originOf(aws, 'orders', 'point-in-time')).rejects.toMatchObject({
      name: 'NothingToRestore',
      message:
        'restore: automated backups of orders reach no point in time in this Region yet: 2026-12-01T00:59:00.000Z to 2026-12-01T00:59:00.000Z',
    });
    aws.rds.instanceBackups = aws.rds.instanceBackups.map(({ RestoreWindow: _, ...one }) => one);
    await expect(originOf(aws, 'orders', 'point-in-time')).rejects.toThrow('yet: none to none');
  });

  test('given the replicated backups vanish after the choice, it says so', async () => {
    const aws = inReplica();
    const target = await targetOf(aws, 'orders', 'point-in-time');
    const note = {
      origin: { restoreTime: '2026-11-30T00:00:00.000Z', basis: 'restore-time' },
      scratch: { identifier: target.scratch },
    };
    await aws.host.notebook.write(drillKeys.origin(target), note);
    aws.rds.instanceBackups = [];
    await expect(deliver(aws, { operation: 'restore', target })).rejects.toMatchObject({
      name: 'NothingToRestore',
      message: 'restore: the replicated automated backups of orders are gone',
    });
  });
});

describe('the note', () => {
  test('is written before RDS is asked, and decides at a second delivery', async () => {
    // GIVEN a function that is killed when it asks RDS
    const aws = inPrimary();
    const target = await targetOf(aws, 'orders', 'random');
    aws.fail = (command) => (command.startsWith('Restore') ? new Error('killed') : undefined);
    await expect(deliver(aws, { operation: 'restore', target })).rejects.toThrow('restore: killed');
    const note = aws.read(drillKeys.origin(target)) as OriginNote;
    // WHEN
    aws.fail = () => undefined;
    Object.assign(aws, {
      host: {
        ...aws.host,
        random: () => {
          throw new Error('it is drawn twice');
        },
      },
    });
    await deliver(aws, { operation: 'restore', target });
    // THEN
    expect(note.origin.recoveryPoint).toContain(aws.rds.writes.at(-1)?.input.DBSnapshotIdentifier as string);
  });

  test('given the policy no longer names the database, it says so', async () => {
    const aws = inPrimary();
    const target = { ...(await targetOf(aws, 'orders', 'latest')), database: 'gone' };
    await expect(deliver(aws, { operation: 'restore', target })).rejects.toThrow(
      'restore: the policy no longer names a database gone',
    );
  });
});
