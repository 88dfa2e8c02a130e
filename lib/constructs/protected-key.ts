import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { exceptRole } from '../names.ts';

export interface ProtectedKeyProps {
  /** Without `alias/`. */
  readonly alias: string;
  readonly description: string;
  /**
   * Name of the only role that may disable the key or have it deleted: either ends every backup under it.
   * @default - up to IAM
   */
  readonly breakGlassRole?: string | undefined;
}

/**
 * A customer managed key that rotates and outlives its stack.
 *
 * Who may use it is up to IAM (CDK's statement for the account's root): AWS Backup and RDS need CreateGrant, GenerateDataKey,
 * Decrypt and DescribeKey, and the role of AWS Backup has them for every key, through RDS, in
 * AWSBackupServiceRolePolicyForBackup. A narrower condition here would have to allow every grant operation, or copies fail
 * with KMSKeyNotAccessibleFault (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html).
 */
export class ProtectedKey extends kms.Key {
  constructor(scope: Construct, id: string, { alias, description, breakGlassRole }: ProtectedKeyProps) {
    super(scope, id, {
      alias: `alias/${alias}`,
      description,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    if (!breakGlassRole) return;
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OnlyBreakGlassEndsThisKey',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
        resources: ['*'],
        conditions: exceptRole(this, breakGlassRole),
      }),
    );
  }
}
