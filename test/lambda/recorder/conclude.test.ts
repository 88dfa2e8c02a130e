import { beforeEach, describe, expect, test } from '@jest/globals';
import { conclude } from '../../../lambda/recorder/conclude.ts';
import type { ConcludeInput, TargetResult } from '../../../lambda/recorder/messages.ts';
import { record } from '../../../lambda/recorder/record.ts';
import { startedAt } from '../../helpers/sample-drill.ts';
import { leaveWork, plan, target } from './sample-work.ts';
import { SimulatedAccount } from './simulated-account.ts';

let account: SimulatedAccount;
beforeEach(() => {
  account = new SimulatedAccount();
  leaveWork(account);
});

const report = 'reports/ap-northeast-1/drill-2026-11.html';
const failure = (text: string) => ({ Error: 'Error', Cause: JSON.stringify({ errorMessage: text }) });
const drilled = async (caught?: { Error: string; Cause: string }): Promise<TargetResult> => ({
  target,
  recorded: await record({ operation: 'record', target, ...(caught && { failure: caught }) }, plan, account.host),
});
const end = (input: Partial<ConcludeInput>) =>
  conclude(
    { operation: 'conclude', execution: target.execution, startedAt, results: [], ...input },
    plan,
    account.host,
  );
const notice = () => account.published.at(-1);

describe('a drill that passed', () => {
  test('is concluded with its report and a notice, for mail and for Slack', async () => {
    expect(await end({ results: [await drilled()] })).toEqual({
      verdict: 'passed',
      cause: 'main restored, and everything that was to be checked was',
    });
    expect(account.objects.get(report)).toMatchObject({
      ContentType: 'text/html; charset=utf-8',
      ObjectLockMode: 'GOVERNANCE',
    });
    expect(account.objects.get(report)?.Body).toContain('✓ The database was restored and passed every check.');
    expect(notice()).toMatchObject({
      TopicArn: 'arn:aws:sns:ap-northeast-1:111122223333:shop-notices',
      Subject: '[drill] shop: restore drill passed (ap-northeast-1)',
      MessageAttributes: { drill: { DataType: 'String', StringValue: 'yes' } },
    });
    expect(notice()?.Message?.split('\n')).toEqual([
      '[drill] shop: restore drill passed (ap-northeast-1)',
      'main (newest recovery point): passed',
      '  RTO: 32 min, objective 4 h',
      '  RPO: 1 h 5 min, objective 3 h',
      'Finished: 2026-11-01 11:00 GMT+9',
      'Execution: drill-2026-11',
      `Report: s3://shop-evidence-111122223333-ap-northeast-1/${report}`,
    ]);
  });

  test('given twice, is told once', async () => {
    const results = [await drilled()];
    const first = await end({ results });
    expect(await end({ results })).toEqual(first);
    expect(account.published).toHaveLength(1);
  });

  test('is told in Japanese where the policy is', async () => {
    const results = [await drilled()];
    const input = { operation: 'conclude', execution: target.execution, startedAt, results } as const;
    await conclude(input, { ...plan, language: 'ja' }, account.host);
    expect(notice()?.Subject).toBe('[復元訓練] shop: 合格 (ap-northeast-1)');
    expect(notice()?.Message).toContain('main (最新の復旧ポイント): 合格\n  RTO: 32分 (目標 4時間)');
  });
});

describe('a drill that failed', () => {
  test('given nothing came back of a database that was chosen, it is named and the verdict is red', async () => {
    const lost = { ...target, database: 'orders' };
    const conclusion = await end({ targets: [target, lost], results: [await drilled()] });
    expect(conclusion).toEqual({ verdict: 'failed', cause: 'orders: it was chosen, and nothing came back of it' });
    expect(notice()?.Message).toContain('orders: it was chosen, and nothing came back of it');
  });

  test('given the map over databases failed, the first cause is the map’s, and the report holds what was recorded', async () => {
    await drilled();
    const conclusion = await end({ targets: [target], failure: failure('one execution was stopped') });
    expect(conclusion).toEqual({ verdict: 'failed', cause: 'one execution was stopped' });
    expect(account.objects.get(report)?.Body).toContain('<code>drill-2026-11</code>');
  });

  test('links to the runbooks where the policy says that they are read', async () => {
    const input = { operation: 'conclude', execution: target.execution, startedAt, results: [] } as const;
    await conclude(input, { ...plan, runbooks: 'https://wiki.example/runbooks' }, account.host);
    expect(notice()?.Message).toContain('Runbook: https://wiki.example/runbooks/en/drill-failed.md#drill-failed');
  });

  test('names the cause of its record, and the runbook', async () => {
    const results = [await drilled(failure('take-over: the scratch is gone'))];
    expect(await end({ results })).toEqual({ verdict: 'failed', cause: 'main: take-over: the scratch is gone' });
    expect(notice()?.Subject).toBe('[drill] shop: restore drill FAILED (ap-northeast-1)');
    expect(notice()?.Message).toContain('Cause: main: take-over: the scratch is gone');
    expect(notice()?.Message).toContain('Runbook: runbooks/en/drill-failed.md#drill-failed');
    expect(account.objects.get(report)?.Body).toContain('✕ 1 of 1 database did not pass.');
  });

  test('keeps the first cause, and tells what followed', async () => {
    const passed = await drilled();
    const results = [
      { ...passed, failure: failure('tear-down: it is still there') },
      { target: { ...target, database: 'orders' }, failure: failure('record: the bucket is gone') },
    ];
    expect(await end({ results, failure: failure('the map failed') })).toEqual({
      verdict: 'failed',
      cause: 'main: tear-down: it is still there',
    });
    expect(notice()?.Message).toMatch(/Cause: main: tear-down.*\nCause: orders: record.*\nCause: the map failed\n/);
  });

  test.each<[string, Partial<ConcludeInput>, string]>([
    [
      'before there was anything to restore',
      { failure: failure('choose: there is no database nope') },
      'choose: there is no database nope',
    ],
    ['because nothing was to be drilled', { results: [] }, 'no database was drilled'],
    ['without a record and without a word', { results: [{ target }] }, 'main: nothing was recorded'],
    [
      'with a record that is gone',
      { results: [{ target, recorded: { database: 'main', verdict: 'passed', key: 'evidence/x.json', cause: null } }] },
      'evidence/x.json could not be read: it is not there',
    ],
  ])('%s', async (_, input, cause) => {
    expect(await end(input)).toEqual({ verdict: 'failed', cause });
    expect(notice()?.Message).toContain(`Cause: ${cause}`);
  });
});

describe('the verdict is given whatever happens to the words', () => {
  test('a notice that could not be sent makes it fail, and is sent with the next attempt', async () => {
    const results = [await drilled()];
    account.failing = { Publish: new Error('AuthorizationError') };
    expect(await end({ results })).toEqual({
      verdict: 'failed',
      cause: 'the notice could not be sent: AuthorizationError',
    });
    account.failing = {};
    expect((await end({ results })).verdict).toBe('passed');
  });

  test('so does a report that could not be written, and the notice says so', async () => {
    const results = [await drilled()];
    account.failing = { PutObject: new Error('no') };
    expect(await end({ results })).toEqual({ verdict: 'failed', cause: 'the report could not be written: no' });
    expect(notice()?.Message).toContain('Cause: the report could not be written: no');
  });

  test('a bucket that does not answer at all hides no cause', async () => {
    const results = [await drilled(failure('restore: there is no recovery point'))];
    account.failing = { GetObject: new Error('gone'), ListObjectsV2: new Error('gone'), PutObject: new Error('gone') };
    expect(await end({ results })).toEqual({ verdict: 'failed', cause: 'main: restore: there is no recovery point' });
    expect(notice()?.Message).toContain('Cause: main: restore: there is no recovery point');
  });
});
