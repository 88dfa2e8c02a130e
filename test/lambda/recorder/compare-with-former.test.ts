import { beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../core/evidence/canonical.ts';
import type { DrillFacts } from '../../../core/evidence/facts.ts';
import type { Baseline } from '../../../core/integrity/checks/baseline.ts';
import type { TableFingerprint } from '../../../core/integrity/fingerprint.ts';
import { conclude } from '../../../lambda/recorder/conclude.ts';
import { record } from '../../../lambda/recorder/record.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import type { DrillPlan } from '../../../lambda/shared/drill-plan.ts';
import { minute, sampleFacts, sampleFingerprint } from '../../helpers/sample-drill.ts';
import { leaveWork, plan, target } from './sample-work.ts';
import { SimulatedAccount } from './simulated-account.ts';

let account: SimulatedAccount;
beforeEach(() => {
  account = new SimulatedAccount();
});

const [database] = plan.databases;
const policy = (checks: DrillPlan['checks'], hasBaseline = false): DrillPlan => ({
  ...plan,
  checks: { ...plan.checks, ...checks },
  databases: database ? [{ ...database, hasBaseline }] : [],
});

/** The sample with so many rows of the only table, and other changes. */
function holding(rows: number, change: Partial<DrillFacts> = {}): DrillFacts {
  const facts = sampleFacts();
  const answers = [...facts.answers].map(
    ([number, answer]) => [number, { ...answer, tables: answer.tables.map((table) => ({ ...table, rows })) }] as const,
  );
  return { ...facts, answers: new Map(answers), ...change };
}

async function drill(execution: string, facts: DrillFacts, of: DrillPlan, failure?: { Error: string; Cause: string }) {
  const drilled = { ...target, execution };
  leaveWork(account, drilled, facts);
  const { key } = await record({ operation: 'record', target: drilled, ...(failure && { failure }) }, of, account.host);
  const { verdict, checks } = account.json(key);
  return { verdict, checks, found: (check: string) => checks.filter((one: { check: string }) => one.check === check) };
}

describe('shrinkage, against the last evidence', () => {
  const shrinking = policy({ shrinkage: 'fail' });

  test('is skipped by the first drill, which has nothing to compare with', async () => {
    const { verdict, found } = await drill('one', holding(100), shrinking);
    expect(verdict).toBe('passed');
    expect(found('shrinkage')).toMatchObject([{ outcome: 'skipped', text: 'there is no earlier evidence' }]);
  });

  test('turns the drill red when a table lost more than the policy allows', async () => {
    await drill('one', holding(100), shrinking);
    expect((await drill('two', holding(80), shrinking)).verdict).toBe('passed');
    const third = await drill('three', holding(10), shrinking);
    expect(third.verdict).toBe('failed');
    expect(third.found('shrinkage')[0].findings).toEqual([
      { object: 'public.orders', text: 'has 10 rows, 88 % less than the 80 of the last evidence' },
    ]);
  });

  test('looks past a drill that failed, and one that restored a later moment', async () => {
    await drill('one', holding(100), shrinking);
    await drill('two', holding(10), shrinking);
    const origin = { basis: 'restore-time', restoreTime: minute(-1) } as const;
    const later = { note: { origin, scratch: { identifier: 'x' } } };
    await drill('three', holding(5_000, later), shrinking);
    const fourth = await drill('four', holding(95), shrinking);
    expect(fourth.found('shrinkage')).toMatchObject([{ outcome: 'passed' }]);
  });
});

describe('the baseline', () => {
  const table: TableFingerprint = {
    ...{ schema: 'public', name: 'orders', kind: 'table', persistence: 'permanent' },
    ...{ rows: 12, content: '0'.repeat(31).concat('f'), bytes: 8_192 },
  };
  const production = (takenAt: string, content = table.content): Baseline => ({
    takenAt,
    fingerprints: { shop: { ...sampleFingerprint(), takenAt, tables: [{ ...table, content }] } },
    activity: { shop: { since: minute(-90_000), writes: { 'public.orders': '7' } } },
    freshness: [],
  });
  const keep = (baseline: Baseline) =>
    account.leave(drillKeys.baseline('ap-northeast-1', 'main', baseline.takenAt), baseline);
  const comparing = policy({ baseline: 'fail' }, true);

  test('given nothing was recorded, is incomplete, and the drill red', async () => {
    const { verdict, found } = await drill('one', sampleFacts(), comparing);
    expect([verdict, found('baseline')[0].text]).toEqual(['failed', 'no baseline was recorded']);
  });

  test('given none is asked for, is skipped', async () => {
    const { verdict, found } = await drill('one', sampleFacts(), policy({ baseline: 'fail' }));
    expect([verdict, found('baseline')[0].outcome]).toEqual(['passed', 'skipped']);
  });

  test('given production was the same before and after, passes, however many others there are', async () => {
    for (const days of [-9, -8, -7, -6, 5, 6, 7]) keep(production(minute(days * 1_440), 'f'.repeat(32)));
    for (const minutes of [-1_500, -200, -100, 20, 200]) keep(production(minute(minutes)));
    const { verdict, found } = await drill('one', sampleFacts(), comparing);
    expect([verdict, found('baseline')[0].outcome]).toEqual(['passed', 'passed']);
  });

  test('given one value changed that production did not change, turns the drill red', async () => {
    for (const minutes of [-1_500, 20]) keep(production(minute(minutes), 'e'.repeat(32)));
    const { verdict, found } = await drill('one', sampleFacts(), comparing);
    expect(verdict).toBe('failed');
    expect(found('baseline')[0].findings).toMatchObject([{ object: 'public.orders' }]);
  });
});

test('nothing of what the steps left, results apart, gets into evidence, report, notice or figures', async () => {
  const planted = 'pl4nted-v4lue';
  const facts = holding(3);
  leaveWork(account, target, facts);
  // What the operator keeps for itself beside the notes.
  account.leave(drillKeys.secret(target), { arn: 'arn:aws:secretsmanager:x', password: planted });
  account.leave(drillKeys.survey(target), { version: '17.6', ...facts.survey, rows: [planted] });
  account.leave(drillKeys.batch(target, 1), { ...facts.answers.get(1), rows: [{ email: planted }] });
  const recorded = await record({ operation: 'record', target }, plan, account.host);
  const results = [{ target, recorded }];
  await conclude(
    { operation: 'conclude', execution: target.execution, startedAt: target.startedAt, results },
    plan,
    account.host,
  );
  const written = [...account.objects].filter(([key]) => !key.startsWith('work/'));
  expect(written.map(([key]) => key.split('/')[0])).toEqual(['fingerprints', 'evidence', 'reports']);
  for (const [, { Body }] of written) expect(Body).not.toContain(planted);
  expect(JSON.stringify([account.published, account.figures])).not.toContain(planted);
  // The search itself finds what it looks for.
  expect(canonicalJson(account.json(drillKeys.batch(target, 1)))).toContain(planted);
});
