import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBInstanceAutomatedBackups,
  type RDSClient,
  RDSServiceException,
  StartDBInstanceAutomatedBackupsReplicationCommand,
} from '@aws-sdk/client-rds';
import type { Rds } from './adopt.ts';
import type { Observed, Raise, Replica } from './observed.ts';
import type { Wanted } from './wanted.ts';

/** Every name of a database that is not there. */
const notFound = /^DB(Instance|Cluster)NotFound(Fault)?$/;

/** RDS is busy with this database, or with us. */
const transient =
  /^(InvalidDB(Instance|Cluster|InstanceAutomatedBackup)State(Fault)?|Throttling(Exception)?|RequestLimitExceeded|TooManyRequestsException)$/;

export function isTransient(error: unknown): boolean {
  if (!(error instanceof RDSServiceException)) return false;
  return transient.test(error.name) || (error.$metadata.httpStatusCode ?? 0) >= 500;
}

/** @param clientFor - one for each Region, made once; the Region of the function when left out */
export function rdsThrough(clientFor: (region?: string) => RDSClient): Rds {
  const replicasOf = async (instance: DBInstance, wanted: Wanted): Promise<Replica[]> => {
    const regions = (instance.DBInstanceAutomatedBackupsReplications ?? []).map(({ DBInstanceAutomatedBackupsArn }) =>
      String(DBInstanceAutomatedBackupsArn?.split(':')[3]),
    );
    const { replication } = wanted;
    if (!replication || !instance.DbiResourceId) return regions.map((region) => ({ region }));
    // The instance shows its replication late; the other Region knows it at once. What was replicated before and ended is
    // there as `retained`, and protects no longer.
    const pages = paginateDescribeDBInstanceAutomatedBackups(
      { client: clientFor(replication.region) },
      { DbiResourceId: instance.DbiResourceId },
    );
    const found: Replica[] = [];
    for await (const page of pages) {
      for (const { Status, BackupRetentionPeriod } of page.DBInstanceAutomatedBackups ?? []) {
        if (Status === 'retained') continue;
        found.push({
          region: replication.region,
          ...(BackupRetentionPeriod !== undefined && { retentionDays: BackupRetentionPeriod }),
        });
      }
    }
    const others = regions.filter((region) => found.length === 0 || region !== replication.region);
    return [...found, ...others.map((region) => ({ region }))];
  };

  return {
    async describe(wanted) {
      try {
        if (wanted.kind === 'cluster') {
          const command = new DescribeDBClustersCommand({ DBClusterIdentifier: wanted.identifier });
          const [cluster] = (await clientFor().send(command)).DBClusters ?? [];
          return cluster && ofCluster(cluster);
        }
        const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: wanted.identifier });
        const [instance] = (await clientFor().send(command)).DBInstances ?? [];
        return instance && ofInstance(instance, await replicasOf(instance, wanted));
      } catch (error) {
        if (error instanceof RDSServiceException && notFound.test(error.name)) return undefined;
        throw error;
      }
    },

    async modify({ kind, identifier }, raise) {
      if (kind === 'cluster') {
        await clientFor().send(new ModifyDBClusterCommand({ DBClusterIdentifier: identifier, ...request(raise) }));
      } else {
        await clientFor().send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, ...request(raise) }));
      }
    },

    async replicate(arn, { region, keyArn, retentionDays }) {
      await clientFor(region).send(
        new StartDBInstanceAutomatedBackupsReplicationCommand({
          SourceDBInstanceArn: arn,
          BackupRetentionPeriod: retentionDays,
          ...(keyArn && { KmsKeyId: keyArn }),
        }),
      );
    },
  };
}

function request(raise: Raise) {
  return {
    ...(raise.retentionDays !== undefined && { BackupRetentionPeriod: raise.retentionDays }),
    ...(raise.deletionProtection && { DeletionProtection: true }),
    ...(raise.copyTagsToSnapshot && { CopyTagsToSnapshot: true }),
    ...(raise.backupWindow && { PreferredBackupWindow: raise.backupWindow }),
    ...(raise.maintenanceWindow && { PreferredMaintenanceWindow: raise.maintenanceWindow }),
    ...(raise.immediately && { ApplyImmediately: true }),
  };
}

function ofInstance(instance: DBInstance, replicas: readonly Replica[]): Observed {
  return {
    ...shared(instance),
    arn: instance.DBInstanceArn ?? '',
    status: instance.DBInstanceStatus ?? '',
    replicas,
    ...(instance.DBClusterIdentifier && { cluster: instance.DBClusterIdentifier }),
  };
}

function ofCluster(cluster: DBCluster): Observed {
  return { ...shared(cluster), arn: cluster.DBClusterArn ?? '', status: cluster.Status ?? '', replicas: [] };
}

/** What an instance and a cluster call by the same name. */
function shared(database: DBInstance | DBCluster) {
  const { BackupRetentionPeriod: pendingRetentionDays, ...pending } = database.PendingModifiedValues ?? {};
  return {
    engine: database.Engine ?? '',
    encrypted: database.StorageEncrypted === true,
    ...(database.KmsKeyId && { keyArn: database.KmsKeyId }),
    retentionDays: database.BackupRetentionPeriod ?? 0,
    ...(pendingRetentionDays !== undefined && { pendingRetentionDays }),
    pending: Object.entries(pending)
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name),
    deletionProtection: database.DeletionProtection === true,
    copyTagsToSnapshot: database.CopyTagsToSnapshot === true,
    backupWindow: database.PreferredBackupWindow ?? '',
    maintenanceWindow: database.PreferredMaintenanceWindow ?? '',
  };
}
