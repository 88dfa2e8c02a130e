import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CloudPolicy } from '../../core/policy/index.ts';
import { exceptRole, roleArn } from '../names.ts';
import { ProtectedKey } from './protected-key.ts';

export interface VaultProps {
  /** Unique in the account and Region, 2 to 50 characters. */
  readonly name: string;
  readonly lock: CloudPolicy['primary']['lock'];
  /**
   * Name of the only role that may delete recovery points and change who may.
   * @default - nothing may delete recovery points; who may change that is up to IAM
   */
  readonly breakGlassRole?: string | undefined;
  /**
   * Another account, that copies its recovery points into this vault with these roles.
   * @default - copies come from its own account only
   */
  readonly copiesFrom?: { readonly account: string; readonly roles: readonly string[] } | undefined;
  /**
   * Another account, which takes copies of recovery points that are encrypted with the vault's key.
   * @default - none does
   */
  readonly copiedBy?: string | undefined;
}

/** A locked vault that gives recovery points up only when they expire. It stays, with its key, when its stack is deleted. */
export class Vault extends Construct {
  readonly vault: backup.BackupVault;

  constructor(scope: Construct, id: string, props: VaultProps) {
    super(scope, id);
    const { name, lock, breakGlassRole, copiedBy } = props;
    this.vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: name,
      // A copy from another Region is encrypted with the vault's key, and for RDS that must be a customer managed one: under
      // the default `aws/backup` every copy job fails
      // (https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html). Snapshots made in the Region itself keep
      // the key of their database whatever is said here.
      encryptionKey: new ProtectedKey(this, 'Key', {
        alias: `${name}-vault`,
        description: `Key of the backup vault ${name}`,
        breakGlassRole,
        copiedBy,
      }),
      accessPolicy: accessPolicy(this, props),
      lockConfiguration: {
        minRetention: Duration.days(lock.minKeep.days),
        ...(lock.maxKeep && { maxRetention: Duration.days(lock.maxKeep.days) }),
        // This alone makes it a compliance lock
        // (https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html).
        ...(lock.mode === 'compliance' && { changeableFor: Duration.days(lock.grace.days) }),
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

/**
 * Denies deletion and a change of lifecycle, not expiry. It covers the API of AWS Backup only: what may call
 * rds:DeleteDBSnapshot is up to IAM
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-vault-access-policy.html). These policies know no
 * wildcard in an action.
 */
function accessPolicy(scope: Construct, { breakGlassRole, copiesFrom }: VaultProps): iam.PolicyDocument {
  const deny = (sid: string, actions: string[]) =>
    new iam.PolicyStatement({
      sid,
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: actions.map((action) => `backup:${action}`),
      resources: ['*'],
      ...(breakGlassRole && { conditions: exceptRole(scope, breakGlassRole) }),
    });
  const statements = [
    deny('KeepRecoveryPoints', ['DeleteRecoveryPoint', 'DisassociateRecoveryPoint', 'UpdateRecoveryPointLifecycle']),
  ];
  // Only with a role that is excepted: nobody at all could ever change the policy again. The lock may still be put on: the
  // deployment does that after the policy.
  if (breakGlassRole) {
    statements.push(
      deny('KeepThisPolicy', [
        'DeleteBackupVault',
        'DeleteBackupVaultAccessPolicy',
        'DeleteBackupVaultLockConfiguration',
        'PutBackupVaultAccessPolicy',
      ]),
    );
  }
  if (copiesFrom) statements.push(takeCopies(scope, copiesFrom));
  return new iam.PolicyDocument({ statements });
}

/**
 * The only thing that AWS Backup lets another account do to a vault, and it has to be allowed here
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html). That page names an account, or a
 * role of it, as the principal. The role is a condition instead: a policy cannot name a role that is made later.
 */
function takeCopies(scope: Construct, { account, roles }: NonNullable<VaultProps['copiesFrom']>): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'TakeCopies',
    principals: [new iam.AccountPrincipal(account)],
    actions: ['backup:CopyIntoBackupVault'],
    resources: ['*'],
    conditions: { ArnEquals: { 'aws:PrincipalArn': roles.map((role) => roleArn(scope, role, account)) } },
  });
}
