import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  GetSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

process.env.AWS_REGION = 'ap-northeast-1';
const { isComplete, onEvent } = await import('../../../lambda/secret-replicator/handler.ts');
const service = mockClient(SecretsManagerClient);

/** What Secrets Manager knows of the one secret there is. */
let secret: DescribeSecretResponse | undefined;

beforeEach(() => {
  secret = { Name: 'shop/slack' };
  service.reset();
  service.on(DescribeSecretCommand).callsFake(() => {
    if (!secret) throw new ResourceNotFoundException({ message: 'no such secret', $metadata: {} });
    return secret;
  });
  service.on(ReplicateSecretToRegionsCommand).callsFake(({ AddReplicaRegions }) => {
    secret = {
      ...secret,
      PrimaryRegion: 'ap-northeast-1',
      ReplicationStatus: AddReplicaRegions.map((one: object) => ({ ...one, Status: 'InProgress' })),
    };
    return {};
  });
});

const event = (RequestType: 'Create' | 'Update' | 'Delete') => ({
  RequestType,
  ResourceProperties: { SecretId: 'shop/slack', ReplicaRegion: 'ap-northeast-3', ReplicaKey: 'alias/shop-secrets' },
});
const settle = (Status: 'InSync' | 'Failed', StatusMessage?: string) => {
  secret = {
    ...secret,
    ReplicationStatus: [{ Region: 'ap-northeast-3', Status, ...(StatusMessage && { StatusMessage }) }],
  };
};
const sent = () => service.commandCalls(ReplicateSecretToRegionsCommand).map(({ args }) => args[0].input);

test('replicates under the key there, and is done when the replica is in sync', async () => {
  expect(await onEvent(event('Create'))).toEqual({ PhysicalResourceId: 'shop/slack in ap-northeast-3' });
  expect(await isComplete(event('Create'))).toEqual({ IsComplete: false });
  settle('InSync');
  expect(await isComplete(event('Create'))).toEqual({ IsComplete: true });
  expect(sent()).toEqual([
    { SecretId: 'shop/slack', AddReplicaRegions: [{ Region: 'ap-northeast-3', KmsKeyId: 'alias/shop-secrets' }] },
  ]);
});

test('replicates once, whether its event comes twice or an update follows', async () => {
  await onEvent(event('Create'));
  await onEvent(event('Create'));
  settle('InSync');
  await onEvent(event('Update'));
  expect(sent()).toHaveLength(1);
});

test('leaves a replica that somebody else made, and replicas in other Regions', async () => {
  secret = { ReplicationStatus: [{ Region: 'ap-northeast-3', KmsKeyId: 'alias/theirs', Status: 'InSync' }] };
  await onEvent(event('Create'));
  expect(sent()).toEqual([]);
  secret = { ReplicationStatus: [{ Region: 'us-east-1', Status: 'InSync' }] };
  await onEvent(event('Create'));
  expect(sent()).toHaveLength(1);
});

test('is not done before the list of replicas shows the new one', async () => {
  await onEvent(event('Create'));
  secret = { Name: 'shop/slack' };
  expect(await isComplete(event('Create'))).toEqual({ IsComplete: false });
});

test('changes and asks nothing when the resource goes', async () => {
  expect([await onEvent(event('Delete')), await isComplete(event('Delete'))]).toEqual([{}, { IsComplete: true }]);
  expect(service.calls()).toEqual([]);
});

test('never reads a value', async () => {
  await onEvent(event('Create'));
  await isComplete(event('Create'));
  expect(service.commandCalls(GetSecretValueCommand)).toEqual([]);
});

test('says why a replica failed, and what to do', async () => {
  settle('Failed', 'Secret with this name already exists in this region');
  await expect(isComplete(event('Update'))).rejects.toThrow(
    'the secret "shop/slack" could not be replicated to ap-northeast-3: Secret with this name already exists in this region; put that right',
  );
});

test.each<[string, DescribeSecretResponse, string]>([
  ['that RDS manages', { OwningService: 'rds' }, 'is managed by rds and not replicated'],
  ['that is being deleted', { DeletedDate: new Date(0) }, 'is marked for deletion'],
  ['that is a replica', { PrimaryRegion: 'us-east-1' }, 'is itself a replica, of us-east-1'],
])('refuses a secret %s', async (_what, state, sentence) => {
  secret = state;
  await expect(onEvent(event('Create'))).rejects.toThrow(`the secret "shop/slack" ${sentence}`);
  expect(sent()).toEqual([]);
});

test('fails on a secret that does not exist', async () => {
  secret = undefined;
  await expect(onEvent(event('Create'))).rejects.toThrow('no such secret');
});
