import { describe, expect, test } from '@jest/globals';
import type { ChooseInput } from '../../../lambda/operator/messages.ts';
import { operate } from '../../../lambda/operator/operator.ts';
import { scratchName } from '../../../lambda/operator/scratch.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import { choose } from './drive.ts';
import { SimulatedAws, samplePlan } from './simulated-aws.ts';

const input = (request: unknown) =>
  ({
    operation: 'choose',
    request,
    execution: 'monthly-2026-12',
    startedAt: '2026-12-01T01:00:00Z',
  }) as ChooseInput;

describe('choosing what to restore', () => {
  test('given nothing in particular, every database has its turn, and nothing but notes is made', async () => {
    // GIVEN
    const aws = new SimulatedAws();
    // WHEN
    const targets = await choose(aws, {});
    // THEN
    expect(targets.map(({ database, kind, trigger }) => ({ database, kind, trigger }))).toEqual([
      { database: 'orders', kind: 'instance', trigger: 'hand' },
      { database: 'members', kind: 'cluster', trigger: 'hand' },
    ]);
    expect(new Set(targets.map(({ source }) => source)).size).toBe(2);
    expect(new Set(aws.calls)).toEqual(new Set(['PutObject']));
    for (const target of targets)
      expect(aws.read(drillKeys.mark(target, 'chosen'))).toEqual({ at: aws.now.toISOString() });
  });

  test('the month of the schedule decides, not that of a start which came late', async () => {
    const aws = new SimulatedAws();
    const early = await choose(aws, { scheduledAt: '2026-11-30T01:00:00Z' });
    const late = await choose(aws, { scheduledAt: '2026-12-01T01:00:00Z' });
    const byHand = await choose(aws, {});
    expect(early[0]?.trigger).toBe('schedule');
    expect(early.map(({ source }) => source)).not.toEqual(late.map(({ source }) => source));
    expect(byHand.map(({ source }) => source)).toEqual(late.map(({ source }) => source));
  });

  test('the identifier is known before anything is made, and is the same at a second delivery', async () => {
    const aws = new SimulatedAws();
    const [target] = await choose(aws, { databases: [{ name: 'orders' }] }, { twice: true });
    expect(target?.scratch).toMatch(/^shop-drill-[0-9a-f]{12}$/);
    expect(target?.scratch).toBe(scratchName(aws.plan, { execution: 'monthly-2026-12', database: 'orders' }));
  });

  test('a database that waits for a place has its whole time limit once it has one', async () => {
    const aws = new SimulatedAws(samplePlan('primary', { concurrency: 1 }));
    const deadlines = (await choose(aws, {})).map(({ deadline }) => deadline);
    expect(deadlines).toEqual(['2026-12-01T09:00:00.000Z', '2026-12-01T19:00:00.000Z']);
  });

  test('given hours to keep it, the scratch stays that long after the latest moment of its verdict', async () => {
    const aws = new SimulatedAws(samplePlan('primary', { concurrency: 1 }));
    const targets = await choose(aws, { keepHours: 4 });
    expect(targets.map(({ keepUntil }) => keepUntil)).toEqual(['2026-12-01T13:00:00.000Z', '2026-12-02T03:00:00.000Z']);
  });

  test.each([
    [{ databases: [{ name: 'ordres' }] }, 'databases.0.name: received "ordres"; write "orders" or "members"'],
    [
      { databases: [{ name: 'orders', source: 'copy' }] },
      'databases.0.source: received "copy"; in this Region orders is restored from latest, random, point-in-time',
    ],
    [{ databases: [{ name: 'orders' }, { name: 'orders' }] }, 'databases.1.name: orders is there twice'],
    [{ databases: [] }, 'databases: received a list of 0; name at least one database, or leave it out for all'],
    [{ keepHours: 73 }, 'keepHours: received 73; write 0 to 72'],
    [{ keepHours: -1 }, 'keepHours: received -1; write 0 to 72'],
    [{ keepHour: 1 }, 'keepHour: there is no such key; check its spelling or remove it'],
    [{ scheduledAt: 'today' }, 'scheduledAt: received "today"; write a moment such as 2026-12-01T01:00:00Z'],
    [null, '(top level): received null; write an object'],
  ])('given %j, it says: %s', async (request, sentence) => {
    await expect(operate(input(request), new SimulatedAws().host)).rejects.toMatchObject({
      name: 'NothingToRestore',
      message: `choose: ${sentence}`,
    });
  });

  test('given several mistakes, all are told', async () => {
    const request = { databases: [{ name: 'ordres' }, { name: 'members', source: 'copy' }], keepHours: 99 };
    const thrown = await operate(input(request), new SimulatedAws().host).catch((error: Error) => error.message);
    expect(thrown).toMatch(/keepHours.*databases\.0\.name.*databases\.1\.source/);
  });

  test('given an execution whose name RDS takes for no tag, it says so before anything is made', async () => {
    const aws = new SimulatedAws();
    await expect(operate({ ...input({}), execution: "it's (mine)" }, aws.host)).rejects.toMatchObject({
      name: 'NothingToRestore',
      message: `choose: the execution is called "it's (mine)"; its name becomes a tag, in which RDS takes letters, digits and _.=+-@ only`,
    });
    expect(aws.calls).toEqual([]);
  });

  test('given a policy without databases in this Region, it says so', async () => {
    const aws = new SimulatedAws(samplePlan('primary', { databases: [] }));
    await expect(choose(aws, {})).rejects.toThrow('choose: the policy has no database to restore in this Region');
  });
});
