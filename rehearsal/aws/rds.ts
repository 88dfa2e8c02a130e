import * as rds from '@aws-sdk/client-rds';
import type { AutomatedBackups, DatabaseState, Databases, SnapshotState } from './databases.ts';
import { Operations } from './operations.ts';
import { ServiceError, ServiceProtocol } from './protocol.ts';
import {
  describeAutomatedBackups,
  describeCluster,
  describeClusterSnapshot,
  describeInstance,
  describeInstanceSnapshot,
} from './rds-descriptions.ts';

/** Two to a page, so that who reads only the first is found out. */
const pageSize = 2;

/** RDS, as far as a drill needs it, with its refusals. What it restores are real servers. */
export function simulateRds(databases: Databases): Operations {
  return new Operations(new ServiceProtocol('query', rds))
    .on(rds.DescribeDBInstancesCommand, ({ DBInstanceIdentifier, Filters, Marker }, { region }) => {
      const clusters = Filters?.find((one) => one.Name === 'db-cluster-id')?.Values;
      const found = instances(databases, region).filter(
        (one) =>
          (DBInstanceIdentifier === undefined || one.identifier === nameIn(DBInstanceIdentifier)) &&
          (clusters === undefined || clusters.some((name) => nameIn(name) === one.cluster)),
      );
      if (DBInstanceIdentifier !== undefined && found.length === 0) throw noInstance(DBInstanceIdentifier);
      const { page, next } = pageOf(found, Marker);
      return { DBInstances: page.map((one) => describeInstance(databases, one)), ...next };
    })
    .on(rds.DescribeDBClustersCommand, ({ DBClusterIdentifier, Marker }, { region }) => {
      const found = databases.states.filter(
        (one) =>
          one.kind === 'cluster' &&
          one.region === region &&
          (DBClusterIdentifier === undefined || one.identifier === nameIn(DBClusterIdentifier)),
      );
      if (DBClusterIdentifier !== undefined && found.length === 0) throw noCluster(DBClusterIdentifier);
      const { page, next } = pageOf(found, Marker);
      return { DBClusters: page.map((one) => describeCluster(databases, one)), ...next };
    })
    .on(rds.DescribeDBSnapshotsCommand, ({ DBSnapshotIdentifier, DBInstanceIdentifier, Marker }, { region }) => {
      const found = snapshots(databases, 'instance', region, DBSnapshotIdentifier, DBInstanceIdentifier);
      if (DBSnapshotIdentifier !== undefined && found.length === 0) {
        throw new ServiceError('DBSnapshotNotFound', `DBSnapshot ${DBSnapshotIdentifier} not found.`, 404);
      }
      const { page, next } = pageOf(found, Marker);
      return { DBSnapshots: page.map(describeInstanceSnapshot), ...next };
    })
    .on(rds.DescribeDBClusterSnapshotsCommand, (input, { region }) => {
      const { DBClusterSnapshotIdentifier: identifier, DBClusterIdentifier, Marker } = input;
      const found = snapshots(databases, 'cluster', region, identifier, DBClusterIdentifier);
      if (identifier !== undefined && found.length === 0) {
        throw new ServiceError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${identifier} not found.`, 404);
      }
      const { page, next } = pageOf(found, Marker);
      return { DBClusterSnapshots: page.map(describeClusterSnapshot), ...next };
    })
    .on(rds.DescribeDBInstanceAutomatedBackupsCommand, ({ DBInstanceIdentifier }, { region }) => ({
      DBInstanceAutomatedBackups: databases.automatedBackups
        .filter((one) => one.region === region && one.source.kind === 'instance')
        .filter((one) => DBInstanceIdentifier === undefined || one.source.identifier === DBInstanceIdentifier)
        .map(describeAutomatedBackups),
    }))
    .on(rds.DescribeDBClusterAutomatedBackupsCommand, () => ({ DBClusterAutomatedBackups: [] }))
    .on(rds.DescribeEventsCommand, () => ({ Events: [] }))
    .on(rds.ListTagsForResourceCommand, ({ ResourceName }) => ({
      TagList: databases.states.find((one) => one.arn === ResourceName)?.tags ?? [],
    }))
    .on(rds.RestoreDBInstanceFromDBSnapshotCommand, (input, { region }) => {
      const snapshot = snapshots(databases, 'instance', region, input.DBSnapshotIdentifier)[0];
      if (!snapshot) throw new ServiceError('DBSnapshotNotFound', `${input.DBSnapshotIdentifier} not found.`, 404);
      const made = restore(databases, region, input, snapshot);
      return { DBInstance: describeInstance(databases, made) };
    })
    .on(rds.RestoreDBInstanceToPointInTimeCommand, (input, { region }) => {
      const backups = databases.automatedBackups.find(
        (one) =>
          one.region === region &&
          (input.SourceDBInstanceAutomatedBackupsArn === one.arn ||
            (input.SourceDBInstanceIdentifier === one.source.identifier && one.source.region === region)),
      );
      if (!backups)
        throw noInstance(input.SourceDBInstanceIdentifier ?? input.SourceDBInstanceAutomatedBackupsArn ?? '');
      const time = withinWindow(backups, input.RestoreTime);
      const given = { ...input, DBInstanceIdentifier: input.TargetDBInstanceIdentifier };
      const made = restore(databases, region, given, backups, time);
      return { DBInstance: describeInstance(databases, made) };
    })
    .on(rds.RestoreDBClusterFromSnapshotCommand, (input, { region }) => {
      const snapshot = snapshots(databases, 'cluster', region, input.SnapshotIdentifier)[0];
      if (!snapshot) {
        throw new ServiceError('DBClusterSnapshotNotFoundFault', `${input.SnapshotIdentifier} not found.`, 404);
      }
      return { DBCluster: describeCluster(databases, restore(databases, region, input, snapshot)) };
    })
    .on(rds.RestoreDBClusterToPointInTimeCommand, (input, { region }) => {
      const backups = databases.automatedBackups.find(
        (one) => one.region === region && one.source.identifier === input.SourceDBClusterIdentifier,
      );
      if (!backups) throw noCluster(input.SourceDBClusterIdentifier ?? '');
      const time = withinWindow(backups, input.RestoreToTime);
      return { DBCluster: describeCluster(databases, restore(databases, region, input, backups, time)) };
    })
    .on(rds.CreateDBInstanceCommand, (input, { region }) => {
      const { DBInstanceIdentifier: identifier = '', DBClusterIdentifier = '', DBInstanceClass, Tags = [] } = input;
      const owner = databases.find(region, 'cluster', DBClusterIdentifier);
      if (!owner) throw noCluster(DBClusterIdentifier);
      if (owner.status !== 'available') throw busyCluster(owner);
      if (databases.find(region, 'instance', identifier)) throw exists('instance', identifier);
      const made = databases.add({
        ...plain(owner),
        kind: 'instance',
        identifier,
        status: 'creating',
        tags: Tags,
        instanceClass: DBInstanceClass ?? '',
        cluster: owner.identifier,
      });
      databases.become(made, 'available');
      return { DBInstance: describeInstance(databases, made) };
    })
    .on(rds.ModifyDBInstanceCommand, ({ DBInstanceIdentifier = '', ManageMasterUserPassword }, { region }) => {
      const found = mustFind(databases, region, 'instance', DBInstanceIdentifier);
      if (found.status !== 'available') throw busyInstance(found);
      if (ManageMasterUserPassword) databases.takeOver(found);
      return { DBInstance: describeInstance(databases, found) };
    })
    .on(rds.ModifyDBClusterCommand, ({ DBClusterIdentifier = '', ManageMasterUserPassword }, { region }) => {
      const found = mustFind(databases, region, 'cluster', DBClusterIdentifier);
      if (found.status !== 'available') throw busyCluster(found);
      if (ManageMasterUserPassword) databases.takeOver(found);
      return { DBCluster: describeCluster(databases, found) };
    })
    .on(rds.DeleteDBInstanceCommand, ({ DBInstanceIdentifier = '', SkipFinalSnapshot }, { region }) => {
      const found = mustFind(databases, region, 'instance', DBInstanceIdentifier);
      if (['creating', 'deleting', 'modifying'].includes(found.status)) throw busyInstance(found);
      refuseDeletion(found, SkipFinalSnapshot);
      databases.remove(found);
      return { DBInstance: describeInstance(databases, found) };
    })
    .on(rds.DeleteDBClusterCommand, ({ DBClusterIdentifier = '', SkipFinalSnapshot }, { region }) => {
      const found = mustFind(databases, region, 'cluster', DBClusterIdentifier);
      if (found.status !== 'available') throw busyCluster(found);
      if (databases.membersOf(found).length > 0) {
        throw new ServiceError(
          'InvalidDBClusterStateFault',
          'Cluster cannot be deleted, it still contains DB instances',
        );
      }
      refuseDeletion(found, SkipFinalSnapshot);
      databases.remove(found);
      return { DBCluster: describeCluster(databases, found) };
    });
}

interface RestoreInput {
  readonly DBInstanceIdentifier?: string | undefined;
  readonly DBClusterIdentifier?: string | undefined;
  readonly DBInstanceClass?: string | undefined;
  readonly DBSubnetGroupName?: string | undefined;
  readonly VpcSecurityGroupIds?: string[] | undefined;
  readonly DBParameterGroupName?: string | undefined;
  readonly DBClusterParameterGroupName?: string | undefined;
  readonly DeletionProtection?: boolean | undefined;
  readonly BackupRetentionPeriod?: number | undefined;
  readonly ServerlessV2ScalingConfiguration?: object | undefined;
  readonly Tags?: rds.Tag[] | undefined;
}

/** Makes one in the Region of the call, unless there is one of that name, and fills it. */
function restore(
  databases: Databases,
  region: string,
  input: RestoreInput,
  { source, data }: Pick<SnapshotState, 'source' | 'data'>,
  time?: Date,
): DatabaseState {
  const identifier = input.DBInstanceIdentifier ?? input.DBClusterIdentifier ?? '';
  if (databases.find(region, source.kind, identifier)) throw exists(source.kind, identifier);
  const made = databases.add(restored(region, identifier, input, source));
  databases.fill(made, () => data.restore(time));
  return made;
}

/** With AWS's own defaults where nothing is said: the source's tags and its retention, the default groups. */
function restored(
  region: string,
  identifier: string,
  input: RestoreInput,
  { kind, engineVersion, ...source }: DatabaseState,
): Parameters<Databases['add']>[0] {
  return {
    kind,
    engineVersion,
    region,
    identifier,
    status: 'creating',
    tags: input.Tags && input.Tags.length > 0 ? input.Tags : source.tags,
    deletionProtection: input.DeletionProtection ?? false,
    backupRetentionDays: input.BackupRetentionPeriod ?? source.backupRetentionDays,
    instanceClass: input.DBInstanceClass ?? source.instanceClass,
    parameterGroup: input.DBParameterGroupName ?? input.DBClusterParameterGroupName ?? 'default.postgres15',
    subnetGroup: input.DBSubnetGroupName ?? 'default',
    securityGroups: input.VpcSecurityGroupIds ?? ['default'],
    serverless: input.ServerlessV2ScalingConfiguration !== undefined,
  };
}

function plain({
  region,
  engineVersion,
  deletionProtection,
  backupRetentionDays,
  parameterGroup,
  subnetGroup,
  securityGroups,
}: DatabaseState) {
  return {
    region,
    engineVersion,
    deletionProtection,
    backupRetentionDays,
    parameterGroup,
    subnetGroup,
    securityGroups,
  };
}

function withinWindow(backups: AutomatedBackups, time: Date | undefined): Date {
  const { earliest, latest } = backups.window();
  if (!time || time < earliest || time > latest) {
    throw new ServiceError(
      'InvalidRestoreFault',
      `${time?.toISOString()} is not between ${earliest.toISOString()} and ${latest.toISOString()}`,
    );
  }
  return time;
}

function instances(databases: Databases, region: string): DatabaseState[] {
  return databases.states.filter((one) => one.kind === 'instance' && one.region === region);
}

function snapshots(
  databases: Databases,
  kind: SnapshotState['kind'],
  region: string,
  identifier?: string,
  source?: string,
): SnapshotState[] {
  return databases.snapshots.filter(
    (one) =>
      one.kind === kind &&
      one.region === region &&
      (identifier === undefined || one.identifier === identifier || identifier.endsWith(`:${one.identifier}`)) &&
      (source === undefined || one.source.identifier === source),
  );
}

/** An identifier may be given as an ARN. */
function nameIn(identifier: string): string {
  return identifier.startsWith('arn:') ? (identifier.split(':').at(-1) as string) : identifier;
}

function pageOf<T>(all: readonly T[], marker: string | undefined) {
  const from = Number(marker ?? 0);
  const isMore = from + pageSize < all.length;
  return { page: all.slice(from, from + pageSize), next: isMore ? { Marker: `${from + pageSize}` } : {} };
}

function mustFind(
  databases: Databases,
  region: string,
  kind: DatabaseState['kind'],
  identifier: string,
): DatabaseState {
  const found = databases.find(region, kind, identifier);
  if (!found) throw kind === 'instance' ? noInstance(identifier) : noCluster(identifier);
  return found;
}

function refuseDeletion(found: DatabaseState, skips: boolean | undefined): void {
  if (found.deletionProtection) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'Cannot delete protected DB Instance, please disable deletion protection',
    );
  }
  if (!skips) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.',
    );
  }
}

const noInstance = (name: string) => new ServiceError('DBInstanceNotFound', `DBInstance ${name} not found.`, 404);
const noCluster = (name: string) => new ServiceError('DBClusterNotFoundFault', `DBCluster ${name} not found.`, 404);
const exists = (kind: DatabaseState['kind'], name: string) =>
  kind === 'instance'
    ? new ServiceError('DBInstanceAlreadyExists', `DBInstance ${name} already exists`)
    : new ServiceError('DBClusterAlreadyExistsFault', `DBCluster ${name} already exists`);
const busyInstance = ({ identifier, status }: DatabaseState) =>
  new ServiceError('InvalidDBInstanceState', `Instance ${identifier} is currently ${status}.`);
const busyCluster = ({ identifier, status }: DatabaseState) =>
  new ServiceError('InvalidDBClusterStateFault', `Cluster ${identifier} is currently ${status}.`);
