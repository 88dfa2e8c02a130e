import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { DrillTarget } from '../../../lambda/operator/messages.ts';
import { type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';
import { samplePlan } from './simulated-aws.ts';

let aws: StandIn;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-operator-'));
  await writeFile(join(folder, 'drill-plan.json'), JSON.stringify(samplePlan()));
  aws = await standInForAws(
    {
      'GET /backup-vaults/shop-primary/recovery-points': '{"RecoveryPoints":[]}',
    },
    {
      LAMBDA_TASK_ROOT: folder,
      BUCKET: 'shop-evidence',
      ACCOUNT: '111122223333',
      PARTITION: 'aws',
      CHECKER: 'shop-drill-checker',
      SECURITY_GROUP: 'sg-1',
    },
  );
});
afterAll(async () => {
  aws.close();
  await rm(folder, { recursive: true });
});

const context = { getRemainingTimeInMillis: () => 900_000 };

test('reads the plan beside the bundle and follows the SDK’s environment', async () => {
  // WHEN
  const { handler } = await import('../../../lambda/operator/handler.ts');
  const input = {
    operation: 'choose',
    request: { databases: [{ name: 'orders', source: 'latest' }] },
    execution: 'by-hand',
    startedAt: new Date().toISOString(),
  } as const;
  const { targets } = (await handler(input, context)) as { targets: [DrillTarget] };
  // THEN
  expect(targets[0]).toMatchObject({ database: 'orders', scratch: expect.stringMatching(/^shop-drill-[0-9a-f]{12}$/) });
  expect(aws.calls.map(({ operation }) => operation)).toEqual([
    'PUT /shop-evidence/work/by-hand/orders/marks/chosen.json',
  ]);
  await expect(handler({ operation: 'tear-down', target: targets[0] }, context)).rejects.toThrow(/^tear-down: /);
});

test('given a variable that the deployment left out, it says which', async () => {
  delete process.env.CHECKER;
  jest.resetModules();
  await expect(import('../../../lambda/operator/handler.ts')).rejects.toThrow(
    'the environment variable CHECKER is not set',
  );
});
