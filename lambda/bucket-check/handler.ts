import { GetBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import type { CustomResourceEvent } from '../shared/custom-resource.ts';

const client = new S3Client({ maxAttempts: 8 });

/**
 * Refuses a bucket that AWS Backup would refuse at every job
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html). Versioning is not turned on here: it keeps, and
 * charges for, all that is overwritten and deleted from then on, which is for the bucket's owner to want.
 *
 * @throws Error in a sentence when the bucket has no versioning or may not be looked at
 */
export async function onEvent({ RequestType, ResourceProperties }: CustomResourceEvent<{ readonly Bucket: string }>) {
  if (RequestType === 'Delete') return {};
  const { Bucket } = ResourceProperties;
  const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }));
  if (Status === 'Enabled') return { PhysicalResourceId: Bucket };
  const found = Status === 'Suspended' ? 'has its versioning suspended' : 'has no versioning';
  throw new Error(
    `the bucket "${Bucket}" ${found}, and AWS Backup takes none without it; run aws s3api put-bucket-versioning --bucket ${Bucket} --versioning-configuration Status=Enabled, with a lifecycle rule for noncurrent versions, and deploy again`,
  );
}
