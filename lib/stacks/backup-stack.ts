import { Stack, type StackProps } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type { Construct } from 'constructs';
import {
  type CloudPolicy,
  copiedEvery,
  type DatabasePolicy,
  kindOf,
  snapshotRules,
  vaultName,
} from '../../core/policy/index.ts';
import { BackupRole } from '../constructs/backup-role.ts';
import { ServiceOptIn } from '../constructs/service-opt-in.ts';
import { SnapshotPlan } from '../constructs/snapshot-plan.ts';
import { Vault } from '../constructs/vault.ts';
import { backupRoleName, databaseArn, databaseIdentifier, vaultArn } from '../names.ts';

export interface BackupStackProps extends StackProps {
  readonly policyName: string;
  readonly cadence: CloudPolicy['cadence'];
  readonly databases: CloudPolicy['databases'];
  /** Of the vault. */
  readonly lock: CloudPolicy['primary']['lock'];
  /** Name of the only role that may delete recovery points. @default - see Vault */
  readonly breakGlassRole?: string | undefined;
  /** Where the vault of the copies is. */
  readonly replicaRegion: string;
  /** That the vault of the copies belongs to. @default - that of this stack */
  readonly replicaAccount?: string | undefined;
  /** Whether the vault takes uploads as well. */
  readonly hasUploads: boolean;
}

/** The vault of the primary Region and the plans that fill it. */
export class BackupStack extends Stack {
  constructor(scope: Construct, id: string, props: BackupStackProps) {
    super(scope, id, props);
    const { policyName, cadence, databases, replicaRegion, replicaAccount, hasUploads, lock, breakGlassRole } = props;
    const { vault } = new Vault(this, 'Vault', {
      name: vaultName(policyName, 'primary'),
      lock,
      breakGlassRole,
      // Snapshots keep the key of their database. What AWS Backup manages itself has the vault's, and is read with that
      // (https://repost.aws/knowledge-center/backup-cross-account-copy-error).
      copiedBy: hasUploads ? replicaAccount : undefined,
    });
    if (Object.values(databases).some((one) => kindOf(one) === 'cluster')) new ServiceOptIn(this, 'OptIn');
    const replicaVault = backup.BackupVault.fromBackupVaultArn(
      this,
      'ReplicaVault',
      vaultArn(this, vaultName(policyName, 'replica'), replicaRegion, replicaAccount),
    );
    const role = new BackupRole(this, 'Role', { name: backupRoleName(policyName, 'databases') });

    // A rule copies either everything it takes or nothing, so databases that are copied at different intervals need plans
    // of their own. Each database is in one plan: two would take its snapshots twice.
    const copyEvery = ([, database]: [string, DatabasePolicy]) => copiedEvery(cadence, database);
    const plans = Map.groupBy(Object.entries(databases), (entry) => copyEvery(entry).toString());
    for (const [interval, members] of plans) {
      const isEach = interval === cadence.every.toString();
      new SnapshotPlan(this, isEach ? 'Snapshots' : `SnapshotsCopiedEvery${interval}`, {
        name: isEach ? policyName : `${policyName}-copied-every-${interval}`,
        role,
        cadence,
        rules: snapshotRules(cadence, copyEvery(members[0] as [string, DatabasePolicy])),
        vault,
        replicaVault,
        resources: members.map(([name, database]) =>
          databaseArn(this, kindOf(database), databaseIdentifier(policyName, name, database)),
        ),
      });
    }
  }
}
