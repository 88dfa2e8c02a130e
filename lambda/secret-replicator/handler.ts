import {
  DescribeSecretCommand,
  ReplicateSecretToRegionsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { begin, proceed, type ReplicationEvent, type Secrets } from './replicate.ts';

const client = new SecretsManagerClient({ maxAttempts: 8 });

async function host(): Promise<Secrets> {
  return {
    region: await client.config.region(),
    describe: async (SecretId) => {
      const found = await client.send(new DescribeSecretCommand({ SecretId }));
      return {
        primaryRegion: found.PrimaryRegion,
        owningService: found.OwningService,
        isDeleted: found.DeletedDate !== undefined,
        replicas: Object.fromEntries(
          (found.ReplicationStatus ?? []).map(({ Region = '', Status, StatusMessage }) => [
            Region,
            { status: Status, message: StatusMessage },
          ]),
        ),
      };
    },
    replicate: async (SecretId, Region, KmsKeyId) => {
      const AddReplicaRegions = [{ Region, KmsKeyId }];
      await client.send(new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions }));
    },
  };
}

export const onEvent = async (event: ReplicationEvent) => begin(event, await host());
export const isComplete = async (event: ReplicationEvent) => proceed(event, await host());
