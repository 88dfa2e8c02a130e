import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { kindOf, vaultName } from '../../core/policy/index.ts';
import { Reader } from '../constructs/reader.ts';
import { addParameterTwins, addReplicationKeys, type ReplicationKeysProps } from '../constructs/replication.ts';
import { ServiceOptIn } from '../constructs/service-opt-in.ts';
import { Vault, type VaultProps } from '../constructs/vault.ts';
import { backupRoleName, vaultArn, watcherRoleName } from '../names.ts';

export interface ReplicaStackProps extends StackProps, ReplicationKeysProps {
  /** Of the vault. */
  readonly lock: VaultProps['lock'];
  /** Name of the only role that may delete recovery points and end a key. @default - see Vault and ProtectedKey */
  readonly breakGlassRole?: string | undefined;
  /**
   * The account of the databases, where it is another one: what stays in that is in a DatabaseReplicaStack.
   * @default - that of this stack
   */
  readonly databaseAccount?: string | undefined;
}

/** What the replica Region needs to receive copies and to restore from them with the primary Region gone. */
export class ReplicaStack extends Stack {
  /** Encrypts the automated backups that are replicated here, where there are any. */
  readonly replicationKey: kms.IKey | undefined;

  constructor(scope: Construct, id: string, props: ReplicaStackProps) {
    super(scope, id, props);
    const { policyName, databases, lock, breakGlassRole, databaseAccount } = props;
    const name = vaultName(policyName, 'replica');
    const roles = (['databases', 'uploads'] as const).map((of) => backupRoleName(policyName, of));
    new Vault(this, 'Vault', {
      name,
      lock,
      breakGlassRole,
      copiesFrom: databaseAccount === undefined ? undefined : { account: databaseAccount, roles },
    });
    if (Object.values(databases).some((one) => kindOf(one) === 'cluster')) new ServiceOptIn(this, 'OptIn');
    if (databaseAccount === undefined) {
      this.replicationKey = addReplicationKeys(this, props);
    } else {
      new Reader(this, 'Reader', {
        policyName,
        account: databaseAccount,
        watchers: [watcherRoleName(policyName, 'notifier')],
        statements: [
          new iam.PolicyStatement({
            actions: ['backup:ListRecoveryPointsByBackupVault'],
            resources: [vaultArn(this, name, this.region)],
          }),
        ],
      });
    }
    addParameterTwins(this, policyName, databases);
  }
}
