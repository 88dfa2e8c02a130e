import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';
import { samplePlan } from '../operator/simulated-aws.ts';

let aws: StandIn;
let folder: string;
const empty = (name: string) => `<${name}Response><${name}Result></${name}Result></${name}Response>`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-janitor-'));
  await writeFile(join(folder, 'plan-of-the-test.json'), JSON.stringify(samplePlan()));
  aws = await standInForAws(
    {
      ...Object.fromEntries(
        [
          'DescribeDBInstances',
          'DescribeDBSnapshots',
          'DescribeDBClusterSnapshots',
          'DescribeDBInstanceAutomatedBackups',
          'DescribeDBClusterAutomatedBackups',
        ].map((name) => [name, empty(name)]),
      ),
      DescribeDBClusters: '<not what was asked for',
      'GET /shop-evidence/': '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>',
    },
    { LAMBDA_TASK_ROOT: folder, DRILL_PLAN: 'plan-of-the-test.json', BUCKET: 'shop-evidence' },
  );
});
afterAll(async () => {
  aws.close();
  await rm(folder, { recursive: true });
});

test('publishes what it could find out, writes its report, and fails with the name of what it could not', async () => {
  // GIVEN
  const written: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  const { handler } = await import('../../../lambda/janitor/handler.ts');
  // WHEN
  const run = handler({ trigger: 'hourly' });
  // THEN
  await expect(run).rejects.toThrow(/^could not tidy up every cluster: /);
  jest.restoreAllMocks();
  expect(JSON.parse(written.join(''))).toMatchObject({ removed: [], foreign: [] });
  expect(aws.calls.map(({ operation }) => operation)).toContain('PutMetricData');
});
