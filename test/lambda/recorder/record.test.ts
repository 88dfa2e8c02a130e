import { beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../core/evidence/canonical.ts';
import { sealOf } from '../../../core/evidence/seal.ts';
import { digestOf } from '../../../core/integrity/digest.ts';
import { record } from '../../../lambda/recorder/record.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import { minute, sampleFacts } from '../../helpers/sample-drill.ts';
import { leaveWork, plan, target } from './sample-work.ts';
import { refused, SimulatedAccount } from './simulated-account.ts';

let account: SimulatedAccount;
beforeEach(() => {
  account = new SimulatedAccount();
});

const first = 'evidence/ap-northeast-1/main/000001.json';
const second = 'evidence/ap-northeast-1/main/000002.json';
const run = (execution = target.execution, failure?: { Error: string; Cause: string }) =>
  record({ operation: 'record', target: { ...target, execution }, ...(failure && { failure }) }, plan, account.host);

describe('the record of a drill in which everything went well', () => {
  beforeEach(() => leaveWork(account));

  test('passes, is sealed, and cannot be deleted before its time', async () => {
    expect(await run()).toEqual({ database: 'main', verdict: 'passed', key: first, cause: null });
    const stored = account.json(first);
    expect(stored).toMatchObject({ sequence: 1, previous: null, verdict: 'passed', drill: 'drill-2026-11' });
    expect(stored.seal).toBe(sealOf(stored));
    expect(account.objects.get(first)?.Body).toBe(canonicalJson(stored));
    expect(account.objects.get(first)).toMatchObject({
      ObjectLockMode: 'GOVERNANCE',
      IfNoneMatch: '*',
      ContentType: 'application/json',
    });
    const until = account.objects.get(first)?.ObjectLockRetainUntilDate?.getTime() ?? 0;
    expect((until - Date.now()) / 86_400_000).toBeCloseTo(400, 2);
  });

  test('names the fingerprints beside it', async () => {
    await run();
    const { fingerprints } = account.json(first);
    expect(fingerprints.key).toBe('fingerprints/ap-northeast-1/main/drill-2026-11.json');
    expect(fingerprints.sha256).toBe(digestOf(account.objects.get(fingerprints.key)?.Body ?? ''));
    expect(account.json(fingerprints.key).shop.tables).toMatchObject([{ name: 'orders', rows: 12 }]);
    expect(account.objects.get(fingerprints.key)?.ObjectLockMode).toBe('GOVERNANCE');
  });

  test('is published as figures', async () => {
    await run();
    const Dimensions = [
      { Name: 'Policy', Value: 'shop' },
      { Name: 'Database', Value: 'main' },
    ];
    expect(account.figures).toEqual([
      { MetricName: 'DrillFailed', Value: 0, Unit: 'Count', Dimensions },
      { MetricName: 'DrillRecoveryTime', Value: 32 * 60, Unit: 'Seconds', Dimensions },
      { MetricName: 'DrillRecoveryTimeExcess', Value: 32 * 60 - 4 * 3_600, Unit: 'Seconds', Dimensions },
      { MetricName: 'DrillRecoveryPoint', Value: 65 * 60, Unit: 'Seconds', Dimensions },
      { MetricName: 'DrillRecoveryPointExcess', Value: 65 * 60 - 3 * 3_600, Unit: 'Seconds', Dimensions },
      { MetricName: 'DrillTimeToChecked', Value: 49 * 60, Unit: 'Seconds', Dimensions },
      { MetricName: 'DrillSize', Value: 5_000_000, Unit: 'Bytes', Dimensions },
    ]);
  });

  test('costs what the policy says of an hour of the scratch', async () => {
    const databases = plan.databases.map((database) => ({ ...database, usdPerHour: 0.5 }));
    await record({ operation: 'record', target }, { ...plan, databases }, account.host);
    const { usd } = account.json(first).measured.cost;
    expect(usd).toBeGreaterThan(0);
    expect(account.figures.at(-1)).toMatchObject({ MetricName: 'DrillCost', Value: usd, Unit: 'None' });
  });

  test('given twice, is written once and answered alike', async () => {
    const answer = await run();
    account.now = new Date('2026-11-01T02:10:00.000Z');
    expect(await run()).toEqual(answer);
    expect([...account.objects.keys()].filter((key) => key.startsWith('evidence/'))).toEqual([first]);
  });

  test('given again after the function was killed between fingerprints and record, names those of the first time', async () => {
    account.failing = { PutMetricData: new Error('killed') };
    await expect(run()).rejects.toThrow('killed');
    account.objects.delete(first);
    account.failing = {};
    const key = drillKeys.fingerprints('ap-northeast-1', 'main', target.execution);
    const kept = account.objects.get(key)?.Body ?? '';
    await run();
    expect(account.json(first).fingerprints).toEqual({ key, sha256: digestOf(kept) });
  });

  test('given again when only the figures were missing, publishes them', async () => {
    account.failing = { PutMetricData: new Error('throttled') };
    await expect(run()).rejects.toThrow('throttled');
    account.failing = {};
    expect((await run()).verdict).toBe('passed');
    expect(account.figures).toHaveLength(7);
  });
});

describe('the chain', () => {
  test('goes on with the hash of the record before', async () => {
    leaveWork(account);
    await run();
    leaveWork(account, { ...target, execution: 'drill-2' });
    expect((await run('drill-2')).key).toBe(second);
    expect(account.json(second).previous).toEqual({
      key: first,
      sha256: digestOf(account.objects.get(first)?.Body ?? ''),
    });
  });

  test('given that another drill took the number, takes the next one and names the other', async () => {
    leaveWork(account);
    leaveWork(account, { ...target, execution: 'other' });
    let isLate = true;
    account.beforePut = (key) => {
      if (key !== first || !isLate) return;
      isLate = false;
      const text = canonicalJson({ drill: 'other', sequence: 1, finishedAt: minute(60) });
      account.objects.set(first, { Bucket: '', Key: first, Body: text, ObjectLockMode: 'GOVERNANCE' });
    };
    expect((await run()).key).toBe(second);
    expect(account.json(second)).toMatchObject({ sequence: 2, previous: { key: first } });
  });

  test('given that others took every number, gives up by name', async () => {
    leaveWork(account);
    account.beforePut = (key) => {
      if (!key.startsWith('evidence/')) return;
      const text = canonicalJson({
        drill: `other ${key}`,
        sequence: Number(key.slice(-11, -5)),
        finishedAt: minute(90),
      });
      account.objects.set(key, { Bucket: '', Key: key, Body: text, ObjectLockMode: 'GOVERNANCE' });
    };
    await expect(run()).rejects.toThrow('record: other drills of main took every number that was tried');
  });

  test('given that S3 asks to try again, tries again', async () => {
    leaveWork(account);
    let conflicts = 2;
    account.beforePut = () => {
      conflicts -= 1;
      if (conflicts >= 0) throw refused('ConditionalRequestConflict', 409);
    };
    expect((await run()).key).toBe(first);
  });
});

describe('the record of a drill that failed', () => {
  test('keeps the cause that the machine caught, by its step, and what was reached', async () => {
    leaveWork(account, target, { ...sampleFacts(), marks: sampleFacts().marks.slice(0, 3) });
    account.objects.delete(drillKeys.survey(target));
    const Cause = JSON.stringify({ errorType: 'ScratchLost', errorMessage: 'take-over: the scratch is gone' });
    const answer = await run(target.execution, { Error: 'ScratchLost', Cause });
    expect(answer).toEqual({
      database: 'main',
      verdict: 'failed',
      key: first,
      cause: 'take-over: the scratch is gone',
    });
    expect(account.json(first)).toMatchObject({
      cause: { step: 'take-over', error: 'ScratchLost', text: 'take-over: the scratch is gone' },
      timeline: [{ name: 'chosen' }, { name: 'restore-asked' }, { name: 'available' }],
      fingerprints: null,
      checks: [],
    });
    expect(account.figures).toMatchObject([
      { MetricName: 'DrillFailed', Value: 1 },
      { MetricName: 'DrillRecoveryPoint' },
      { MetricName: 'DrillRecoveryPointExcess' },
    ]);
  });

  test('is written when nothing at all was reached', async () => {
    const answer = await run(target.execution, { Error: 'States.Timeout', Cause: '' });
    expect(answer.verdict).toBe('failed');
    expect(account.json(first)).toMatchObject({
      cause: { step: 'drill', error: 'States.Timeout', text: 'a step of the machine took longer than it may' },
      scratch: { identifier: target.scratch },
      origin: null,
      timeline: [],
    });
  });

  test('is failed without a caught error too, when a batch left no answer', async () => {
    leaveWork(account);
    account.objects.delete(drillKeys.batch(target, 1));
    expect((await run()).verdict).toBe('failed');
  });

  test('says so when the policy does not know the database', async () => {
    await expect(
      record({ operation: 'record', target: { ...target, database: 'gone' } }, plan, account.host),
    ).rejects.toThrow('record: the policy has no database gone');
  });
});
