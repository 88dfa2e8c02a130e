import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tag } from '@aws-sdk/client-rds';
import type { ScratchServer } from '../../local/postgres/scratch-server.ts';
import type { Secrets } from './secrets.ts';

/** Where the data of a restored database comes from. */
export interface PhysicalSource {
  /** @param time - of a point in time @default - the snapshot as it is */
  restore(time?: Date): Promise<RestoredServer>;
}

export interface RestoredServer {
  readonly server: ScratchServer;
  /** Runs a statement as RDS's own user. */
  administer(text: string): Promise<void>;
  stop(): Promise<void>;
}

export interface SnapshotState {
  readonly kind: 'instance' | 'cluster';
  readonly region: string;
  /** `awsbackup:job-…` */
  readonly identifier: string;
  readonly source: DatabaseState;
  readonly createdAt: Date;
  readonly databaseTime: Date;
  readonly data: PhysicalSource;
}

/** Automated backups: of a database in its own Region, or replicated to another. */
export interface AutomatedBackups {
  readonly region: string;
  readonly arn: string;
  readonly source: DatabaseState;
  readonly window: () => { readonly earliest: Date; readonly latest: Date };
  readonly data: PhysicalSource;
}

/** An instance or a cluster, as long as it exists. */
export interface DatabaseState {
  readonly kind: 'instance' | 'cluster';
  readonly region: string;
  readonly identifier: string;
  readonly arn: string;
  readonly resourceId: string;
  readonly createdAt: Date;
  status: 'creating' | 'available' | 'modifying' | 'deleting' | 'failed';
  tags: Tag[];
  deletionProtection: boolean;
  backupRetentionDays: number;
  /** Such as `15.10`. */
  readonly engineVersion: string;
  readonly instanceClass: string;
  readonly parameterGroup: string;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  /** Of a member: its cluster. */
  readonly cluster?: string;
  /** Of a cluster: restored without. */
  readonly serverless?: boolean;
  server?: RestoredServer;
  secret?: { readonly arn: string; status: 'creating' | 'active' };
}

/** Everything that RDS keeps in an account, in all Regions. */
export class Databases {
  readonly account: string;
  readonly secrets: Secrets;
  /** Instances and clusters alike. */
  readonly states: DatabaseState[] = [];
  readonly snapshots: SnapshotState[] = [];
  readonly automatedBackups: AutomatedBackups[] = [];
  /** How long a transition takes, which AWS needs minutes for. */
  transitionMilliseconds = 60;
  /** Nothing becomes what it was asked to become, as long as this holds. */
  isStuck = false;
  private readonly underWay = new Set<Promise<void>>();

  constructor(account: string, secrets: Secrets) {
    this.account = account;
    this.secrets = secrets;
  }

  find(region: string, kind: DatabaseState['kind'], identifier: string): DatabaseState | undefined {
    return this.states.find((one) => one.region === region && one.kind === kind && one.identifier === identifier);
  }

  membersOf(cluster: DatabaseState): DatabaseState[] {
    return this.states.filter((one) => one.region === cluster.region && one.cluster === cluster.identifier);
  }

  add(state: Omit<DatabaseState, 'arn' | 'resourceId' | 'createdAt'>): DatabaseState {
    const type = state.kind === 'instance' ? 'db' : 'cluster';
    const added = {
      ...state,
      arn: `arn:aws:rds:${state.region}:${this.account}:${type}:${state.identifier}`,
      resourceId: `${state.kind === 'instance' ? 'db' : 'cluster'}-${randomUUID().slice(0, 8).toUpperCase()}`,
      createdAt: new Date(),
    };
    this.states.push(added);
    return added;
  }

  /** Fills a database with data and makes it available, in a while. */
  fill(state: DatabaseState, data: () => Promise<RestoredServer>): void {
    this.later(async () => {
      try {
        const server = await data();
        // Deleted meanwhile.
        if (!this.states.includes(state)) return server.stop();
        state.server = server;
        state.status = 'available';
      } catch {
        state.status = 'failed';
      }
    });
  }

  become(state: DatabaseState, status: DatabaseState['status']): void {
    this.later(async () => {
      state.status = status;
    });
  }

  /** A new master password, known to Secrets Manager and to the server. */
  takeOver(state: DatabaseState): void {
    const made = this.secrets.make(
      state.kind === 'instance' ? 'db' : 'cluster',
      state.region,
      this.account,
      'postgres',
    );
    const secret: NonNullable<DatabaseState['secret']> = { arn: made.arn, status: 'creating' };
    state.secret = secret;
    state.status = 'modifying';
    this.later(async () => {
      await state.server?.administer(`alter role postgres password '${made.password}'`);
      secret.status = 'active';
      state.status = 'available';
    });
  }

  remove(state: DatabaseState): void {
    state.status = 'deleting';
    this.later(async () => {
      this.states.splice(this.states.indexOf(state), 1);
      if (state.secret) this.secrets.values.delete(state.secret.arn);
      await state.server?.stop();
    });
  }

  /** Waits for what is under way, and stops every server that was restored. */
  async stop(): Promise<void> {
    this.isStuck = false;
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    await Promise.all(this.states.map((one) => one.server?.stop()));
  }

  private later(work: () => Promise<void>): void {
    const wait = async () => {
      do await sleep(this.transitionMilliseconds);
      while (this.isStuck);
    };
    const done = wait().then(work);
    this.underWay.add(done);
    void done.finally(() => this.underWay.delete(done));
  }
}
