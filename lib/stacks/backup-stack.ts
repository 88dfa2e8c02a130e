import { Stack, type StackProps } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type { Construct } from 'constructs';
import type { CloudPolicy } from '../../core/policy/index.ts';
import { SnapshotPlan } from '../constructs/snapshot-plan.ts';
import { Vault } from '../constructs/vault.ts';
import { instanceArn, instanceIdentifier, vaultArn, vaultName } from '../names.ts';

export interface BackupStackProps extends StackProps {
  readonly policyName: string;
  readonly cadence: CloudPolicy['cadence'];
  /** Names of the databases in the policy. */
  readonly databases: readonly string[];
  /** Where the vault of the copies is. */
  readonly replicaRegion: string;
}

/** The vault of the primary Region and the plan that fills it. */
export class BackupStack extends Stack {
  constructor(scope: Construct, id: string, props: BackupStackProps) {
    super(scope, id, props);
    const { policyName, cadence, databases, replicaRegion } = props;
    const { vault } = new Vault(this, 'Vault', { name: vaultName(policyName, 'primary') });
    const replicaVault = backup.BackupVault.fromBackupVaultArn(
      this,
      'ReplicaVault',
      vaultArn(this, vaultName(policyName, 'replica'), replicaRegion),
    );
    new SnapshotPlan(this, 'Snapshots', {
      name: policyName,
      cadence,
      vault,
      replicaVault,
      databases: databases.map((name) => instanceArn(this, instanceIdentifier(policyName, name))),
    });
  }
}
