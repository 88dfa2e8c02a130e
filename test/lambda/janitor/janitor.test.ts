import { beforeEach, describe, expect, test } from '@jest/globals';
import { awsHost } from '../../../lambda/janitor/aws-host.ts';
import type { JanitorHost } from '../../../lambda/janitor/host.ts';
import { tidy } from '../../../lambda/janitor/janitor.ts';
import type { JanitorEvent } from '../../../lambda/janitor/messages.ts';
import type { DrillTarget } from '../../../lambda/operator/messages.ts';
import { memberName, tagsOf } from '../../../lambda/operator/scratch.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import { choose, deliver } from '../operator/drive.ts';
import { fill } from '../operator/sample-production.ts';
import { bucket, SimulatedAws } from '../operator/simulated-aws.ts';

const hourly = { trigger: 'hourly' } as const;
const ended = (status: 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'RUNNING') =>
  ({ detail: { name: 'monthly-2026-12', status } }) satisfies JanitorEvent;

let aws: SimulatedAws;
let host: JanitorHost;
let orders: DrillTarget;
let members: DrillTarget;

const asList = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const deletions = () =>
  aws.rds.writes.filter(({ command }) => command.startsWith('Delete')).map(({ target }) => target);
const value = (name: string, database?: string) =>
  aws.metrics.findLast(
    ({ MetricName, Dimensions }) =>
      MetricName === name && Dimensions?.find(({ Name }) => Name === 'Database')?.Value === database,
  )?.Value;

/** An execution that restored both databases and then was no more. */
beforeEach(async () => {
  aws = fill(new SimulatedAws());
  host = { ...awsHost(aws.clients, aws.plan, { bucket, region: 'ap-northeast-1' }), now: () => aws.now };
  const targets = await choose(aws, {
    databases: [
      { name: 'orders', source: 'latest' },
      { name: 'members', source: 'latest' },
    ],
  });
  [orders, members] = targets as [DrillTarget, DrillTarget];
  for (const target of targets) await deliver(aws, { operation: 'restore', target });
  for (const { kind, scratch } of targets)
    Object.assign(aws.rds.find(kind, scratch) as object, { hidden: 0, busy: 0, status: 'available' });
  aws.rds.writes.length = 0;
});

/** After which everything of that execution is a leftover. */
const afterItsTime = () => {
  aws.now = new Date(Date.parse(orders.deadline) + 2 * 3_600_000 + 1_000);
};

describe('every hour', () => {
  test('given an execution is at it, nothing is touched and nothing counted', async () => {
    expect(await tidy(hourly, host)).toMatchObject({ removed: [], waiting: [], foreign: [], failures: [] });
    expect(aws.rds.writes).toEqual([]);
    expect(value('DrillLeftovers')).toBe(0);
    expect(value('JanitorRuns')).toBe(1);
  });

  test('given its time is over, what is left is removed and counted', async () => {
    afterItsTime();
    const { removed } = await tidy(hourly, host);
    expect(removed).toEqual([`instance ${orders.scratch}`, `cluster ${members.scratch}`]);
    expect(deletions()).toEqual([orders.scratch, members.scratch]);
    expect(value('DrillLeftovers')).toBe(2);
  });

  test('given a cluster has its instance still, that goes first and the cluster an hour later', async () => {
    const member = memberName(members.scratch);
    const ofCluster = { DBClusterIdentifier: members.scratch };
    aws.rds.add('instance', member, asList(tagsOf(aws.plan, members)), ofCluster as never);
    aws.rds.vanish('instance', orders.scratch);
    afterItsTime();
    expect(await tidy(hourly, host)).toMatchObject({
      removed: [`instance ${member}`],
      waiting: [`cluster ${members.scratch}: Cluster still contains instances`],
    });
    aws.rds.vanish('instance', member);
    expect(await tidy(hourly, host)).toMatchObject({ removed: [`cluster ${members.scratch}`], waiting: [] });
  });

  test('given it is being deleted, it is left to that', async () => {
    Object.assign(aws.rds.find('instance', orders.scratch) as object, { status: 'deleting' });
    aws.rds.vanish('cluster', members.scratch);
    afterItsTime();
    expect(await tidy(hourly, host)).toMatchObject({ removed: [], waiting: [] });
    expect(aws.rds.writes).toEqual([]);
  });

  test('snapshots and automated backups that RDS kept are removed as well', async () => {
    for (const { kind, scratch } of [orders, members]) aws.rds.vanish(kind, scratch);
    const shared = { SnapshotType: 'manual', Status: 'retained' };
    const [TagList, OfMembers] = [asList(tagsOf(aws.plan, orders)), asList(tagsOf(aws.plan, members))];
    const ofInstance = { ...shared, DBInstanceIdentifier: orders.scratch, TagList };
    const ofCluster = { ...shared, DBClusterIdentifier: members.scratch, TagList: OfMembers };
    aws.rds.instanceSnapshots.push({ ...ofInstance, DBSnapshotIdentifier: `rds-final-${orders.scratch}-a` });
    aws.rds.instanceSnapshots.push({ ...ofInstance, DBSnapshotIdentifier: 'for-the-auditor' });
    aws.rds.clusterSnapshots.push({ ...ofCluster, DBClusterSnapshotIdentifier: `rds-final-${members.scratch}-b` });
    aws.rds.instanceBackups.push({ ...ofInstance, DbiResourceId: 'db-A' });
    aws.rds.clusterBackups.push({ ...ofCluster, DbClusterResourceId: 'cluster-B' });
    aws.rds.clusterBackups.push({ ...ofCluster, DbClusterResourceId: 'cluster-C', Status: 'active' });
    afterItsTime();
    await tidy(hourly, host);
    const swept = ['cluster-B', 'db-A', `rds-final-${orders.scratch}-a`, `rds-final-${members.scratch}-b`];
    expect(new Set(deletions())).toEqual(new Set(swept));
  });

  test('production, and what belongs to a policy of a longer name, is not even looked at twice', async () => {
    aws.rds.add('instance', 'shop-drill-orders', []);
    aws.rds.add('instance', 'shop-drill-drill-0123456789ab', []);
    expect(await tidy(hourly, host)).toMatchObject({ foreign: [] });
    expect(value('DrillLeftovers')).toBe(0);
  });

  test.each([
    ['no tags', {}, "its tags do not say that it is a restore drill's of the policy shop"],
    [
      'tags of another drill',
      {
        'fukugen:purpose': 'restore-drill',
        'fukugen:policy': 'shop',
        'fukugen:execution': 'x',
        'fukugen:database': 'orders',
        'fukugen:until': '2026-01-01T00:00:00Z',
      },
      'was not made by this drill: its name is not shop-drill-',
    ],
  ])('given something has the form of a scratch and %s, it stays and a person is called', async (_, tags, sentence) => {
    aws.rds.add('instance', 'shop-drill-0123456789ab', asList(tags));
    const { foreign } = await tidy(hourly, host);
    expect(foreign).toEqual([expect.stringContaining(sentence)]);
    expect(aws.rds.writes).toEqual([]);
    expect(value('DrillLeftovers')).toBe(1);
  });

  test('given the drill noted nothing about it, it stays', async () => {
    aws.objects.delete(drillKeys.origin(orders));
    aws.rds.vanish('cluster', members.scratch);
    afterItsTime();
    expect((await tidy(hourly, host)).foreign).toEqual([expect.stringContaining('noted nowhere')]);
    expect(aws.rds.writes).toEqual([]);
  });

  test('given RDS refuses one for good, the others are removed all the same', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
    aws.fail = (command) => (command === 'DeleteDBInstance' ? denied : undefined);
    afterItsTime();
    expect(await tidy(hourly, host)).toMatchObject({
      removed: [`cluster ${members.scratch}`],
      failures: [`instance ${orders.scratch}: AccessDenied: not authorized`],
    });
    expect(value('DrillLeftovers')).toBe(2);
  });

  test('given RDS does not list one kind, the others are removed, the other figures are published and this one is missing', async () => {
    aws.fail = (command) => (command === 'DescribeDBClusters' ? new Error('silence') : undefined);
    afterItsTime();
    const report = await tidy(hourly, host);
    expect(report.removed).toEqual([`instance ${orders.scratch}`]);
    expect(report.failures).toEqual(['every cluster: Error: silence']);
    expect(value('JanitorRuns')).toBe(1);
    expect(value('DrillAge', 'orders')).toBe(0);
    expect(value('DrillLeftovers')).toBeUndefined();
  });
});

describe('the age of the last drill', () => {
  test('counts from the newest record of the Region', async () => {
    for (const sequence of [1, 2, 3]) {
      await host.notebook.write(drillKeys.record('ap-northeast-1', 'orders', sequence), {});
      aws.wait(3_600);
    }
    await host.notebook.write(drillKeys.record('ap-northeast-3', 'orders', 1), {});
    await tidy(hourly, host);
    expect(value('DrillAge', 'orders')).toBe(3_600);
  });

  test('without any it counts from when the database was first seen', async () => {
    await tidy(hourly, host);
    aws.wait(36 * 86_400);
    await tidy(hourly, host);
    expect(value('DrillAge', 'orders')).toBe(36 * 86_400);
  });

  test('given one cannot be read, the other is published', async () => {
    let lists = 0;
    aws.fail = (command) => (command === 'ListObjectsV2' && lists++ === 0 ? new Error('silence') : undefined);
    expect((await tidy(hourly, host)).failures).toEqual(['orders, its last drill: Error: silence']);
    expect(value('DrillAge', 'orders')).toBeUndefined();
    expect(value('DrillAge', 'members')).toBe(0);
  });
});

describe('when an execution has ended', () => {
  test.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)(
    '%s, its scratches go at once and no figure is published',
    async (status) => {
      await tidy(ended(status), host);
      expect(deletions()).toEqual([orders.scratch, members.scratch]);
      expect(aws.metrics).toEqual([]);
    },
  );

  test('given RDS was still creating one, the next hour finds it though its time is not over', async () => {
    Object.assign(aws.rds.find('instance', orders.scratch) as object, { status: 'creating' });
    expect((await tidy(ended('ABORTED'), host)).waiting).toEqual([
      `instance ${orders.scratch}: ${orders.scratch} is creating`,
    ]);
    Object.assign(aws.rds.find('instance', orders.scratch) as object, { status: 'available' });
    expect((await tidy(hourly, host)).removed).toContain(`instance ${orders.scratch}`);
  });

  test("another execution's are left to it", async () => {
    await tidy({ detail: { name: 'weekly', status: 'ABORTED' } }, host);
    expect(aws.rds.writes).toEqual([]);
  });

  test('given it is still running, nothing is done', async () => {
    expect(await tidy(ended('RUNNING'), host)).toEqual({ removed: [], waiting: [], foreign: [], failures: [] });
    expect(aws.rds.writes).toEqual([]);
  });
});
