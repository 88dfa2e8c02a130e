import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Inventory } from '../../../lambda/sentinel/inventory.ts';
import { type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';

const arn = 'arn:aws:rds:ap-northeast-1:111122223333:db:shop-main';
const inventory: Inventory = {
  policy: 'shop',
  place: 'primary',
  primaryRegion: 'ap-northeast-1',
  vault: { name: 'shop-primary', minRetentionDays: 7 },
  plans: ['shop'],
  databases: [
    {
      name: 'main',
      kind: 'instance',
      identifier: 'shop-main',
      arn,
      every: 1,
      keep: 1,
      due: 1,
      automatedBackupDays: 14,
    },
    { name: 'orders', kind: 'cluster', identifier: 'shop-orders', arn: `${arn}-2`, every: 1, keep: 1, due: 1 },
  ],
};

let aws: StandIn;
beforeAll(async () => {
  const seconds = Date.now() / 1_000;
  aws = await standInForAws({
    'GET /backup-vaults/shop-primary': JSON.stringify({
      CreationDate: seconds - 86_400,
      Locked: true,
      MinRetentionDays: 7,
    }),
    'GET /backup-vaults/shop-primary/recovery-points': JSON.stringify({
      RecoveryPoints: [{ Status: 'COMPLETED', CreationDate: seconds - 3_600, IsEncrypted: true }],
    }),
    DescribeDBInstances:
      '<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance><BackupRetentionPeriod>14</BackupRetentionPeriod><InstanceCreateTime>2026-01-01T00:00:00Z</InstanceCreateTime></DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>',
    DescribeDBClusters: '<not what was asked for',
  });
});
afterAll(() => aws.close());

test('follows the SDK’s environment, publishes what it could read, and fails with the name of what it could not', async () => {
  const written: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  const { handler } = await import('../../../lambda/sentinel/handler.ts');
  const run = handler(inventory);
  await expect(run).rejects.toThrow(/^could not read orders, automated backups: /);
  jest.restoreAllMocks();

  const published = aws.calls.filter(({ operation }) => operation === 'PutMetricData');
  expect(published).toHaveLength(1);
  expect(published[0]?.body).toContain('RecoveryPointAge');
  expect(written.join('')).toMatch(/"drift":\{.*"main":\["deletion protection is off".*"failures":\["orders/);
});
