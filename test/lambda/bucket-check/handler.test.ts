import { GetBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

process.env.AWS_REGION = 'ap-northeast-1';
const { onEvent } = await import('../../../lambda/bucket-check/handler.ts');
const s3 = mockClient(S3Client);
beforeEach(() => {
  s3.reset();
});

const event = (RequestType: 'Create' | 'Update' | 'Delete') => ({
  RequestType,
  ResourceProperties: { Bucket: 'shop-photos' },
});

test.each(['Create', 'Update'] as const)('passes a bucket with versioning at %s', async (type) => {
  s3.on(GetBucketVersioningCommand, { Bucket: 'shop-photos' }).resolves({ Status: 'Enabled' });
  expect(await onEvent(event(type))).toEqual({ PhysicalResourceId: 'shop-photos' });
});

test.each([
  [{}, 'has no versioning'],
  [{ Status: 'Suspended' }, 'has its versioning suspended'],
] as const)('refuses one that answers %j, and changes nothing', async (answer, sentence) => {
  s3.on(GetBucketVersioningCommand).resolves(answer);
  await expect(onEvent(event('Create'))).rejects.toThrow(`the bucket "shop-photos" ${sentence}, and AWS Backup`);
  expect(s3.calls()).toHaveLength(1);
});

test('asks nothing when the resource goes', async () => {
  expect(await onEvent(event('Delete'))).toEqual({});
  expect(s3.calls()).toEqual([]);
});
