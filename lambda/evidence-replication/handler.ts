import { PutBucketReplicationCommand, S3Client } from '@aws-sdk/client-s3';
import type { CustomResourceEvent } from '../shared/custom-resource.ts';

/** How the evidence of one Region comes to the other. CloudFormation turns every property into a text, a list's into texts. */
export interface ReplicationProperties {
  /** Where it comes from, and the Region of that bucket. */
  readonly Bucket: string;
  readonly Region: string;
  /** ARNs: of the bucket that it goes to, of the key there, and of the role that S3 replicates with. */
  readonly Destination: string;
  readonly ReplicaKey: string;
  readonly Role: string;
  /** Of the keys that are replicated. */
  readonly Prefixes: readonly string[];
}

/**
 * Puts the replication on a bucket of another stack: S3 refuses a destination that is not there, so of two buckets that replicate to
 * each other only one can say so in its own template. The same again changes nothing, and it stays when the resource goes: evidence
 * that is no longer replicated is a loss, and nothing else is.
 */
export async function onEvent(event: CustomResourceEvent<ReplicationProperties>) {
  if (event.RequestType === 'Delete') return {};
  const { Bucket, Region, Role, Prefixes, Destination, ReplicaKey } = event.ResourceProperties;
  const client = new S3Client({ region: Region, maxAttempts: 8 });
  await client.send(
    new PutBucketReplicationCommand({
      Bucket,
      ReplicationConfiguration: {
        Role,
        Rules: Prefixes.map((Prefix, Priority) => ({
          ID: Prefix.replace('/', ''),
          Status: 'Enabled',
          Priority,
          Filter: { Prefix },
          DeleteMarkerReplication: { Status: 'Disabled' },
          SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
          Destination: { Bucket: Destination, EncryptionConfiguration: { ReplicaKmsKeyID: ReplicaKey } },
        })),
      },
    }),
  );
  return { PhysicalResourceId: `${Bucket}-replication` };
}
