import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type CloudPolicy, snapshotRules, vaultName } from '../../core/policy/index.ts';
import { BackupRole } from '../constructs/backup-role.ts';
import { SnapshotPlan } from '../constructs/snapshot-plan.ts';
import { UploadsBucket, type UploadsBucketProps } from '../constructs/uploads-bucket.ts';
import { backupRoleName, vaultArn } from '../names.ts';

export interface UploadsStackProps extends StackProps, UploadsBucketProps {
  readonly cadence: CloudPolicy['cadence'];
  /** Where the vault of the copies is. */
  readonly replicaRegion: string;
  /** That the vault of the copies belongs to. @default - that of this stack */
  readonly replicaAccount?: string | undefined;
}

/** The uploads, and the plan that takes recovery points of them into the vault of the primary Region and copies them. */
export class UploadsStack extends Stack {
  constructor(scope: Construct, id: string, props: UploadsStackProps) {
    super(scope, id, props);
    const { policyName, uploads, cadence, replicaRegion, replicaAccount, breakGlassRole } = props;
    const bucket = new UploadsBucket(this, 'Uploads', { policyName, uploads, breakGlassRole });
    const vault = (id: string, place: 'primary' | 'replica', region: string, account?: string) =>
      backup.BackupVault.fromBackupVaultArn(this, id, vaultArn(this, vaultName(policyName, place), region, account));
    // The generations of a week and a month are of the databases only.
    const { weekly, monthly, ...runs } = cadence;
    const ofUploads = { ...runs, every: uploads.every };
    const plan = new SnapshotPlan(this, 'Snapshots', {
      name: `${policyName}-uploads`,
      role: this.role(policyName),
      cadence: ofUploads,
      rules: snapshotRules(ofUploads),
      vault: vault('Vault', 'primary', this.region),
      replicaVault: vault('ReplicaVault', 'replica', replicaRegion, replicaAccount),
      resources: [`arn:${this.partition}:s3:::${bucket.name}`],
    });
    plan.node.addDependency(bucket.condition);
  }

  /** Apart from that of the databases: this one may read every bucket, which a backup of a database has no use for. */
  private role(policyName: string): iam.IRole {
    const role = new BackupRole(this, 'Role', { name: backupRoleName(policyName, 'uploads') });
    // To take recovery points, not to restore them: a restore writes to buckets, and gets a role for it when it is needed.
    role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AWSBackupServiceRolePolicyForS3Backup'));
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup]',
      reason:
        'AWS extends this policy whenever AWS Backup needs a new action; a copy of ours would fail backups instead',
    });
    return role;
  }
}
