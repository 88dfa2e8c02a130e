import { CustomResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { CloudPolicy } from '../../core/policy/index.ts';
import { ProtectedKey } from './protected-key.ts';
import { SettingProvider } from './setting-provider.ts';
import { bucketName, VersionedBucket } from './versioned-bucket.ts';

export interface UploadsBucketProps {
  /** Of the policy. */
  readonly policyName: string;
  readonly uploads: NonNullable<CloudPolicy['uploads']>;
  /** Name of the only role that may end the key. @default - up to IAM */
  readonly breakGlassRole?: string | undefined;
}

/** The bucket with what users upload: one of this app, or one that exists, which is looked at and never changed. */
export class UploadsBucket extends Construct {
  readonly name: string;
  /** What has to be there before a plan takes the bucket. */
  readonly condition: s3.CfnBucket | CustomResource;

  constructor(scope: Construct, id: string, { policyName, uploads, breakGlassRole }: UploadsBucketProps) {
    super(scope, id);
    this.name = uploadsBucketName(this, policyName, uploads);
    if (uploads.kind === 'adopted') {
      this.condition = this.check(uploads.bucket);
      return;
    }
    const bucket = new VersionedBucket(this, 'Bucket', {
      name: this.name,
      key: new ProtectedKey(this, 'Key', {
        alias: `${policyName}-uploads`,
        description: `Encrypts the uploads of ${policyName}`,
        breakGlassRole,
      }),
      keepDays: uploads.keepOverwritten.days,
      withoutAccessLog: 'Who reads uploads is for the application to log; a log of S3 would need a bucket of its own',
    });
    this.condition = bucket.node.defaultChild as s3.CfnBucket;
    // AWS Backup listens for changes, and continuous backups stop without
    // (https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html). Not by CDK's property: it would deploy a
    // function for what the bucket's own resource can say.
    this.condition.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  private check(Bucket: string): CustomResource {
    const { serviceToken } = new SettingProvider(this, 'Provider', {
      folder: 'bucket-check',
      description: 'Checks that a bucket can be backed up, and changes nothing',
      statements: [
        new iam.PolicyStatement({
          actions: ['s3:GetBucketVersioning'],
          resources: [`arn:${Stack.of(this).partition}:s3:::${Bucket}`],
        }),
      ],
    });
    return new CustomResource(this, 'Check', {
      serviceToken,
      resourceType: 'Custom::BackupReadyBucket',
      properties: { Bucket },
    });
  }
}

/** @param account - that it belongs to; @default - that of the stack */
export function uploadsBucketName(
  scope: Construct,
  policy: string,
  uploads: UploadsBucketProps['uploads'],
  account?: string,
): string {
  return uploads.kind === 'adopted' ? uploads.bucket : bucketName(scope, policy, 'uploads', account);
}
