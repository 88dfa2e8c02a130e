import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { type CloudPolicy, isReplicated, vaultName } from '../../core/policy/index.ts';
import { Reader } from '../constructs/reader.ts';
import { addParameterTwins, addReplicationKeys } from '../constructs/replication.ts';
import { acknowledgeWildcards, askedStatements } from '../constructs/sentinel-permissions.ts';
import { inventoryOf } from '../inventory.ts';
import { vaultArn, watcherRoleName } from '../names.ts';

export interface DatabaseReplicaStackProps extends StackProps {
  readonly policyName: string;
  readonly cloud: CloudPolicy;
  /** That the vault of the copies belongs to. */
  readonly copiesAccount: string;
}

/**
 * What the account of the databases has in the replica Region when the vault of the copies belongs to another account
 * (docs/adr/0009-second-account.md): RDS and Secrets Manager replicate within one account only.
 */
export class DatabaseReplicaStack extends Stack {
  /** Encrypts the automated backups that are replicated here, where there are any. */
  readonly replicationKey: kms.IKey | undefined;

  constructor(scope: Construct, id: string, { policyName, cloud, copiesAccount, ...props }: DatabaseReplicaStackProps) {
    super(scope, id, props);
    const { databases, breakGlassRole, secrets, primary } = cloud;
    const hasSecrets = secrets !== undefined;
    this.replicationKey = addReplicationKeys(this, { policyName, databases, hasSecrets, breakGlassRole });
    addParameterTwins(
      this,
      policyName,
      Object.fromEntries(Object.entries(databases).filter(([, one]) => isReplicated(one))),
    );
    // Only what is asked matters here, and none of it names a plan.
    const inventory = inventoryOf(this, policyName, cloud, 'replica', {});
    const { role } = new Reader(this, 'Reader', {
      policyName,
      account: copiesAccount,
      watchers: (['sentinel', 'notifier'] as const).map((watcher) => watcherRoleName(policyName, watcher)),
      statements: [
        ...askedStatements(this, inventory),
        new iam.PolicyStatement({
          actions: ['backup:ListRecoveryPointsByBackupVault'],
          resources: [vaultArn(this, vaultName(policyName, 'primary'), primary.region)],
        }),
      ],
    });
    acknowledgeWildcards(role, this, inventory);
  }
}
