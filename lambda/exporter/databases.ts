import {
  type DBCluster,
  type DBInstance,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { inOrder } from './canonical.ts';
import { namesOf, pick, tagsOf } from './fields.ts';
import type { Json, Reading } from './host.ts';
import type { ExportRequest } from './request.ts';

/** Instances and clusters of the request, with the members of the clusters. */
export async function readDatabases(
  rds: RDSClient,
  { instances, clusters }: Pick<ExportRequest, 'instances' | 'clusters'>,
): Promise<Reading> {
  const found: Record<string, Json> = {};
  for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client: rds }, {})) {
    for (const instance of DBInstances) {
      const { DBInstanceIdentifier: identifier = '', DBClusterIdentifier: cluster = '' } = instance;
      if (instances.includes(identifier) || clusters.includes(cluster))
        found[`db:${identifier}`] = ofInstance(instance);
    }
  }
  for await (const { DBClusters = [] } of paginateDescribeDBClusters({ client: rds }, {})) {
    for (const cluster of DBClusters) {
      const { DBClusterIdentifier: identifier = '' } = cluster;
      if (clusters.includes(identifier)) found[`cluster:${identifier}`] = ofCluster(cluster);
    }
  }
  const wanted = [...instances.map((one) => `db:${one}`), ...clusters.map((one) => `cluster:${one}`)];
  return { settings: found, missing: wanted.filter((one) => !(one in found)) };
}

/** Of instances and clusters alike. Without times, states and storage in use, which change by themselves. */
const sharedFields = [
  'AutoMinorVersionUpgrade',
  'BackupRetentionPeriod',
  'CopyTagsToSnapshot',
  'DatabaseInsightsMode',
  'DeletionProtection',
  'Engine',
  'EngineLifecycleSupport',
  'EngineVersion',
  'IAMDatabaseAuthenticationEnabled',
  'Iops',
  'KmsKeyId',
  'MasterUsername',
  'MonitoringInterval',
  'MonitoringRoleArn',
  'MultiAZ',
  'NetworkType',
  'PerformanceInsightsEnabled',
  'PerformanceInsightsKMSKeyId',
  'PerformanceInsightsRetentionPeriod',
  'PreferredBackupWindow',
  'PreferredMaintenanceWindow',
  'PubliclyAccessible',
  'StorageEncrypted',
  'StorageThroughput',
  'StorageType',
] as const satisfies readonly (keyof DBInstance & keyof DBCluster)[];

function ofBoth(database: DBInstance | DBCluster): Record<string, Json | undefined> {
  const { VpcSecurityGroups, AssociatedRoles = [], MasterUserSecret, TagList } = database;
  return {
    ...pick(database, sharedFields),
    EnabledCloudwatchLogsExports: inOrder(database.EnabledCloudwatchLogsExports ?? []),
    AssociatedRoles: inOrder(AssociatedRoles.map(({ RoleArn = '', FeatureName = '' }) => ({ RoleArn, FeatureName }))),
    ManageMasterUserPassword: MasterUserSecret !== undefined,
    MasterUserSecretKmsKeyId: MasterUserSecret?.KmsKeyId,
    VpcSecurityGroupIds: namesOf(VpcSecurityGroups, 'VpcSecurityGroupId'),
    Tags: tagsOf(TagList),
  };
}

function ofInstance(instance: DBInstance): Json {
  return {
    ...ofBoth(instance),
    ...pick(instance, [
      'AllocatedStorage',
      'CACertificateIdentifier',
      'DBClusterIdentifier',
      'DBInstanceClass',
      'DBName',
      'DedicatedLogVolume',
      'LicenseModel',
      'MaxAllocatedStorage',
      'PromotionTier',
    ]),
    Port: instance.Endpoint?.Port,
    DBParameterGroupNames: namesOf(instance.DBParameterGroups, 'DBParameterGroupName'),
    DBSubnetGroupName: instance.DBSubnetGroup?.DBSubnetGroupName,
    OptionGroupNames: namesOf(instance.OptionGroupMemberships, 'OptionGroupName'),
  };
}

function ofCluster(cluster: DBCluster): Json {
  const { MinCapacity, MaxCapacity, SecondsUntilAutoPause } = cluster.ServerlessV2ScalingConfiguration ?? {};
  return {
    ...ofBoth(cluster),
    ...pick(cluster, [
      'BacktrackWindow',
      'DBClusterInstanceClass',
      'DBClusterParameterGroup',
      'DBSubnetGroup',
      'DatabaseName',
      'EngineMode',
      'HttpEndpointEnabled',
      'Port',
    ]),
    DBClusterMembers: namesOf(cluster.DBClusterMembers, 'DBInstanceIdentifier'),
    ServerlessV2ScalingConfiguration: { MinCapacity, MaxCapacity, SecondsUntilAutoPause },
  };
}
