import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vaultName } from '../../core/policy/index.ts';
import { type Certificate, localhostCertificate } from './certificate.ts';
import { type DatabaseState, Databases, type PhysicalSource, type RestoredServer } from './databases.ts';
import { type AwsCall, type Endpoint, startEndpoint, type Watcher } from './endpoint.ts';
import { Functions } from './functions.ts';
import { ObjectStorage } from './objects.ts';
import type { PhysicalSnapshot, ProductionDatabase } from './production.ts';
import { simulateRds } from './rds.ts';
import { RecoveryPoints } from './recovery-points.ts';
import { Secrets } from './secrets.ts';
import { Figures, Mailbox } from './small-services.ts';
import { type Execution, type RunOptions, runStateMachine } from './state-machine.ts';
import { DeployedStack } from './template.ts';

export interface SimulatedCloudOptions {
  /** Of the policy that was synthesised. */
  readonly policy: string;
  readonly account: string;
  readonly primaryRegion: string;
  readonly replicaRegion: string;
  /**
   * One server for all restores of the same snapshot, which none of them stops: for hundreds of drills of the same data.
   * @default false
   */
  readonly sharesServers?: boolean;
}

/** Automated backups that reach back for a second here look as if they did for an hour: drills keep minutes away from the newest. */
const hourInASecond = 3_600;

/**
 * An account in which the synthesised stacks run: their own functions, their own state machines, real databases. What AWS itself does
 * is simulated, and refuses what it does not know.
 */
export class SimulatedCloud implements AsyncDisposable {
  readonly options: SimulatedCloudOptions;
  readonly calls: AwsCall[] = [];
  readonly secrets = new Secrets();
  readonly databases: Databases;
  readonly points = new RecoveryPoints();
  readonly objects = new ObjectStorage();
  readonly figures = new Figures();
  readonly mailbox = new Mailbox();
  readonly functions = new Functions();
  /** What happens to restored data before anybody looks at it. @default - nothing */
  damage: (server: RestoredServer['server']) => Promise<void> = async () => {};
  /** Asked before any call is answered; may throw what AWS would. */
  watch: Watcher = () => {};
  readonly certificate: Certificate;
  stacks: readonly DeployedStack[] = [];
  private readonly shared = new Map<PhysicalSnapshot, Promise<RestoredServer>>();
  private readonly folder: string;
  private endpoint: Endpoint | undefined;

  private constructor(options: SimulatedCloudOptions, certificate: Certificate, folder: string) {
    this.options = options;
    this.certificate = certificate;
    this.folder = folder;
    this.databases = new Databases(options.account, this.secrets);
  }

  /** @param assembly - folder of a cloud assembly, with its functions bundled */
  static async start(assembly: string, options: SimulatedCloudOptions): Promise<SimulatedCloud> {
    const folder = await mkdtemp(join(tmpdir(), 'fukugen-cloud-'));
    const cloud = new SimulatedCloud(options, await localhostCertificate(), folder);
    try {
      await cloud.deploy(assembly);
    } catch (error) {
      await cloud[Symbol.asyncDispose]();
      throw error;
    }
    return cloud;
  }

  /** A database of production, with its automated backups here and, of an instance, in the replica Region. */
  addProduction(kind: DatabaseState['kind'], identifier: string, production: ProductionDatabase): DatabaseState {
    const { primaryRegion, replicaRegion, account } = this.options;
    const added = this.databases.add({
      kind,
      region: primaryRegion,
      identifier,
      status: 'available',
      tags: [{ Key: 'owner', Value: 'production' }],
      deletionProtection: true,
      backupRetentionDays: 15,
      engineVersion: production.version,
      instanceClass: kind === 'instance' ? 'db.t4g.medium' : 'db.serverless',
      parameterGroup: `${identifier}-postgres15`,
      subnetGroup: 'production',
      securityGroups: ['sg-production'],
      server: { server: production.server, administer: async () => {}, stop: async () => {} },
    });
    const oldest = () => production.snapshots[0]?.databaseTime ?? new Date();
    const latest = () => production.archivedTo ?? new Date();
    const data: PhysicalSource = {
      restore: async (time = latest()) => {
        const back = (latest().getTime() - time.getTime()) / hourInASecond;
        const moment = new Date(Math.max(latest().getTime() - back, oldest().getTime()));
        return this.damaged(stoppable(production, await production.restoreTo(moment)));
      },
    };
    const window = () => ({
      earliest: new Date(latest().getTime() - (latest().getTime() - oldest().getTime()) * hourInASecond),
      latest: latest(),
    });
    for (const region of kind === 'instance' ? [primaryRegion, replicaRegion] : [primaryRegion]) {
      const arn = `arn:aws:rds:${region}:${account}:auto-backup:ab-${randomUUID()}`;
      this.databases.automatedBackups.push({ region, arn, source: added, window, data });
    }
    return added;
  }

  /** A snapshot of what is there now, with its recovery point in the primary vault and its copy in the replica's. */
  async backUp(database: DatabaseState, production: ProductionDatabase): Promise<PhysicalSnapshot> {
    const { policy, primaryRegion, replicaRegion, account } = this.options;
    const createdAt = new Date();
    const snapshot = await production.snapshot();
    const data: PhysicalSource = { restore: () => this.restore(production, snapshot) };
    for (const [place, region, job] of [
      ['primary', primaryRegion, 'job'],
      ['replica', replicaRegion, 'copyjob'],
    ] as const) {
      const identifier = `awsbackup:${job}-${randomUUID()}`;
      const type = database.kind === 'instance' ? 'snapshot' : 'cluster-snapshot';
      const { databaseTime } = snapshot;
      this.databases.snapshots.push({
        kind: database.kind,
        region,
        identifier,
        source: database,
        createdAt,
        databaseTime,
        data,
      });
      this.points.points.push({
        region,
        vault: vaultName(policy, place),
        arn: `arn:aws:rds:${region}:${account}:${type}:${identifier}`,
        source: database.arn,
        createdAt,
        status: 'COMPLETED',
      });
    }
    return snapshot;
  }

  /** Runs the drill of a Region as its schedule or a person would, and what EventBridge sets off when it ends badly. */
  async drill(region: string, request: object, options: RunOptions = {}): Promise<Execution> {
    const [stack, properties] = this.machine(region);
    const name = `drill-${randomUUID()}`;
    const definition = `${properties.DefinitionString}`;
    const execution = await runStateMachine(definition, this.functions, region, request, name, options);
    if (execution.status !== 'SUCCEEDED') {
      await this.functions.invoke(region, `${this.options.policy}-drill-janitor`, ended(stack, execution));
    }
    return execution;
  }

  /** The state machine of a Region's stacks, as it is synthesised. */
  machine(region: string): readonly [DeployedStack, Record<string, unknown>] {
    for (const stack of this.stacks.filter((one) => one.region === region)) {
      const [found] = stack.of('AWS::StepFunctions::StateMachine');
      if (found) return [stack, found[1]];
    }
    throw new Error(`no stack in ${region} has a state machine`);
  }

  /** Databases that are not production's. */
  scratches(): DatabaseState[] {
    return this.databases.states.filter((one) => one.identifier.startsWith(`${this.options.policy}-drill-`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.functions[Symbol.asyncDispose]();
    await this.databases.stop();
    for (const one of this.shared.values()) await (await one).server.stop();
    await this.endpoint?.[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async deploy(assembly: string): Promise<void> {
    const authority = join(this.folder, 'authority.pem');
    await writeFile(authority, this.certificate.certificate);
    this.endpoint = await startEndpoint(
      {
        rds: simulateRds(this.databases),
        backup: this.points.service,
        s3: this.objects.service,
        secretsmanager: this.secrets.service,
        monitoring: this.figures.service,
        sns: this.mailbox.service,
        lambda: this.functions.service,
      },
      async (call) => {
        this.calls.push(call);
        await this.watch(call);
      },
    );
    this.stacks = await DeployedStack.all(assembly, this.options.account);
    for (const stack of this.stacks) {
      const own = { NODE_EXTRA_CA_CERTS: authority };
      for (const one of await stack.functions(this.endpoint.url, own)) this.functions.deploy(one);
      this.objects.replications.push(...replicationsOf(stack));
    }
  }

  private async restore(production: ProductionDatabase, snapshot: PhysicalSnapshot): Promise<RestoredServer> {
    if (!this.options.sharesServers) return this.damaged(stoppable(production, await production.restore(snapshot)));
    const known =
      this.shared.get(snapshot) ??
      production.restore(snapshot).then((server) => ({ ...stoppable(production, server), stop: async () => {} }));
    this.shared.set(snapshot, known);
    return known;
  }

  private async damaged(restored: RestoredServer): Promise<RestoredServer> {
    await this.damage(restored.server);
    return restored;
  }
}

/** As the template declares them. */
function replicationsOf(stack: DeployedStack): SimulatedCloud['objects']['replications'] {
  return stack.of('AWS::S3::Bucket').flatMap(([, { BucketName, ReplicationConfiguration }]) => {
    const { Rules = [] } = (ReplicationConfiguration ?? {}) as { Rules?: readonly ReplicationRule[] };
    return Rules.map(({ Prefix, Filter, Destination }) => ({
      from: `${BucketName}`,
      to: Destination.Bucket.split(':').at(-1) as string,
      prefix: Prefix ?? Filter?.Prefix ?? '',
    }));
  });
}

interface ReplicationRule {
  readonly Prefix?: string;
  readonly Filter?: { readonly Prefix?: string };
  readonly Destination: { readonly Bucket: string };
}

function stoppable(production: ProductionDatabase, server: RestoredServer['server']): RestoredServer {
  return { server, administer: (text) => production.administer(server, text), stop: () => server.stop() };
}

/** What EventBridge sends (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html). */
function ended(stack: DeployedStack, { name, status }: Execution): object {
  const machine = `arn:aws:states:${stack.region}:${stack.account}:stateMachine:drill`;
  return {
    version: '0',
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    account: stack.account,
    region: stack.region,
    time: new Date().toISOString(),
    resources: [`${machine.replace('stateMachine', 'execution')}:${name}`],
    detail: {
      executionArn: `${machine.replace('stateMachine', 'execution')}:${name}`,
      stateMachineArn: machine,
      name,
      status,
    },
  };
}
