import { randomInt } from 'node:crypto';
import { type BackupClient, paginateListRecoveryPointsByBackupVault } from '@aws-sdk/client-backup';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  paginateDescribeDBInstanceAutomatedBackups,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { readCredentials } from '../shared/credentials.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import { invokeChecker } from '../shared/invoke-checker.ts';
import { notebookIn } from '../shared/notebook.ts';
import { guarded } from './guard.ts';
import type { OperatorHost, OperatorSettings, RecoveryPoint } from './host.ts';
import { describeCluster, describeInstance, listRemains, unlessMissing } from './rds-things.ts';

export interface OperatorClients {
  readonly backup: BackupClient;
  readonly lambda: LambdaClient;
  readonly rds: RDSClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
}

/** The world as AWS's APIs show it. */
export function awsHost(
  { backup, lambda, rds, s3, secrets }: OperatorClients,
  plan: DrillPlan,
  settings: OperatorSettings & { readonly bucket: string; readonly checker: string },
  remainingMilliseconds: () => number,
): OperatorHost {
  const notebook = notebookIn(s3, settings.bucket);
  return {
    plan,
    settings,
    notebook,
    guard: guarded(rds, notebook, plan),
    now: () => new Date(),
    random: (below) => (below > 0 ? randomInt(below) : 0),
    remainingMilliseconds,
    recoveryPoints: (resourceArn) => listSnapshots(backup, plan.vault, resourceArn),
    instance: (identifier) => describeInstance(rds, identifier),
    cluster: (identifier) => describeCluster(rds, identifier),
    // Which of the two shows those of AWS Backup is written nowhere
    // (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html).
    instanceSnapshot: async (identifier) =>
      (await describeSnapshot(rds, identifier)) ?? (await describeSnapshot(rds, identifier, 'awsbackup')),
    clusterSnapshot: async (DBClusterSnapshotIdentifier) => {
      const answer = await unlessMissing(
        rds.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier })),
      );
      return answer?.DBClusterSnapshots?.[0];
    },
    automatedBackups: (instanceArn) => readAutomatedBackups(rds, instanceArn),
    remains: (kind, scratch) => listRemains(rds, kind, scratch),
    credentials: async (SecretId) => {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
      return readCredentials(SecretString, SecretId);
    },
    hasSecret: async (SecretId) => {
      try {
        return (await secrets.send(new DescribeSecretCommand({ SecretId }))).DeletedDate === undefined;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return false;
        throw error;
      }
    },
    check: (request) => invokeChecker(lambda, settings.checker, request),
  };
}

/** Completed ones; a continuous recovery point is no snapshot, and its ARN says so. A page holds at most 1,000. */
async function listSnapshots(backup: BackupClient, vault: string, ByResourceArn: string): Promise<RecoveryPoint[]> {
  const points: RecoveryPoint[] = [];
  const pages = paginateListRecoveryPointsByBackupVault(
    { client: backup, pageSize: 1_000 },
    { BackupVaultName: vault, ByResourceArn },
  );
  for await (const { RecoveryPoints = [] } of pages) {
    for (const { Status, RecoveryPointArn: arn = '', CreationDate: createdAt } of RecoveryPoints) {
      if (Status === 'COMPLETED' && createdAt && /:(cluster-)?snapshot:/.test(arn)) points.push({ arn, createdAt });
    }
  }
  return points.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
}

async function describeSnapshot(rds: RDSClient, DBSnapshotIdentifier: string, SnapshotType?: 'awsbackup') {
  const command = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier, ...(SnapshotType && { SnapshotType }) });
  return (await unlessMissing(rds.send(command)))?.DBSnapshots?.[0];
}

async function readAutomatedBackups(client: RDSClient, instanceArn: string) {
  const DBInstanceIdentifier = instanceArn.split(':').at(-1) as string;
  const found = [];
  for await (const { DBInstanceAutomatedBackups = [] } of paginateDescribeDBInstanceAutomatedBackups(
    { client },
    { DBInstanceIdentifier },
  )) {
    // An instance of the same identifier in this Region has automated backups of its own.
    found.push(...DBInstanceAutomatedBackups.filter(({ DBInstanceArn }) => DBInstanceArn === instanceArn));
  }
  // Those of an instance that is gone are what is left of it, unless another has its name now.
  const backups = found.find(({ Status }) => Status !== 'retained') ?? found[0];
  return (
    backups && {
      arn: backups.DBInstanceAutomatedBackupsArn ?? '',
      earliest: backups.RestoreWindow?.EarliestTime,
      latest: backups.RestoreWindow?.LatestTime,
      gibibytes: backups.AllocatedStorage,
      engineVersion: backups.EngineVersion,
    }
  );
}
