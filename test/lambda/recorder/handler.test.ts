import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import { type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';
import { sampleFacts } from '../../helpers/sample-drill.ts';
import { plan, target } from './sample-work.ts';

let aws: StandIn;
let folder: string;
beforeAll(async () => {
  const facts = sampleFacts();
  const notes: [string, unknown][] = [
    [drillKeys.origin(target), facts.note],
    [drillKeys.survey(target), { version: '17.6', ...facts.survey }],
    ...facts.marks.map(({ name, at }): [string, unknown] => [drillKeys.mark(target, name), { at }]),
    ...[...facts.answers].map(([number, answer]): [string, unknown] => [drillKeys.batch(target, number), answer]),
  ];
  folder = await mkdtemp(join(tmpdir(), 'fukugen-recorder-'));
  await writeFile(join(folder, 'plan-of-the-test.json'), JSON.stringify(plan));
  aws = await standInForAws(
    {
      'GET /shop-evidence/': '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>',
      ...Object.fromEntries(notes.map(([key, value]) => [`GET /shop-evidence/${key}`, JSON.stringify(value)])),
    },
    {
      LAMBDA_TASK_ROOT: folder,
      DRILL_PLAN: 'plan-of-the-test.json',
      BUCKET: 'shop-evidence',
      TOPIC: 'arn:aws:sns:ap-northeast-1:111122223333:shop-notices',
    },
  );
});
afterAll(async () => {
  aws.close();
  await rm(folder, { recursive: true });
});

test('follows the SDK’s environment and the plan beside the bundle, down to the bytes of a record', async () => {
  const { handler } = await import('../../../lambda/recorder/handler.ts');
  const key = 'evidence/ap-northeast-1/main/000001.json';
  expect(await handler({ operation: 'record', target })).toEqual({
    database: 'main',
    verdict: 'passed',
    key,
    cause: null,
  });
  const puts = aws.calls.filter(({ operation }) => operation.startsWith('PUT '));
  expect(puts.map(({ operation }) => operation)).toEqual([
    'PUT /shop-evidence/fingerprints/ap-northeast-1/main/drill-2026-11.json',
    `PUT /shop-evidence/${key}`,
  ]);
  expect(JSON.parse(puts[1]?.body ?? '')).toMatchObject({ sequence: 1, verdict: 'passed', previous: null });
  expect(aws.calls.map(({ operation }) => operation)).toContain('PutMetricData');
});
