import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  paginateDescribeDBClusterAutomatedBackups,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBClusters,
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
  type RDSClient,
  RDSServiceException,
  type Tag,
} from '@aws-sdk/client-rds';
import { finalSnapshot, type Thing, type ThingKind } from './scratch.ts';

/** Every name of something that is not there. */
const notFound = /^DB\w*NotFound(Fault)?$/;

export async function unlessMissing<T>(ask: Promise<T>): Promise<T | undefined> {
  try {
    return await ask;
  } catch (error) {
    if (error instanceof RDSServiceException && notFound.test(error.name)) return undefined;
    throw error;
  }
}

export async function describeInstance(rds: RDSClient, DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
  const answer = await unlessMissing(rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier })));
  return answer?.DBInstances?.[0];
}

export async function describeCluster(rds: RDSClient, DBClusterIdentifier: string): Promise<DBCluster | undefined> {
  const answer = await unlessMissing(rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier })));
  return answer?.DBClusters?.[0];
}

export function thingOfInstance(found: DBInstance): Thing {
  const { DBInstanceIdentifier: id = '', DBClusterIdentifier, DBInstanceStatus: status = '', TagList } = found;
  const member = DBClusterIdentifier ? { cluster: DBClusterIdentifier } : {};
  return { kind: 'instance', id, of: id, ...member, status, tags: tagsIn(TagList) };
}

export function thingOfCluster(found: DBCluster): Thing {
  const { DBClusterIdentifier: id = '', Status: status = '', TagList } = found;
  return { kind: 'cluster', id, of: id, status, tags: tagsIn(TagList) };
}

/**
 * Lists of everything of a kind in the Region, in the order in which it may be deleted. Snapshots are those that RDS made of a
 * database when it went, and automated backups those that it retained.
 */
export const lists: Readonly<Record<ThingKind, (rds: RDSClient) => Promise<Thing[]>>> = {
  instance: listInstances,
  cluster: listClusters,
  'instance-snapshot': (rds) => listInstanceSnapshots(rds),
  'cluster-snapshot': (rds) => listClusterSnapshots(rds),
  'instance-backup': (rds) => listInstanceBackups(rds),
  'cluster-backup': (rds) => listClusterBackups(rds),
};

/** What may be left of a scratch when it is gone itself. */
export async function listRemains(rds: RDSClient, kind: 'instance' | 'cluster', scratch: string): Promise<Thing[]> {
  const found =
    kind === 'instance'
      ? [
          ...(await listInstanceSnapshots(rds, { DBInstanceIdentifier: scratch })),
          ...(await listInstanceBackups(rds, { DBInstanceIdentifier: scratch })),
        ]
      : [
          ...(await listClusterSnapshots(rds, { DBClusterIdentifier: scratch })),
          ...(await listClusterBackups(rds, { DBClusterIdentifier: scratch })),
        ];
  // Names are compared here as well: a filter that a service ignores must not widen what is torn down.
  return found.filter((thing) => thing.of === scratch);
}

async function listInstances(client: RDSClient): Promise<Thing[]> {
  const pages = paginateDescribeDBInstances({ client }, {});
  return collect(pages, ({ DBInstances = [] }) => DBInstances.map(thingOfInstance));
}

async function listClusters(client: RDSClient): Promise<Thing[]> {
  const pages = paginateDescribeDBClusters({ client }, {});
  return collect(pages, ({ DBClusters = [] }) => DBClusters.map(thingOfCluster));
}

type OfInstance = { readonly DBInstanceIdentifier?: string };
type OfCluster = { readonly DBClusterIdentifier?: string };

async function listInstanceSnapshots(client: RDSClient, of: OfInstance = {}): Promise<Thing[]> {
  const pages = paginateDescribeDBSnapshots({ client }, { ...of, SnapshotType: 'manual' });
  return collect(pages, ({ DBSnapshots = [] }) =>
    DBSnapshots.map(({ DBSnapshotIdentifier: id = '', DBInstanceIdentifier = '', Status: status = '', TagList }) => ({
      kind: 'instance-snapshot' as const,
      id,
      of: DBInstanceIdentifier,
      status,
      tags: tagsIn(TagList),
    })),
  ).then(ownOnly);
}

async function listClusterSnapshots(client: RDSClient, of: OfCluster = {}): Promise<Thing[]> {
  const pages = paginateDescribeDBClusterSnapshots({ client }, { ...of, SnapshotType: 'manual' });
  return collect(pages, ({ DBClusterSnapshots = [] }) =>
    DBClusterSnapshots.map(
      ({ DBClusterSnapshotIdentifier: id = '', DBClusterIdentifier = '', Status: status = '', TagList }) => ({
        kind: 'cluster-snapshot' as const,
        id,
        of: DBClusterIdentifier,
        status,
        tags: tagsIn(TagList),
      }),
    ),
  ).then(ownOnly);
}

function ownOnly(snapshots: readonly Thing[]): Thing[] {
  return snapshots.filter(({ id, of }) => id.startsWith(`${finalSnapshot}${of}`));
}

/** Those of a database that is still there go with it. */
const retained = 'retained';

async function listInstanceBackups(client: RDSClient, of: OfInstance = {}): Promise<Thing[]> {
  const pages = paginateDescribeDBInstanceAutomatedBackups({ client }, of);
  const all = await collect(pages, ({ DBInstanceAutomatedBackups = [] }) =>
    DBInstanceAutomatedBackups.map(({ DbiResourceId: id = '', DBInstanceIdentifier = '', Status = '', TagList }) => ({
      kind: 'instance-backup' as const,
      id,
      of: DBInstanceIdentifier,
      status: Status,
      tags: tagsIn(TagList),
    })),
  );
  return all.filter(({ status }) => status === retained);
}

async function listClusterBackups(client: RDSClient, of: OfCluster = {}): Promise<Thing[]> {
  const pages = paginateDescribeDBClusterAutomatedBackups({ client }, of);
  const all = await collect(pages, ({ DBClusterAutomatedBackups = [] }) =>
    DBClusterAutomatedBackups.map(
      ({ DbClusterResourceId: id = '', DBClusterIdentifier = '', Status = '', TagList }) => ({
        kind: 'cluster-backup' as const,
        id,
        of: DBClusterIdentifier,
        status: Status,
        tags: tagsIn(TagList),
      }),
    ),
  );
  return all.filter(({ status }) => status === retained);
}

/** A database that is gone has no list. */
async function collect<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => Item[]): Promise<Item[]> {
  const all: Item[] = [];
  const read = async () => {
    for await (const page of pages) all.push(...items(page));
  };
  await unlessMissing(read());
  return all;
}

function tagsIn(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
