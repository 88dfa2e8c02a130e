import type { CustomResourceEvent } from '../shared/custom-resource.ts';

export interface ReplicationProperties {
  /** Name or ARN of the secret, in this Region. */
  readonly SecretId: string;
  readonly ReplicaRegion: string;
  /** Alias of the key there. */
  readonly ReplicaKey: string;
}

export type ReplicationEvent = CustomResourceEvent<ReplicationProperties>;

/** What Secrets Manager tells of a secret beside its value. */
export interface SecretState {
  /** Region of the secret that is written to. `undefined` when it was never replicated. */
  readonly primaryRegion: string | undefined;
  /** Such as `rds`. `undefined` when it is the account's own. */
  readonly owningService: string | undefined;
  readonly isDeleted: boolean;
  /** By Region. */
  readonly replicas: Readonly<Record<string, ReplicaState>>;
}

export interface ReplicaState {
  readonly status: 'InSync' | 'InProgress' | 'Failed' | undefined;
  readonly message: string | undefined;
}

export interface Secrets {
  readonly region: string;
  describe(id: string): Promise<SecretState>;
  /** Refused by AWS when a secret of this name exists there. */
  replicate(id: string, region: string, key: string): Promise<void>;
}

/**
 * Has a secret replicated unless it is. CloudFormation can replicate only secrets that it makes. What is there stays, also
 * under another key, and nothing is taken away when the resource goes: someone else may have come to rely on it.
 *
 * @throws Error in a sentence when the secret cannot be replicated
 */
export async function begin({ RequestType, ResourceProperties }: ReplicationEvent, secrets: Secrets) {
  if (RequestType === 'Delete') return {};
  const { SecretId, ReplicaRegion, ReplicaKey } = ResourceProperties;
  const state = await secrets.describe(SecretId);
  refuse(SecretId, state, secrets.region);
  if (!state.replicas[ReplicaRegion]) await secrets.replicate(SecretId, ReplicaRegion, ReplicaKey);
  // Of another secret or Region it is another resource, and the old one is left where it is.
  return { PhysicalResourceId: `${SecretId} in ${ReplicaRegion}` };
}

/** @throws Error in a sentence when the replica failed */
export async function proceed({ RequestType, ResourceProperties }: ReplicationEvent, secrets: Secrets) {
  if (RequestType === 'Delete') return { IsComplete: true };
  const { SecretId, ReplicaRegion } = ResourceProperties;
  const replica = (await secrets.describe(SecretId)).replicas[ReplicaRegion];
  if (replica?.status === 'Failed') {
    const why = replica.message ?? 'Secrets Manager gives no reason';
    throw new Error(
      `the secret "${SecretId}" could not be replicated to ${ReplicaRegion}: ${why}; put that right, run aws secretsmanager remove-regions-from-replication for it, and deploy again`,
    );
  }
  return { IsComplete: replica?.status === 'InSync' };
}

function refuse(id: string, { isDeleted, owningService, primaryRegion }: SecretState, region: string): void {
  if (isDeleted) throw new Error(`the secret "${id}" is marked for deletion; restore it or take it out of the policy`);
  if (owningService) {
    throw new Error(`the secret "${id}" is managed by ${owningService} and not replicated; take it out of the policy`);
  }
  if (primaryRegion && primaryRegion !== region) {
    throw new Error(`the secret "${id}" is itself a replica, of ${primaryRegion}; name the one there`);
  }
}
