import { describe, expect, test } from '@jest/globals';
import type { DrillTarget } from '../../../lambda/operator/messages.ts';
import { choose, tearDown, work } from './drive.ts';
import { fill } from './sample-production.ts';
import { SimulatedAws, samplePlan } from './simulated-aws.ts';
import { password } from './simulated-rds.ts';

const drills = [
  { place: 'primary', name: 'orders', source: 'latest' },
  { place: 'primary', name: 'members', source: 'point-in-time' },
  { place: 'replica', name: 'orders', source: 'point-in-time' },
  { place: 'replica', name: 'members', source: 'copy' },
] as const;

type Drill = (typeof drills)[number];

const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $fault: 'client' });
const cut = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
const denied = Object.assign(new Error('is not authorized'), { name: 'AccessDenied', $fault: 'client' });

/** Every call of a drill in which nothing fails, by its command: enumerated, so that a new call is covered as it comes. */
async function callsOf(drill: Drill): Promise<string[]> {
  const aws = fill(new SimulatedAws(samplePlan(drill.place)));
  const [target] = (await choose(aws, { databases: [{ name: drill.name, source: drill.source }] })) as [DrillTarget];
  await work(aws, target);
  await tearDown(aws, target);
  return aws.calls;
}

/** A drill of which one call fails once. */
async function run(drill: Drill, arrange: (aws: SimulatedAws) => void) {
  const aws = fill(new SimulatedAws(samplePlan(drill.place)));
  const production = JSON.stringify([...aws.rds.databases].map(([key, { shown }]) => [key, shown]));
  arrange(aws);
  const thrown: Error[] = [];
  const request = { databases: [{ name: drill.name, source: drill.source }] };
  let target: DrillTarget | undefined;
  let failure: Error | undefined;
  try {
    [target] = await choose(aws, request, { thrown });
    await work(aws, target as DrillTarget, { thrown });
  } catch (error) {
    failure = error as Error;
  }
  try {
    if (target) await tearDown(aws, target, { thrown });
  } catch (error) {
    failure ??= error as Error;
    // The janitor's turn, or another delivery's: the fault is over.
    if (target) await tearDown(aws, target, { thrown });
  }
  const left = JSON.stringify([...aws.rds.databases].map(([key, { shown }]) => [key, shown]));
  return { aws, failure, thrown, isUntouched: left === production };
}

function expectNothingLeft({ aws, thrown, isUntouched }: Awaited<ReturnType<typeof run>>): void {
  expect(isUntouched).toBe(true);
  expect(aws.rds.secrets.size).toBe(0);
  expect(aws.rds.writes.filter(({ target }) => !target.startsWith('shop-drill-'))).toEqual([]);
  for (const { message, stack } of thrown) {
    expect(message).toMatch(/^[a-z-]+: /);
    expect(`${message}${stack}`).not.toContain(password);
  }
}

describe.each(drills)('$name from $source in the $place Region', (drill) => {
  test('given any one call is throttled, the step is tried again and the drill goes through', async () => {
    const calls = await callsOf(drill);
    expect(calls.length).toBeGreaterThan(50);
    for (const number of calls.keys()) {
      // WHEN
      const result = await run(drill, (aws) => {
        aws.fail = (_command, call) => (call === number ? throttled : undefined);
      });
      // THEN
      expect({ call: calls[number], number, failure: result.failure?.message }).toEqual({
        call: calls[number],
        number,
        failure: undefined,
      });
      expect(result.thrown.map(({ name }) => name)).toEqual(['NotYet']);
      expectNothingLeft(result);
    }
  }, 60_000);

  test('given the answer to any one call is lost after it was carried out, nothing is made twice', async () => {
    const calls = await callsOf(drill);
    for (const number of calls.keys()) {
      const result = await run(drill, (aws) => {
        aws.lose = (_command, call) => (call === number ? cut : undefined);
      });
      expect({ call: calls[number], failure: result.failure?.message }).toEqual({
        call: calls[number],
        failure: undefined,
      });
      expectNothingLeft(result);
    }
  });

  test('given any one call is refused for good, the error is named and nothing is left', async () => {
    const calls = await callsOf(drill);
    for (const number of calls.keys()) {
      const result = await run(drill, (aws) => {
        aws.fail = (_command, call) => (call === number ? denied : undefined);
      });
      expect(result.failure).toMatchObject({ name: 'AccessDenied' });
      expect(result.failure?.message).toMatch(/^[a-z-]+: AccessDenied: is not authorized$/);
      expectNothingLeft(result);
    }
  });
});

test('the enumeration covers every call that a drill knows', async () => {
  const all = new Set((await Promise.all(drills.map(callsOf))).flat());
  expect([...all].sort()).toEqual([
    'CreateDBInstance',
    'DeleteDBCluster',
    'DeleteDBInstance',
    'DescribeDBClusterAutomatedBackups',
    'DescribeDBClusterSnapshots',
    'DescribeDBClusters',
    'DescribeDBInstanceAutomatedBackups',
    'DescribeDBInstances',
    'DescribeDBSnapshots',
    'DescribeSecret',
    'GetObject',
    'GetSecretValue',
    'Invoke',
    'ListObjectsV2',
    'ListRecoveryPointsByBackupVault',
    'ModifyDBCluster',
    'ModifyDBInstance',
    'PutObject',
    'RestoreDBClusterFromSnapshot',
    'RestoreDBClusterToPointInTime',
    'RestoreDBInstanceFromDBSnapshot',
    'RestoreDBInstanceToPointInTime',
  ]);
});
