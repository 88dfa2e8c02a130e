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
   * Name of the only role that may disable the key, have it deleted or change its policy: each ends every backup under it, the
   * last one by letting somebody do the others. A change of the policy is deployed with that role.
   * @default - up to IAM
   */
  readonly breakGlassRole?: string | undefined;
  /**
   * Another account, whose AWS Backup copies what the key encrypts.
   * @default - the key is of use in its own account only
   */
  readonly copiedBy?: string | undefined;
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
  constructor(scope: Construct, id: string, { alias, description, breakGlassRole, copiedBy }: ProtectedKeyProps) {
    super(scope, id, {
      alias: `alias/${alias}`,
      description,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    if (copiedBy) this.share(copiedBy);
    if (!breakGlassRole) return;
    // KMS refuses a policy that its own writer could not change any more, unless it is told that this is meant.
    (this.node.defaultChild as kms.CfnKey).bypassPolicyLockoutSafetyCheck = true;
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OnlyBreakGlassEndsThisKey',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['kms:DisableKey', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'],
        resources: ['*'],
        conditions: exceptRole(this, breakGlassRole),
      }),
    );
  }

  /**
   * The service-linked role of AWS Backup in the other account makes the copy, and these are all the KMS actions that role has
   * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceLinkedRolePolicyForBackup.html), with the
   * two more that AWS Backup asks of a key policy at least
   * (https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html). Of the account, not of the role: KMS refuses a
   * policy that names a role which is not there yet.
   *
   * RevokeGrant, which samples of AWS add, is left out on purpose: the grants of this key are what the database runs by, and
   * the other account could end them.
   */
  private share(account: string): void {
    const allow = (sid: string, actions: string[], conditions: Record<string, unknown> = {}) =>
      this.addToResourcePolicy(
        new iam.PolicyStatement({
          sid,
          principals: [new iam.AccountPrincipal(account)],
          actions: actions.map((action) => `kms:${action}`),
          resources: ['*'],
          conditions,
        }),
      );
    allow('CopiesReadWithThisKey', [
      'Decrypt',
      'DescribeKey',
      'GenerateDataKey',
      'GenerateDataKeyWithoutPlaintext',
      'ReEncryptFrom',
    ]);
    allow('CopiesTakeGrants', ['CreateGrant', 'ListGrants'], { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  }
}
