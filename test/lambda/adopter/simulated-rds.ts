import {
  DBClusterNotFoundFault,
  DBInstanceNotFoundFault,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  InvalidDBInstanceAutomatedBackupStateFault,
  InvalidDBInstanceStateFault,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  StartDBInstanceAutomatedBackupsReplicationCommand,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';

/** What a test says of a database; the rest is that of one that needs everything. */
export interface Setting {
  readonly retention?: number;
  readonly pendingRetention?: number;
  readonly deletionProtection?: boolean;
  readonly copyTags?: boolean;
  readonly backupWindow?: string;
  readonly maintenanceWindow?: string;
  readonly status?: string;
  readonly engine?: string;
  readonly encrypted?: boolean;
  /** ARN of its key. */
  readonly key?: string;
  readonly cluster?: string;
  /** Regions that its automated backups are replicated to. */
  readonly replicatedTo?: readonly string[];
  /** Modifications that wait for the maintenance window. */
  readonly waiting?: Readonly<Record<string, unknown>>;
}

type Kind = 'instance' | 'cluster';
type Optional = 'pendingRetention' | 'cluster' | 'key';
type State = Required<Omit<Setting, Optional>> & Pick<Setting, Optional>;

interface Modification {
  readonly BackupRetentionPeriod?: number;
  readonly DeletionProtection?: boolean;
  readonly CopyTagsToSnapshot?: boolean;
  readonly PreferredBackupWindow?: string;
  readonly PreferredMaintenanceWindow?: string;
  readonly ApplyImmediately?: boolean;
}

const ofBoth = {
  retention: 7,
  deletionProtection: false,
  copyTags: false,
  backupWindow: '03:00-03:30',
  maintenanceWindow: 'mon:04:00-mon:04:30',
  status: 'available',
  encrypted: true,
  replicatedTo: [],
  waiting: {},
};

/**
 * One database in RDS, behind the real client. After a modification RDS shows the old state for a while (`lag`), is then busy
 * (`busy`, counted in descriptions), and refuses every other modification meanwhile. What waits for a maintenance window waits
 * for ever, since a test has none.
 */
export class SimulatedRds {
  readonly client = mockClient(RDSClient);
  readonly sent: Modification[] = [];
  readonly replications: { region: string; KmsKeyId?: string; BackupRetentionPeriod?: number }[] = [];
  /** Of an instance whose automated backups were turned on. */
  interruptions = 0;
  state: State;
  lag = 0;
  busy = 1;
  /** Pages of the other Region before the one with the replicated backup. */
  pagesBefore: { Status: string; DbiResourceId: string }[][] = [];
  private shown: State[] = [];
  private readonly kind: Kind;
  private readonly replicas = new Map<string, number>();

  constructor(kind: Kind, setting: Setting = {}) {
    this.kind = kind;
    this.state = { ...ofBoth, engine: kind === 'instance' ? 'postgres' : 'aurora-postgresql', ...setting };
    for (const region of this.state.replicatedTo) this.replicas.set(region, this.state.retention);
    this.client.on(DescribeDBInstancesCommand).callsFake(({ DBInstanceIdentifier }) => {
      if (kind !== 'instance' || DBInstanceIdentifier !== 'members')
        throw new DBInstanceNotFoundFault({ message: 'not found', $metadata: {} });
      return { DBInstances: [this.instance(this.look())] };
    });
    this.client.on(DescribeDBClustersCommand).callsFake(({ DBClusterIdentifier }) => {
      if (kind !== 'cluster' || DBClusterIdentifier !== 'members')
        throw new DBClusterNotFoundFault({ message: 'not found', $metadata: {} });
      return { DBClusters: [this.cluster(this.look())] };
    });
    this.client.on(ModifyDBInstanceCommand).callsFake((input) => this.modify(input));
    this.client.on(ModifyDBClusterCommand).callsFake((input) => this.modify(input));
    this.client.on(DescribeDBInstanceAutomatedBackupsCommand).callsFake((input, client) => this.backups(input, client));
    this.client
      .on(StartDBInstanceAutomatedBackupsReplicationCommand)
      .callsFake((input, client) => this.replicate(input, client));
  }

  /** How long automated backups are kept in another Region. */
  keptIn(region: string, days: number): this {
    this.replicas.set(region, days);
    return this;
  }

  private look(): State {
    return this.shown.shift() ?? this.state;
  }

  private modify(input: Modification): object {
    this.sent.push(input);
    if (this.shown.length > 0 || this.state.status !== 'available') {
      throw new InvalidDBInstanceStateFault({ message: 'busy', $metadata: {} });
    }
    const before = this.state;
    const {
      BackupRetentionPeriod: retention,
      DeletionProtection: deletionProtection,
      CopyTagsToSnapshot: copyTags,
      PreferredBackupWindow: backupWindow,
      PreferredMaintenanceWindow: maintenanceWindow,
      ApplyImmediately: immediately,
    } = input;
    const waits = retention !== undefined && !immediately && (this.kind === 'cluster' || before.retention === 0);
    if (retention !== undefined && !waits && before.retention === 0 && retention > 0) this.interruptions += 1;
    const { pendingRetention, ...rest } = before;
    this.state = {
      ...(retention === undefined && pendingRetention !== undefined ? before : rest),
      ...(retention !== undefined && (waits ? { pendingRetention: retention } : { retention })),
      ...(deletionProtection !== undefined && { deletionProtection }),
      // Of a cluster these wait too.
      ...(this.kind === 'cluster' && !immediately
        ? {}
        : {
            ...(copyTags !== undefined && { copyTags }),
            ...(backupWindow && { backupWindow }),
            ...(maintenanceWindow && { maintenanceWindow }),
          }),
      ...(immediately && this.kind === 'instance' && { waiting: {} }),
    };
    this.shown = [
      ...Array.from({ length: this.lag }, () => before),
      ...Array.from({ length: this.busy }, () => ({ ...before, status: 'modifying' })),
    ];
    return {};
  }

  private async replicate(input: { KmsKeyId?: string; BackupRetentionPeriod?: number }, client: () => RDSClient) {
    const region = await client().config.region();
    if (this.replicas.has(region))
      throw new InvalidDBInstanceAutomatedBackupStateFault({ message: 'replicated already', $metadata: {} });
    this.replicas.set(region, input.BackupRetentionPeriod ?? this.state.retention);
    this.replications.push({ region, ...input });
    // The source shows it later than the other Region does.
    this.shown = Array.from({ length: this.lag }, () => this.state);
    this.state = { ...this.state, replicatedTo: [...this.state.replicatedTo, region] };
    return {};
  }

  private async backups(input: { Marker?: string; DbiResourceId?: string }, client: () => RDSClient) {
    const retention = this.replicas.get(await client().config.region());
    const own = retention === undefined ? [] : [{ Status: 'active', BackupRetentionPeriod: retention }];
    const pages = [...this.pagesBefore, own];
    const page = Number(input.Marker ?? 0);
    return {
      DBInstanceAutomatedBackups: input.DbiResourceId === 'db-MEMBERS' ? pages[page] : [],
      ...(page + 1 < pages.length && { Marker: `${page + 1}` }),
    };
  }

  private shared(state: State) {
    return {
      Engine: state.engine,
      StorageEncrypted: state.encrypted,
      ...(state.key && { KmsKeyId: state.key }),
      BackupRetentionPeriod: state.retention,
      DeletionProtection: state.deletionProtection,
      CopyTagsToSnapshot: state.copyTags,
      PreferredBackupWindow: state.backupWindow,
      PreferredMaintenanceWindow: state.maintenanceWindow,
      PendingModifiedValues: {
        ...state.waiting,
        ...(state.pendingRetention !== undefined && { BackupRetentionPeriod: state.pendingRetention }),
      },
    };
  }

  private instance(state: State) {
    return {
      ...this.shared(state),
      DBInstanceArn: 'arn:aws:rds:ap-northeast-1:111122223333:db:members',
      DbiResourceId: 'db-MEMBERS',
      DBInstanceStatus: state.status,
      DBInstanceAutomatedBackupsReplications: state.replicatedTo.map((region) => ({
        DBInstanceAutomatedBackupsArn: `arn:aws:rds:${region}:111122223333:auto-backup:ab-members`,
      })),
      ...(state.cluster && { DBClusterIdentifier: state.cluster }),
    };
  }

  private cluster(state: State) {
    return {
      ...this.shared(state),
      DBClusterArn: 'arn:aws:rds:ap-northeast-1:111122223333:cluster:members',
      Status: state.status,
    };
  }
}
