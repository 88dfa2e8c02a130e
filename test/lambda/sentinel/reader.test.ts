import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { Inventory } from '../../../lambda/sentinel/inventory.ts';
import { type Call, type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';

/** The sentinel of a second account, in Osaka. */
const inventory: Inventory = {
  policy: 'shop',
  place: 'replica',
  primaryRegion: 'ap-northeast-1',
  reader: 'arn:aws:iam::111122223333:role/shop-reader',
  vault: { name: 'shop-replica', minRetentionDays: 7 },
  plans: ['shop'],
  databases: [
    {
      name: 'main',
      kind: 'instance',
      identifier: 'shop-main',
      arn: 'arn:aws:rds:ap-northeast-1:111122223333:db:shop-main',
      every: 1,
      keep: 1,
      due: 1,
      automatedBackupDays: 14,
    },
  ],
  settingsExport: { bucket: 'shop-settings-111122223333', due: 1 },
};

const seconds = Date.now() / 1_000;
const answers = {
  'GET /backup-vaults/shop-replica': JSON.stringify({ CreationDate: seconds - 86_400, Locked: true }),
  'GET /backup-vaults/shop-replica/recovery-points': JSON.stringify({
    RecoveryPoints: [{ Status: 'COMPLETED', CreationDate: seconds - 3_600, IsEncrypted: true }],
  }),
};
const taken = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIDREADER</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

let aws: StandIn;
beforeAll(() => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterAll(() => {
  jest.restoreAllMocks();
});
beforeEach(() => {
  jest.resetModules();
});

async function run(assumed: string): Promise<{ calls: readonly Call[]; failure: string }> {
  aws = await standInForAws(
    { ...answers, AssumeRole: assumed },
    { AWS_REGION: 'ap-northeast-3', AWS_ACCESS_KEY_ID: 'AKIDSENTINEL' },
  );
  const { handler } = await import('../../../lambda/sentinel/handler.ts');
  const failure = await handler(inventory).then(
    () => '',
    (error: Error) => error.message,
  );
  aws.close();
  return { calls: aws.calls, failure };
}

const signersOf = (calls: readonly Call[], service: string) => [
  ...new Set(calls.filter(({ signedBy }) => signedBy.endsWith(` ${service}`)).map(({ signedBy }) => signedBy)),
];

test('asks the account of the databases as the reader there, STS in its own Region, and its own vault as itself', async () => {
  const { calls } = await run(taken);
  expect(signersOf(calls, 'sts')).toEqual(['AKIDSENTINEL ap-northeast-3 sts']);
  expect(calls.find(({ operation }) => operation === 'AssumeRole')?.body).toContain(
    encodeURIComponent(inventory.reader as string),
  );
  expect(signersOf(calls, 'rds')).toEqual(['AKIDREADER ap-northeast-3 rds']);
  expect(signersOf(calls, 's3')).toEqual(['AKIDREADER ap-northeast-3 s3']);
  expect(signersOf(calls, 'backup').sort()).toEqual([
    'AKIDREADER ap-northeast-1 backup',
    'AKIDSENTINEL ap-northeast-3 backup',
  ]);
  expect(signersOf(calls, 'monitoring')).toEqual(['AKIDSENTINEL ap-northeast-3 monitoring']);
});

test('publishes how old the copies are when the reader cannot be taken, and fails with what it could not ask', async () => {
  const { calls, failure } = await run('<not what was asked for');
  expect(calls.find(({ operation }) => operation === 'PutMetricData')?.body).toContain('RecoveryPointAge');
  expect(failure).toMatch(/^could not read .*main, automated backups/s);
});
