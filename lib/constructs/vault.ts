import { RemovalPolicy } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface VaultProps {
  /** Unique in the account and Region, 2 to 50 characters. */
  readonly name: string;
}

/** A vault that gives recovery points up only when they expire. It stays, with its key, when its stack is deleted. */
export class Vault extends Construct {
  readonly vault: backup.BackupVault;

  constructor(scope: Construct, id: string, props: VaultProps) {
    super(scope, id);

    this.vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: props.name,
      /*
       * A copy from another Region is encrypted with the vault's key, and for RDS that must be a customer managed one:
       * under the default `aws/backup` every copy job fails
       * (https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html). Snapshots made in the Region itself
       * keep the key of their database whatever is said here.
       *
       * The key policy is CDK's: the account's root, so IAM decides. AWS Backup needs CreateGrant, GenerateDataKey and
       * Decrypt on the key, and its role has them for every key, through RDS, in AWSBackupServiceRolePolicyForBackup. A
       * narrower condition here would have to allow every grant operation, or copies fail with KMSKeyNotAccessibleFault
       * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html).
       */
      encryptionKey: new kms.Key(this, 'Key', {
        alias: `alias/${props.name}-vault`,
        description: `Key of the backup vault ${props.name}`,
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
      // Denies everyone deletion and a change of lifecycle, not expiry; this is the policy that AWS itself shows. It covers
      // the API of AWS Backup only: what may call rds:DeleteDBSnapshot is up to IAM
      // (https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-vault-access-policy.html).
      blockRecoveryPointDeletion: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
