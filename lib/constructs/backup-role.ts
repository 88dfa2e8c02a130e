import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * The role of AWS Backup, kept when its stack goes. A recovery point is expired with the role that made it: without the
 * role, points stay, marked EXPIRED, and are paid for
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html).
 */
export class BackupRole extends iam.Role {
  constructor(scope: Construct, id: string, props: { readonly name: string }) {
    super(scope, id, {
      roleName: props.name,
      description: 'AWS Backup takes, copies and expires recovery points with it',
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSBackupServiceRolePolicyForBackup')],
    });
    this.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]',
      reason:
        'AWS extends this policy whenever AWS Backup needs a new action; a copy of ours would fail backups instead',
    });
  }
}
