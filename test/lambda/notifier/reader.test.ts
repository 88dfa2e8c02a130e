import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { NotifierConfig } from '../../../lambda/notifier/config.ts';
import { type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';
import { backupJob } from '../../helpers/sample-events.ts';
import { notifierConfig } from '../../helpers/sample-notifier.ts';

const reader = 'arn:aws:iam::444455556666:role/shop-reader';
const expiration = new Date(Date.now() + 3_600_000).toISOString();

let aws: StandIn;
beforeAll(async () => {
  const config: NotifierConfig = { ...notifierConfig, readers: { 'ap-northeast-3': reader } };
  aws = await standInForAws(
    {
      AssumeRole: `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIDREADER</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      Publish: '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
    },
    { NOTIFIER: JSON.stringify(config), AWS_ACCESS_KEY_ID: 'AKIDNOTIFIER' },
  );
});
afterAll(() => aws.close());

test('given a vault of another account, reads it as the reader there, and the own one as itself', async () => {
  const { handler } = await import('../../../lambda/notifier/handler.ts');
  await handler(backupJob('FAILED'));
  expect(aws.calls.map(({ operation, signedBy }) => `${operation} by ${signedBy}`).sort()).toEqual([
    'AssumeRole by AKIDNOTIFIER ap-northeast-1 sts',
    'GET /backup-vaults/shop-primary/recovery-points by AKIDNOTIFIER ap-northeast-1 backup',
    'GET /backup-vaults/shop-replica/recovery-points by AKIDREADER ap-northeast-3 backup',
    'Publish by AKIDNOTIFIER ap-northeast-1 sns',
  ]);
});
