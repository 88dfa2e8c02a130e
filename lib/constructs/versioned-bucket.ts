import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface VersionedBucketProps {
  /** Unique in all of AWS. */
  readonly name: string;
  readonly key: kms.IKey;
  /** How long, in days, a version is kept after a newer one, or a deletion, took its place. */
  readonly keepDays: number;
  /** Objects may be locked against deletion. It cannot be taken back, and not be added later. @default false */
  readonly objectLock?: boolean;
  /** Beside those for versions and for uploads that never ended. @default - none */
  readonly lifecycleRules?: readonly s3.LifecycleRule[];
  /** Why nobody logs who reads it. */
  readonly withoutAccessLog: string;
}

/** A bucket that nobody outside the account reads, that keeps what is overwritten, and that outlives its stack. */
export class VersionedBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, props: VersionedBucketProps) {
    super(scope, id, {
      bucketName: props.name,
      versioned: true,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.key,
      // One call of KMS for many objects instead of one for each.
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      ...(props.objectLock && { objectLockEnabled: true }),
      lifecycleRules: [
        {
          id: 'noncurrent-versions',
          noncurrentVersionExpiration: Duration.days(props.keepDays),
          // A deletion leaves a marker, and it stays for ever once the versions behind it are gone.
          expiredObjectDeleteMarker: true,
        },
        // The parts of an upload that never ended are seen in no list and are paid for
        // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html).
        { id: 'aborted-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        ...(props.lifecycleRules ?? []),
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this).acknowledge({ id: 'AwsSolutions-S1', reason: props.withoutAccessLog });
  }
}

/**
 * With the account, because the names of buckets are shared by all of AWS: at most 52 of 63 characters.
 *
 * @param account - that it belongs to; @default - that of the stack
 */
export function bucketName(
  scope: Construct,
  policy: string,
  purpose: 'settings' | 'uploads',
  account: string = Stack.of(scope).account,
): string {
  return `${policy}-${purpose}-${account}`;
}
