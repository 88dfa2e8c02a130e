import {
  CreateDBInstanceCommand,
  type DBCluster,
  DBClusterAlreadyExistsFault,
  type DBClusterAutomatedBackup,
  DBClusterNotFoundFault,
  type DBClusterSnapshot,
  DBClusterSnapshotNotFoundFault,
  type DBInstance,
  DBInstanceAlreadyExistsFault,
  type DBInstanceAutomatedBackup,
  DBInstanceNotFoundFault,
  type DBSnapshot,
  DBSnapshotNotFoundFault,
  DeleteDBClusterAutomatedBackupCommand,
  DeleteDBClusterCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBInstanceAutomatedBackupCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterAutomatedBackupsCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  InvalidDBClusterStateFault,
  InvalidDBInstanceStateFault,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RestoreDBClusterFromSnapshotCommand,
  RestoreDBClusterToPointInTimeCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  type Tag,
} from '@aws-sdk/client-rds';
import { answerInstead, heirOf } from './answer-instead.ts';

/** A password that would be seen wherever it leaked to; it has what JSON and URLs write in another way. */
export const password = 'pa"ss/w0rd+ <of the scratch>';

interface Database {
  readonly kind: 'instance' | 'cluster';
  /** As it is shown once it has settled. */
  shown: DBInstance & DBCluster;
  /** Looks for which it is not shown yet, shown in this status, and shown while it is deleted. */
  hidden: number;
  busy: number;
  status: string;
  deleting?: number;
}

/** A call that changes something, and what it changes. */
export interface Write {
  readonly command: string;
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** RDS of one Region: what is asked for takes its time, counted in looks. */
export class SimulatedRds {
  readonly client: RDSClient;
  readonly databases = new Map<string, Database>();
  readonly writes: Write[] = [];
  /** Commands that RDS accepted. */
  readonly accepted: string[] = [];
  /** By ARN. */
  readonly secrets = new Map<string, string>();
  instanceSnapshots: DBSnapshot[] = [];
  clusterSnapshots: DBClusterSnapshot[] = [];
  /** Whether snapshots of AWS Backup are shown only to who asks for that type. */
  hidesAwsBackup = false;
  instanceBackups: DBInstanceAutomatedBackup[] = [];
  clusterBackups: DBClusterAutomatedBackup[] = [];
  /** Looks that everything new needs until it is shown at all, and until it has settled. */
  hidden = 1;
  busy = 1;
  private readonly answering: <T>(command: string, answer: () => T) => T;

  constructor(answering: <T>(command: string, answer: () => T) => T) {
    this.client = heirOf(RDSClient);
    this.answering = answering;
    const answers = answerInstead(this.client);
    const on = (command: { readonly name: string }, answer: (input: Asked) => object) =>
      answers.on(command as never, (input: never) =>
        this.answering(command.name.replace('Command', ''), () => answer(input)),
      );
    on(DescribeDBInstancesCommand, (input) => this.describeInstances(input));
    on(DescribeDBClustersCommand, (input) => this.describeClusters(input));
    on(DescribeDBSnapshotsCommand, (input) => {
      const found = this.instanceSnapshots.filter(
        (one) =>
          is(one.DBSnapshotIdentifier, input.DBSnapshotIdentifier) &&
          is(one.DBInstanceIdentifier, input.DBInstanceIdentifier) &&
          (input.SnapshotType || !this.hidesAwsBackup || one.SnapshotType !== 'awsbackup') &&
          is(one.SnapshotType, input.SnapshotType),
      );
      if (input.DBSnapshotIdentifier && found.length === 0) throw new DBSnapshotNotFoundFault(notFound);
      return page(found, 'DBSnapshots', input.Marker);
    });
    on(DescribeDBClusterSnapshotsCommand, (input) => {
      const found = this.clusterSnapshots.filter(
        (one) =>
          is(one.DBClusterSnapshotIdentifier, input.DBClusterSnapshotIdentifier) &&
          is(one.DBClusterIdentifier, input.DBClusterIdentifier) &&
          is(one.SnapshotType, input.SnapshotType),
      );
      if (input.DBClusterSnapshotIdentifier && found.length === 0) throw new DBClusterSnapshotNotFoundFault(notFound);
      return page(found, 'DBClusterSnapshots', input.Marker);
    });
    on(DescribeDBInstanceAutomatedBackupsCommand, (input) =>
      page(
        this.instanceBackups.filter((one) => is(one.DBInstanceIdentifier, input.DBInstanceIdentifier)),
        'DBInstanceAutomatedBackups',
        input.Marker,
      ),
    );
    on(DescribeDBClusterAutomatedBackupsCommand, (input) =>
      page(
        this.clusterBackups.filter((one) => is(one.DBClusterIdentifier, input.DBClusterIdentifier)),
        'DBClusterAutomatedBackups',
        input.Marker,
      ),
    );
    on(RestoreDBInstanceFromDBSnapshotCommand, (input) => this.restore('instance', input));
    on(RestoreDBInstanceToPointInTimeCommand, (input) => this.restore('instance', input));
    on(RestoreDBClusterFromSnapshotCommand, (input) => this.restore('cluster', input));
    on(RestoreDBClusterToPointInTimeCommand, (input) => this.restore('cluster', input));
    on(CreateDBInstanceCommand, (input) => this.createMember(input));
    on(ModifyDBInstanceCommand, (input) => this.takeOver('instance', input));
    on(ModifyDBClusterCommand, (input) => this.takeOver('cluster', input));
    on(DeleteDBInstanceCommand, (input) => this.remove('instance', input));
    on(DeleteDBClusterCommand, (input) => this.remove('cluster', input));
    on(DeleteDBSnapshotCommand, (input) => {
      this.wrote('DeleteDBSnapshot', input.DBSnapshotIdentifier, input);
      this.instanceSnapshots = this.instanceSnapshots.filter(
        (one) => one.DBSnapshotIdentifier !== input.DBSnapshotIdentifier,
      );
      return {};
    });
    on(DeleteDBClusterSnapshotCommand, (input) => {
      this.wrote('DeleteDBClusterSnapshot', input.DBClusterSnapshotIdentifier, input);
      this.clusterSnapshots = this.clusterSnapshots.filter(
        (one) => one.DBClusterSnapshotIdentifier !== input.DBClusterSnapshotIdentifier,
      );
      return {};
    });
    on(DeleteDBInstanceAutomatedBackupCommand, (input) => {
      this.wrote('DeleteDBInstanceAutomatedBackup', input.DbiResourceId, input);
      this.instanceBackups = this.instanceBackups.filter((one) => one.DbiResourceId !== input.DbiResourceId);
      return {};
    });
    on(DeleteDBClusterAutomatedBackupCommand, (input) => {
      this.wrote('DeleteDBClusterAutomatedBackup', input.DbClusterResourceId, input);
      this.clusterBackups = this.clusterBackups.filter((one) => one.DbClusterResourceId !== input.DbClusterResourceId);
      return {};
    });
  }

  /** Puts a database there that has settled long ago. */
  add(
    kind: Database['kind'],
    identifier: string,
    tags: readonly Tag[] = [],
    more: DBInstance & DBCluster = {},
  ): Database {
    const id = kind === 'instance' ? { DBInstanceIdentifier: identifier } : { DBClusterIdentifier: identifier };
    const database = {
      kind,
      shown: { ...id, TagList: [...tags], ...more } as DBInstance & DBCluster,
      hidden: 0,
      busy: 0,
      status: 'available',
    };
    this.databases.set(`${kind} ${identifier}`, database);
    return database;
  }

  find(kind: Database['kind'], identifier: string): Database | undefined {
    return this.databases.get(`${kind} ${identifier}`);
  }

  /** As RDS takes it away when nobody asked. */
  vanish(kind: Database['kind'], identifier: string): void {
    this.databases.delete(`${kind} ${identifier}`);
  }

  private wrote(command: string, target: string | undefined, input: Asked): void {
    this.writes.push({ command, target: target ?? '', input: input as Write['input'] });
  }

  private describeInstances(input: Asked): object {
    const found = this.look('instance', input.DBInstanceIdentifier);
    if (input.DBInstanceIdentifier && found.length === 0) throw new DBInstanceNotFoundFault(notFound);
    return page(
      found.map(({ status, shown }) => ({ ...shown, DBInstanceStatus: status }) as DBInstance),
      'DBInstances',
      input.Marker,
    );
  }

  private describeClusters(input: Asked): object {
    const found = this.look('cluster', input.DBClusterIdentifier);
    if (input.DBClusterIdentifier && found.length === 0) throw new DBClusterNotFoundFault(notFound);
    const membersOf = (cluster: string | undefined) =>
      [...this.databases.values()]
        .filter(
          ({ shown, hidden }) => shown.DBClusterIdentifier === cluster && shown.DBInstanceIdentifier && hidden <= 0,
        )
        .map(({ shown }) => ({ DBInstanceIdentifier: shown.DBInstanceIdentifier }));
    return page(
      found.map(
        ({ status, shown }) =>
          ({ ...shown, Status: status, DBClusterMembers: membersOf(shown.DBClusterIdentifier) }) as DBCluster,
      ),
      'DBClusters',
      input.Marker,
    );
  }

  /** Everything moves on by one look. */
  private look(kind: Database['kind'], identifier: string | undefined): Database[] {
    const found: Database[] = [];
    for (const [key, database] of [...this.databases]) {
      if (database.kind !== kind || (identifier && key !== `${kind} ${identifier}`)) continue;
      if (database.hidden > 0) {
        database.hidden -= 1;
        continue;
      }
      if (database.deleting !== undefined && database.deleting-- === 0) {
        this.databases.delete(key);
        this.secrets.delete(database.shown.MasterUserSecret?.SecretArn ?? '');
        continue;
      }
      found.push({ ...database, shown: { ...database.shown } });
      if (database.deleting === undefined && database.busy > 0) {
        database.busy -= 1;
        if (database.busy === 0) this.settle(database);
      }
    }
    return found;
  }

  private settle(database: Database): void {
    database.status = 'available';
    const { MasterUserSecret, PendingModifiedValues: _, ...shown } = database.shown;
    database.shown = {
      ...shown,
      ...(MasterUserSecret && { MasterUserSecret: { ...MasterUserSecret, SecretStatus: 'active' } }),
    };
    delete database.shown.StorageOperationStatus;
  }

  private restore(kind: Database['kind'], input: Asked): object {
    const { DBInstanceIdentifier, TargetDBInstanceIdentifier, DBClusterIdentifier, Tags = [] } = input;
    const identifier = (TargetDBInstanceIdentifier ?? DBInstanceIdentifier ?? DBClusterIdentifier) as string;
    this.wrote('Restore', identifier, input);
    if (this.find(kind, identifier)) {
      throw kind === 'instance' ? new DBInstanceAlreadyExistsFault(exists) : new DBClusterAlreadyExistsFault(exists);
    }
    this.accepted.push('Restore');
    this.create(kind, identifier, Tags, {
      EngineVersion: '17.4',
      ...(kind === 'instance'
        ? {
            DBInstanceClass: input.DBInstanceClass ?? 'db.t4g.large',
            Endpoint: { Address: `${identifier}.example`, Port: 5_432 },
            StorageOperationStatus: 'Initializing',
          }
        : { Endpoint: `${identifier}.cluster.example`, Port: 5_432 }),
    } as DBInstance & DBCluster);
    return {};
  }

  private createMember(input: Asked): object {
    const { DBInstanceIdentifier = '', DBClusterIdentifier = '', DBInstanceClass = '', Tags = [] } = input;
    this.wrote('CreateDBInstance', DBInstanceIdentifier, input);
    if (this.find('instance', DBInstanceIdentifier)) throw new DBInstanceAlreadyExistsFault(exists);
    this.accepted.push('CreateDBInstance');
    this.create('instance', DBInstanceIdentifier, Tags, {
      DBClusterIdentifier,
      DBInstanceClass,
      EngineVersion: '17.4',
    } as DBInstance & DBCluster);
    return {};
  }

  private create(kind: Database['kind'], identifier: string, tags: readonly Tag[], more: DBInstance & DBCluster): void {
    const database = this.add(kind, identifier, tags, more);
    database.hidden = this.hidden;
    database.busy = this.busy + 1;
    database.status = 'creating';
  }

  private takeOver(kind: Database['kind'], input: Asked): object {
    const identifier = (kind === 'instance' ? input.DBInstanceIdentifier : input.DBClusterIdentifier) as string;
    this.wrote('Modify', identifier, input);
    const database = this.settled(kind, identifier);
    const SecretArn = `arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!${identifier}`;
    this.secrets.set(SecretArn, JSON.stringify({ username: 'postgres', password }));
    this.accepted.push('Modify');
    database.status = 'resetting-master-credentials';
    database.busy = this.busy + 1;
    database.shown = {
      ...database.shown,
      MasterUserSecret: { SecretArn, SecretStatus: 'creating' },
      PendingModifiedValues: { MasterUserPassword: '****' },
    };
    return {};
  }

  private remove(kind: Database['kind'], input: Asked): object {
    const identifier = (kind === 'instance' ? input.DBInstanceIdentifier : input.DBClusterIdentifier) as string;
    this.wrote('Delete', identifier, input);
    const database = this.settled(kind, identifier);
    const hasMembers = [...this.databases.values()].some(
      ({ kind: one, shown }) => kind === 'cluster' && one === 'instance' && shown.DBClusterIdentifier === identifier,
    );
    if (hasMembers)
      throw new InvalidDBClusterStateFault({ message: 'Cluster still contains instances', $metadata: {} });
    database.status = 'deleting';
    database.deleting = this.busy;
    return {};
  }

  private settled(kind: Database['kind'], identifier: string): Database {
    const database = this.find(kind, identifier);
    if (!database)
      throw kind === 'instance' ? new DBInstanceNotFoundFault(notFound) : new DBClusterNotFoundFault(notFound);
    if (!['available', 'failed'].includes(database.status)) {
      const busy = { message: `${identifier} is ${database.status}`, $metadata: {} };
      throw kind === 'instance' ? new InvalidDBInstanceStateFault(busy) : new InvalidDBClusterStateFault(busy);
    }
    return database;
  }
}

/** What any of the commands may be asked with. */
interface Asked {
  readonly DBInstanceIdentifier?: string;
  readonly TargetDBInstanceIdentifier?: string;
  readonly DBClusterIdentifier?: string;
  readonly DBSnapshotIdentifier?: string;
  readonly DBClusterSnapshotIdentifier?: string;
  readonly DbiResourceId?: string;
  readonly DbClusterResourceId?: string;
  readonly DBInstanceClass?: string;
  readonly SnapshotType?: string;
  readonly Marker?: string;
  readonly Tags?: readonly Tag[];
}

const notFound = { message: 'it is not there', $metadata: {} };
const exists = { message: 'it exists already', $metadata: {} };

function is(found: string | undefined, asked: string | undefined): boolean {
  return asked === undefined || found === asked;
}

/** Two to a page, so that who reads only the first is found out. */
function page(all: readonly object[], key: string, marker: string | undefined): object {
  const first = Number(marker ?? 0);
  const last = first + 2;
  return { [key]: all.slice(first, last), ...(last < all.length && { Marker: `${last}` }) };
}
