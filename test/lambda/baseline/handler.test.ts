import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';
import { samplePlan } from '../operator/simulated-aws.ts';

let aws: StandIn;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-baseline-'));
  await writeFile(join(folder, 'drill-plan.json'), JSON.stringify(samplePlan()));
  aws = await standInForAws(
    {
      DescribeDBInstances:
        '<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance><Endpoint><Address>shop-orders.example</Address><Port>5432</Port></Endpoint></DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>',
      GetSecretValue: JSON.stringify({ SecretString: '{"username":"reader","password":"hunter2"}' }),
      'POST /2015-03-31/functions/shop-drill-reader-orders/invocations':
        '{"takenAt":"2026-12-01T01:00:07.000Z","fingerprints":{},"activity":{},"freshness":[]}',
    },
    { LAMBDA_TASK_ROOT: folder, BUCKET: 'shop-evidence' },
  );
});
afterAll(async () => {
  aws.close();
  await rm(folder, { recursive: true });
});

test('follows the SDK’s environment from the secret to the bucket', async () => {
  const { handler } = await import('../../../lambda/baseline/handler.ts');
  const request = { database: 'orders', secret: 'shop/reader', reader: 'shop-drill-reader-orders' };
  const answer = await handler(request, { getRemainingTimeInMillis: () => 900_000 });
  expect(answer).toEqual({ key: 'baselines/ap-northeast-1/orders/2026-12-01T010007.000Z.json' });
  expect(aws.calls.at(-1)?.operation).toBe(`PUT /shop-evidence/${answer.key}`);
});
