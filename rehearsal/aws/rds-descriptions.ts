import type { DBCluster, DBClusterSnapshot, DBInstance, DBSnapshot } from '@aws-sdk/client-rds';
import type { AutomatedBackups, DatabaseState, Databases, SnapshotState } from './databases.ts';

/* What RDS tells of what it keeps. */

export function describeInstance(databases: Databases, state: DatabaseState): DBInstance {
  const { server } = (state.cluster && databases.find(state.region, 'cluster', state.cluster)) || state;
  return {
    DBInstanceIdentifier: state.identifier,
    DBInstanceArn: state.arn,
    DbiResourceId: state.resourceId,
    DBInstanceStatus: state.status,
    DBInstanceClass: state.instanceClass,
    Engine: state.cluster ? 'aurora-postgresql' : 'postgres',
    EngineVersion: state.engineVersion,
    MasterUsername: 'postgres',
    InstanceCreateTime: state.createdAt,
    AllocatedStorage: 100,
    StorageType: 'gp3',
    StorageEncrypted: true,
    PendingModifiedValues: {},
    DeletionProtection: state.deletionProtection,
    BackupRetentionPeriod: state.backupRetentionDays,
    DBSubnetGroup: { DBSubnetGroupName: state.subnetGroup },
    DBParameterGroups: [{ DBParameterGroupName: state.parameterGroup, ParameterApplyStatus: 'in-sync' }],
    VpcSecurityGroups: state.securityGroups.map((one) => ({ VpcSecurityGroupId: one, Status: 'active' })),
    TagList: state.tags,
    ...(state.cluster && { DBClusterIdentifier: state.cluster }),
    ...(server && { Endpoint: { Address: 'localhost', Port: server.server.port } }),
    ...windowOf(databases, state),
    ...secretOf(state),
  };
}

export function describeCluster(databases: Databases, state: DatabaseState): DBCluster {
  return {
    DBClusterIdentifier: state.identifier,
    DBClusterArn: state.arn,
    DbClusterResourceId: state.resourceId,
    Status: state.status,
    Engine: 'aurora-postgresql',
    EngineVersion: state.engineVersion,
    MasterUsername: 'postgres',
    ClusterCreateTime: state.createdAt,
    StorageEncrypted: true,
    DeletionProtection: state.deletionProtection,
    BackupRetentionPeriod: state.backupRetentionDays,
    DBSubnetGroup: state.subnetGroup,
    DBClusterParameterGroup: state.parameterGroup,
    VpcSecurityGroups: state.securityGroups.map((one) => ({ VpcSecurityGroupId: one, Status: 'active' })),
    DBClusterMembers: databases
      .membersOf(state)
      .map((one) => ({ DBInstanceIdentifier: one.identifier, IsClusterWriter: true })),
    TagList: state.tags,
    ...(state.server && { Endpoint: 'localhost', Port: state.server.server.port }),
    ...(state.serverless && { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 4 } }),
    ...windowOf(databases, state),
    ...secretOf(state),
  };
}

export function describeInstanceSnapshot(one: SnapshotState): DBSnapshot {
  return {
    DBSnapshotIdentifier: one.identifier,
    DBSnapshotArn: `arn:aws:rds:${one.region}:${one.source.arn.split(':')[4]}:snapshot:${one.identifier}`,
    DBInstanceIdentifier: one.source.identifier,
    Status: 'available',
    Engine: 'postgres',
    EngineVersion: one.source.engineVersion,
    SnapshotCreateTime: one.createdAt,
    OriginalSnapshotCreateTime: one.createdAt,
    SnapshotDatabaseTime: one.databaseTime,
    AllocatedStorage: 100,
    SnapshotType: 'awsbackup',
    Encrypted: true,
    MasterUsername: 'postgres',
  };
}

export function describeClusterSnapshot(one: SnapshotState): DBClusterSnapshot {
  return {
    DBClusterSnapshotIdentifier: one.identifier,
    DBClusterSnapshotArn: `arn:aws:rds:${one.region}:${one.source.arn.split(':')[4]}:cluster-snapshot:${one.identifier}`,
    DBClusterIdentifier: one.source.identifier,
    Status: 'available',
    Engine: 'aurora-postgresql',
    EngineVersion: one.source.engineVersion,
    SnapshotCreateTime: one.createdAt,
    SnapshotType: 'awsbackup',
    StorageEncrypted: true,
    MasterUsername: 'postgres',
  };
}

export function describeAutomatedBackups(one: AutomatedBackups) {
  const { earliest, latest } = one.window();
  return {
    DBInstanceArn: one.source.arn,
    DBInstanceIdentifier: one.source.identifier,
    DbiResourceId: one.source.resourceId,
    DBInstanceAutomatedBackupsArn: one.arn,
    Region: one.source.region,
    RestoreWindow: { EarliestTime: earliest, LatestTime: latest },
    Engine: 'postgres',
    EngineVersion: one.source.engineVersion,
    AllocatedStorage: 100,
    BackupRetentionPeriod: 14,
    Encrypted: true,
    Status: one.source.region === one.region ? 'active' : 'replicating',
  };
}

function windowOf(databases: Databases, state: DatabaseState) {
  const backups = databases.automatedBackups.find((one) => one.source === state && one.region === state.region);
  if (!backups) return {};
  const { earliest, latest } = backups.window();
  return { LatestRestorableTime: latest, ...(state.kind === 'cluster' && { EarliestRestorableTime: earliest }) };
}

function secretOf({ secret }: DatabaseState) {
  return secret && { MasterUserSecret: { SecretArn: secret.arn, SecretStatus: secret.status } };
}
