import { describe, expect, test } from '@jest/globals';
import type { DrillTarget, Progress } from '../../../lambda/operator/messages.ts';
import { operate } from '../../../lambda/operator/operator.ts';
import { tagsOf } from '../../../lambda/operator/scratch.ts';
import { choose, deliver, tearDown, work } from './drive.ts';
import { fill } from './sample-production.ts';
import { SimulatedAws } from './simulated-aws.ts';

async function worked(name: 'orders' | 'members') {
  const aws = fill(new SimulatedAws());
  const [target] = (await choose(aws, { databases: [{ name, source: 'latest' }] })) as [DrillTarget];
  await work(aws, target);
  const tags = Object.entries(tagsOf(aws.plan, target)).map(([Key, Value]) => ({ Key, Value }));
  return { aws, target, tags };
}

const once = (aws: SimulatedAws, target: DrillTarget) =>
  operate({ operation: 'tear-down', target }, aws.host) as Promise<Progress>;

const deletionsOf = (aws: SimulatedAws) =>
  aws.rds.writes.filter(({ command }) => command.startsWith('Delete')).map(({ target }) => target);

describe('tear-down', () => {
  test('takes the instance before the cluster, without a final snapshot or automated backups', async () => {
    const { aws, target } = await worked('members');
    await tearDown(aws, target);
    const deletions = aws.rds.writes.filter(({ command }) => command === 'Delete');
    expect(deletions.map(({ input }) => input)).toEqual([
      { DBInstanceIdentifier: `${target.scratch}-1`, SkipFinalSnapshot: true },
      { DBClusterIdentifier: target.scratch, SkipFinalSnapshot: true, DeleteAutomatedBackups: true },
    ]);
  });

  test('is not done before RDS shows nothing any more, the secret included', async () => {
    // GIVEN
    const { aws, target } = await worked('orders');
    const [arn = ''] = [...aws.rds.secrets.keys()];
    // WHEN
    expect(await once(aws, target)).toEqual({ done: false });
    expect(await once(aws, target)).toEqual({ done: false });
    aws.rds.vanish('instance', target.scratch);
    // THEN
    expect(await once(aws, target)).toEqual({ done: false });
    aws.rds.secrets.delete(arn);
    expect(await once(aws, target)).toEqual({ done: true });
  });

  test('given a drill that never asked for anything, it is done at once', async () => {
    const aws = fill(new SimulatedAws());
    const [target] = (await choose(aws, { databases: [{ name: 'orders' }] })) as [DrillTarget];
    expect(await once(aws, target)).toEqual({ done: true });
    expect(aws.rds.writes).toEqual([]);
  });

  test('given RDS refused the restore, it does not wait for it', async () => {
    const aws = fill(new SimulatedAws());
    const [target] = (await choose(aws, { databases: [{ name: 'orders', source: 'latest' }] })) as [DrillTarget];
    aws.fail = (command) =>
      command.startsWith('Restore') ? Object.assign(new Error('no'), { name: 'InstanceQuotaExceeded' }) : undefined;
    await expect(deliver(aws, { operation: 'restore', target })).rejects.toMatchObject({
      name: 'InstanceQuotaExceeded',
    });
    expect(await once(aws, target)).toEqual({ done: true });
  });

  test('given RDS shows late what it was asked for, it waits for it and deletes it', async () => {
    const aws = fill(new SimulatedAws());
    aws.rds.hidden = 3;
    const [target] = (await choose(aws, { databases: [{ name: 'orders', source: 'latest' }] })) as [DrillTarget];
    await deliver(aws, { operation: 'restore', target });
    expect(await once(aws, target)).toEqual({ done: false });
    await tearDown(aws, target);
    expect(deletionsOf(aws).at(-1)).toBe(target.scratch);
    expect(aws.rds.find('instance', target.scratch)).toBeUndefined();
  });

  test.each(['failed', 'incompatible-restore'])(
    'given the scratch is %s, it is deleted all the same',
    async (status) => {
      const { aws, target } = await worked('orders');
      Object.assign(aws.rds.find('instance', target.scratch) as object, { status });
      await once(aws, target).catch(() => undefined);
      expect(deletionsOf(aws)).toEqual([target.scratch]);
    },
  );

  test('sweeps what RDS kept of the scratch', async () => {
    const { aws, target, tags } = await worked('orders');
    aws.rds.instanceSnapshots.push({
      DBSnapshotIdentifier: `rds-final-${target.scratch}-1`,
      DBInstanceIdentifier: target.scratch,
      SnapshotType: 'manual',
      TagList: tags,
    });
    aws.rds.instanceBackups.push({
      DbiResourceId: 'db-SCRATCH',
      DBInstanceIdentifier: target.scratch,
      Status: 'retained',
      TagList: tags,
    });
    await tearDown(aws, target);
    expect(deletionsOf(aws)).toEqual([target.scratch, `rds-final-${target.scratch}-1`, 'db-SCRATCH']);
  });

  test('sweeps what RDS kept of a scratch cluster', async () => {
    const { aws, target, tags } = await worked('members');
    aws.rds.clusterSnapshots.push({
      DBClusterSnapshotIdentifier: `rds-final-${target.scratch}-1`,
      DBClusterIdentifier: target.scratch,
      SnapshotType: 'manual',
      TagList: tags,
    });
    aws.rds.clusterBackups.push({
      DbClusterResourceId: 'cluster-SCRATCH',
      DBClusterIdentifier: target.scratch,
      Status: 'retained',
      TagList: tags,
    });
    await tearDown(aws, target);
    expect(deletionsOf(aws).slice(2)).toEqual([`rds-final-${target.scratch}-1`, 'cluster-SCRATCH']);
  });

  test('leaves a snapshot that a person took of the scratch', async () => {
    const { aws, target, tags } = await worked('orders');
    const mine = { DBSnapshotIdentifier: 'for-the-auditor', DBInstanceIdentifier: target.scratch, TagList: tags };
    aws.rds.instanceSnapshots.push({ ...mine, SnapshotType: 'manual' });
    await tearDown(aws, target);
    expect(deletionsOf(aws)).toEqual([target.scratch]);
  });

  test('given somebody added an instance to the scratch cluster, its own goes and the other is named', async () => {
    const { aws, target } = await worked('members');
    const added = { DBClusterIdentifier: target.scratch };
    aws.rds.add('instance', 'somebody-elses', [], added as never);
    await expect(once(aws, target)).rejects.toMatchObject({
      name: 'NotOurs',
      message: `tear-down: the instance somebody-elses was not made by this drill: its name does not begin with shop-drill-`,
    });
    expect(deletionsOf(aws)).toEqual([`${target.scratch}-1`]);
  });

  test('given it is still there when its time is over, the janitor goes on', async () => {
    const { aws, target } = await worked('orders');
    Object.assign(aws.rds.find('instance', target.scratch) as object, { status: 'deleting' });
    aws.now = new Date(Date.parse(target.deadline) + 2 * 3_600_000 + 1);
    await expect(once(aws, target)).rejects.toMatchObject({
      name: 'DrillTimeout',
      message: `tear-down: the instance ${target.scratch} is still there; the janitor goes on with it`,
    });
    const [arn = ''] = [...aws.rds.secrets.keys()];
    aws.rds.vanish('instance', target.scratch);
    aws.rds.secrets.set(arn, 'left');
    await expect(once(aws, target)).rejects.toThrow(`the secret of ${target.scratch} is still there`);
  });
});
