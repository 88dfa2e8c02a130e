import {
  type BackupClient,
  DescribeBackupVaultCommand,
  GetBackupVaultAccessPolicyCommand,
  paginateListCopyJobs,
  paginateListRecoveryPointsByBackupVault,
  ResourceNotFoundException,
} from '@aws-sdk/client-backup';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DBClusterNotFoundFault,
  DBInstanceNotFoundFault,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstanceAutomatedBackups,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { S3Client } from '@aws-sdk/client-s3';
import { putMetrics } from '../shared/put-metrics.ts';
import { keepsVersions, lastExport } from './buckets.ts';
import type { DatabaseState, RecoveryPoint, ReplicatedBackups, SentinelHost, VaultState } from './host.ts';
import { known } from './known.ts';
import { readRules, readSelections } from './plans.ts';

export interface Clients {
  readonly backup: BackupClient;
  /** Of the Region with the plans. */
  readonly plans: BackupClient;
  readonly rds: RDSClient;
  readonly s3: S3Client;
  readonly cloudWatch: CloudWatchClient;
}

/** The world as AWS's APIs show it. */
export function awsHost(clients: Clients): SentinelHost {
  const { backup, plans, rds, s3, cloudWatch } = clients;
  return {
    now: () => new Date(),
    vault: (name) => readVault(backup, name),
    recoveryPoints: (vault, arn) => listCompleted(backup, vault, arn),
    selections: (names) => readSelections(plans, names),
    rules: (names) => readRules(plans, names),
    waitingCopies: async () => {
      const jobs = [];
      for await (const { CopyJobs = [] } of paginateListCopyJobs({ client: backup }, { ByState: 'CREATED' })) {
        jobs.push(
          ...CopyJobs.map((job) => ({ resourceArn: job.ResourceArn ?? '', createdAt: known(job.CreationDate) })),
        );
      }
      return jobs;
    },
    database: (kind, identifier) =>
      kind === 'instance' ? readInstance(rds, identifier) : readCluster(rds, identifier),
    replicatedBackups: (arn) => readReplicatedBackups(rds, arn),
    keepsVersions: (bucket) => keepsVersions(s3, bucket),
    lastExport: (bucket) => lastExport(s3, bucket),
    publish: (metrics) => putMetrics(cloudWatch, metrics),
  };
}

/** Of one database or bucket in one vault. A page holds at most 1,000. */
export async function listCompleted(
  backup: BackupClient,
  vault: string,
  resourceArn: string,
): Promise<RecoveryPoint[]> {
  const points: RecoveryPoint[] = [];
  const pages = paginateListRecoveryPointsByBackupVault(
    { client: backup, pageSize: 1_000 },
    { BackupVaultName: vault, ByResourceArn: resourceArn },
  );
  for await (const { RecoveryPoints = [] } of pages) {
    for (const { Status, CreationDate, BackupSizeInBytes = 0, IsEncrypted = false } of RecoveryPoints) {
      if (Status !== 'COMPLETED') continue;
      points.push({ createdAt: known(CreationDate), bytes: BackupSizeInBytes, isEncrypted: IsEncrypted });
    }
  }
  return points;
}

async function readVault(backup: BackupClient, name: string): Promise<VaultState> {
  const vault = await backup.send(new DescribeBackupVaultCommand({ BackupVaultName: name }));
  return {
    createdAt: known(vault.CreationDate),
    isLocked: vault.Locked ?? false,
    minRetentionDays: vault.MinRetentionDays,
    maxRetentionDays: vault.MaxRetentionDays,
    accessPolicy: await readAccessPolicy(backup, name),
  };
}

async function readAccessPolicy(backup: BackupClient, name: string): Promise<string | undefined> {
  try {
    return (await backup.send(new GetBackupVaultAccessPolicyCommand({ BackupVaultName: name }))).Policy;
  } catch (error) {
    // What it answers for a vault without a policy.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function readInstance(rds: RDSClient, identifier: string): Promise<DatabaseState | undefined> {
  try {
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    const [found] = DBInstances ?? [];
    return found && { ...settingsOf(found), createdAt: found.InstanceCreateTime ?? new Date() };
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return undefined;
    throw error;
  }
}

async function readCluster(rds: RDSClient, identifier: string): Promise<DatabaseState | undefined> {
  try {
    const { DBClusters } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
    const [found] = DBClusters ?? [];
    return found && { ...settingsOf(found), createdAt: found.ClusterCreateTime ?? new Date() };
  } catch (error) {
    if (error instanceof DBClusterNotFoundFault) return undefined;
    throw error;
  }
}

interface Settings {
  readonly LatestRestorableTime?: Date | undefined;
  readonly BackupRetentionPeriod?: number | undefined;
  readonly DeletionProtection?: boolean | undefined;
  readonly StorageEncrypted?: boolean | undefined;
  readonly CopyTagsToSnapshot?: boolean | undefined;
}

/** The same names for instances and clusters. RDS leaves out the creation time only of a database it is still making. */
function settingsOf(found: Settings): Omit<DatabaseState, 'createdAt'> {
  return {
    latestRestorable: found.LatestRestorableTime,
    retentionDays: found.BackupRetentionPeriod ?? 0,
    hasDeletionProtection: found.DeletionProtection ?? false,
    isEncrypted: found.StorageEncrypted ?? false,
    copiesTags: found.CopyTagsToSnapshot ?? false,
  };
}

async function readReplicatedBackups(rds: RDSClient, instanceArn: string): Promise<ReplicatedBackups | undefined> {
  const identifier = instanceArn.split(':').at(-1) as string;
  const pages = paginateDescribeDBInstanceAutomatedBackups({ client: rds }, { DBInstanceIdentifier: identifier });
  for await (const { DBInstanceAutomatedBackups = [] } of pages) {
    for (const { DBInstanceArn, RestoreWindow, BackupRetentionPeriod, Encrypted } of DBInstanceAutomatedBackups) {
      // An instance of the same identifier in this Region has automated backups of its own.
      if (DBInstanceArn !== instanceArn) continue;
      return {
        latestRestorable: RestoreWindow?.LatestTime,
        retentionDays: BackupRetentionPeriod ?? 0,
        isEncrypted: Encrypted ?? false,
      };
    }
  }
  return undefined;
}
