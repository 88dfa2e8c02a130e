import { PutBucketReplicationCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { onEvent, type ReplicationProperties } from '../../../lambda/evidence-replication/handler.ts';

const s3 = mockClient(S3Client);

/** What S3 remembers of the bucket, and where it was asked. */
let configuration: object | undefined;
let region: string | undefined;

beforeEach(() => {
  [configuration, region] = [undefined, undefined];
  s3.reset();
  s3.on(PutBucketReplicationCommand).callsFake(async ({ ReplicationConfiguration }, getClient) => {
    configuration = ReplicationConfiguration;
    region = await (getClient() as S3Client).config.region();
  });
});

const properties: ReplicationProperties = {
  Bucket: 'shop-evidence-111122223333-ap-northeast-3',
  Region: 'ap-northeast-3',
  Destination: 'arn:aws:s3:::shop-evidence-111122223333-ap-northeast-1',
  ReplicaKey: 'arn:aws:kms:ap-northeast-1:111122223333:key/1',
  Role: 'arn:aws:iam::111122223333:role/back',
  Prefixes: ['evidence/', 'reports/'],
};

const event = (RequestType: 'Create' | 'Update' | 'Delete') => ({ RequestType, ResourceProperties: properties });

test('given a creation, every prefix is replicated, under the key of the other Region, and no deletion is', async () => {
  const { PhysicalResourceId } = await onEvent(event('Create'));
  expect(PhysicalResourceId).toBe('shop-evidence-111122223333-ap-northeast-3-replication');
  expect(configuration).toEqual({
    Role: properties.Role,
    Rules: ['evidence', 'reports'].map((ID, Priority) => ({
      ID,
      Status: 'Enabled',
      Priority,
      Filter: { Prefix: `${ID}/` },
      DeleteMarkerReplication: { Status: 'Disabled' },
      SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
      Destination: {
        Bucket: properties.Destination,
        EncryptionConfiguration: { ReplicaKmsKeyID: properties.ReplicaKey },
      },
    })),
  });
});

test('given a bucket of another Region, it is asked there', async () => {
  await onEvent(event('Create'));
  expect(region).toBe('ap-northeast-3');
});

test('given a second delivery or an update, the same stands there', async () => {
  await onEvent(event('Create'));
  const first = configuration;
  expect(await onEvent(event('Update'))).toEqual({ PhysicalResourceId: `${properties.Bucket}-replication` });
  expect(configuration).toEqual(first);
});

test('given a deletion, what is there stays', async () => {
  expect(await onEvent(event('Delete'))).toEqual({});
  expect(s3.calls()).toHaveLength(0);
});

test('given a bucket that is not there, CloudFormation hears why', async () => {
  s3.on(PutBucketReplicationCommand).rejects(new Error('The specified bucket does not exist'));
  await expect(onEvent(event('Create'))).rejects.toThrow('The specified bucket does not exist');
});
