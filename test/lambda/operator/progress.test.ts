import { describe, expect, test } from '@jest/globals';
import type { DrillTarget, Progress, StepOperation } from '../../../lambda/operator/messages.ts';
import { operate } from '../../../lambda/operator/operator.ts';
import { choose, deliver, tearDown, work } from './drive.ts';
import { fill } from './sample-production.ts';
import { SimulatedAws } from './simulated-aws.ts';

/** A drill up to the moment after a step, in a world where nothing moves on by itself. */
async function workedUntil(step: StepOperation, name: 'orders' | 'members' = 'orders') {
  const aws = fill(new SimulatedAws());
  const [target] = (await choose(aws, { databases: [{ name, source: 'latest' }] })) as [DrillTarget];
  const stop = new Error('far enough');
  let reached = false;
  const before = (next: string) => {
    if (reached && next !== step) throw stop;
    reached ||= next === step;
  };
  await work(aws, target, { before }).catch((error: unknown) => {
    if (error !== stop) throw error;
  });
  const kind = target.kind;
  return { aws, target, scratch: aws.rds.find(kind, target.scratch) };
}

const ask = (aws: SimulatedAws, operation: StepOperation, target: DrillTarget) =>
  operate({ operation, target }, aws.host) as Promise<Progress>;

describe('waiting for a restore', () => {
  test.each(['creating', 'backing-up-soon', 'modifying', 'rebooting'])(
    'given it is %s, it is asked again',
    async (status) => {
      const { aws, target, scratch } = await workedUntil('restore');
      Object.assign(scratch as object, { hidden: 0, busy: 99, status });
      expect(await ask(aws, 'is-restored', target)).toEqual({ done: false });
    },
  );

  test.each(['available', 'backing-up', 'storage-optimization'])('given it is %s, it goes on', async (status) => {
    const { aws, target, scratch } = await workedUntil('restore');
    Object.assign(scratch as object, { hidden: 0, busy: 99, status });
    expect(await ask(aws, 'is-restored', target)).toEqual({ done: true });
  });

  test.each([
    'failed',
    'incompatible-parameters',
    'incompatible-restore',
    'incompatible-network',
    'inaccessible-encryption-credentials',
    'insufficient-capacity',
    'restore-error',
    'storage-full',
    'stopped',
    'deleting',
  ])('given it is %s, it is lost', async (status) => {
    const { aws, target, scratch } = await workedUntil('restore');
    Object.assign(scratch as object, { hidden: 0, busy: 99, status });
    await expect(ask(aws, 'is-restored', target)).rejects.toMatchObject({
      name: 'ScratchLost',
      message: `is-restored: RDS says that ${target.scratch} is ${status}`,
    });
  });

  test('given it disappears after it was seen, it is lost at once', async () => {
    const { aws, target, scratch } = await workedUntil('restore');
    Object.assign(scratch as object, { hidden: 0, busy: 99 });
    await ask(aws, 'is-restored', target);
    aws.rds.vanish('instance', target.scratch);
    await expect(ask(aws, 'is-restored', target)).rejects.toMatchObject({
      name: 'ScratchLost',
      message: `is-restored: ${target.scratch} is gone, and this drill did not delete it`,
    });
  });

  test('given it was never seen, it is lost after five minutes', async () => {
    const { aws, target } = await workedUntil('restore');
    aws.rds.vanish('instance', target.scratch);
    expect(await ask(aws, 'is-restored', target)).toEqual({ done: false });
    aws.wait(300);
    await expect(ask(aws, 'is-restored', target)).rejects.toMatchObject({ name: 'ScratchLost' });
  });
});

describe('the later steps', () => {
  test.each([
    ['is-instance-added', 'members', 'add-instance', '-1'],
    ['take-over', 'orders', 'is-restored', ''],
    ['is-taken-over', 'orders', 'take-over', ''],
    ['survey', 'orders', 'is-taken-over', ''],
    ['check', 'orders', 'survey', ''],
    ['is-loaded', 'orders', 'check', ''],
  ] as const)('given the scratch disappears before %s, it is lost', async (operation, name, before, suffix) => {
    const { aws, target } = await workedUntil(before, name);
    aws.rds.vanish(suffix ? 'instance' : target.kind, `${target.scratch}${suffix}`);
    aws.wait(600);
    await expect(operate({ operation, target, batch: 1 }, aws.host)).rejects.toMatchObject({
      name: 'ScratchLost',
      message: `${operation}: ${target.scratch}${suffix} is gone, and this drill did not delete it`,
    });
  });

  test('given the cluster disappears before its instance is added, it is lost', async () => {
    const { aws, target } = await workedUntil('is-restored', 'members');
    aws.rds.vanish('cluster', target.scratch);
    await expect(ask(aws, 'add-instance', target)).rejects.toMatchObject({
      name: 'ScratchLost',
      message: `add-instance: the cluster ${target.scratch} is gone`,
    });
  });

  test.each([
    [{ MasterUserSecret: { SecretStatus: 'creating' } }, false],
    [{ MasterUserSecret: undefined }, false],
    [{ PendingModifiedValues: { MasterUserPassword: '****' } }, false],
    [{}, true],
  ])('the password is taken over once the secret is active and nothing is pending: %j', async (change, done) => {
    const { aws, target, scratch } = await workedUntil('is-taken-over');
    if (scratch) scratch.shown = { ...scratch.shown, ...change };
    expect(await ask(aws, 'is-taken-over', target)).toEqual({ done });
  });

  test('while storage is initialised, it is not loaded', async () => {
    const { aws, target, scratch } = await workedUntil('check');
    if (scratch) scratch.shown.StorageOperationStatus = 'Initializing';
    expect(await ask(aws, 'is-loaded', target)).toEqual({ done: false });
    delete scratch?.shown.StorageOperationStatus;
    expect(await ask(aws, 'is-loaded', target)).toEqual({ done: true });
  });

  test('Aurora does not tell whether it is loaded, and is not asked', async () => {
    const { aws, target } = await workedUntil('check', 'members');
    const calls = aws.calls.length;
    expect(await ask(aws, 'is-loaded', target)).toEqual({ done: true });
    expect(aws.calls).toHaveLength(calls);
  });
});

describe('given RDS says that it failed in the meantime', () => {
  test.each([
    ['take-over', 'orders', 'is-restored'],
    ['add-instance', 'members', 'is-restored'],
  ] as const)('%s does not take the refusal for being busy', async (operation, name, before) => {
    const { aws, target, scratch } = await workedUntil(before, name);
    Object.assign(scratch as object, { status: 'failed' });
    await expect(ask(aws, operation, target)).rejects.toMatchObject({
      name: 'ScratchLost',
      message: `${operation}: RDS says that ${target.scratch} is failed`,
    });
  });
});

test('after the deadline nothing begins but the tear-down', async () => {
  // GIVEN
  const { aws, target } = await workedUntil('take-over');
  aws.now = new Date(Date.parse(target.deadline) + 1);
  const every: StepOperation[] = [
    'restore',
    'is-restored',
    'add-instance',
    'is-instance-added',
    'take-over',
    'is-taken-over',
    'survey',
    'check',
    'is-loaded',
  ];
  // THEN
  for (const operation of every) {
    await expect(deliver(aws, { operation, target })).rejects.toMatchObject({
      name: 'DrillTimeout',
      message: `${operation}: the time limit of orders was over at 2026-12-01T09:00:00.000Z`,
    });
  }
  await tearDown(aws, target);
  expect(aws.rds.find('instance', target.scratch)).toBeUndefined();
});
