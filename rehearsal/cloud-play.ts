import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { count } from '../core/counted.ts';
import type { DrillRecord } from '../core/evidence/record.ts';
import type { ScratchServer } from '../local/postgres/scratch-server.ts';
import { synthesiseAssembly } from './aws/assembly.ts';
import { query } from './aws/production.ts';
import { protectProduction } from './aws/protected-production.ts';
import { SimulatedCloud } from './aws/simulated-cloud.ts';
import type { Execution } from './aws/state-machine.ts';
import type { CommandLine } from './command-line.ts';
import type { NegativeControl } from './report.ts';
import { buildSampleDatabase } from './sample-database.ts';
import type { Timeline } from './timeline.ts';

const tokyo = 'ap-northeast-1';
const osaka = 'ap-northeast-3';
const policy = 'hoshizora';
const account = '111122223333';

/**
 * The cloud half in a simulated account: the synthesised state machine with its bundled functions restores real databases in both
 * Regions and checks what is in them; then a copy is damaged, and the drill has to notice.
 */
export class CloudPlay {
  readonly negativeControls: NegativeControl[] = [];
  /** The report of the last good drill, as it lies in the evidence bucket. */
  reportHtml: string | undefined;
  private readonly timeline: Timeline;
  private readonly stack: AsyncDisposableStack;
  private readonly fukugen: CommandLine;

  constructor(timeline: Timeline, stack: AsyncDisposableStack, fukugen: CommandLine) {
    this.timeline = timeline;
    this.fukugen = fukugen;
    this.stack = stack;
  }

  async perform(): Promise<void> {
    const { timeline } = this;
    const cloud = await timeline.stage('deploy into a simulated account', async () => {
      const assembly = await mkdtemp(join(tmpdir(), 'fukugen-assembly-'));
      this.stack.defer(() => rm(assembly, { recursive: true, force: true }));
      await synthesiseAssembly('rehearsal/aws/backup.config.ts', assembly);
      const regions = { primaryRegion: tokyo, replicaRegion: osaka };
      const started = this.stack.use(await SimulatedCloud.start(assembly, { policy, account, ...regions }));
      const functions = started.stacks.flatMap((one) => one.of('AWS::Lambda::Function'));
      return [`${started.stacks.length} stacks, ${functions.length} functions as they are bundled`, started];
    });
    await timeline.stage('a day in production', async () => {
      let told = '';
      const protectedOne = await protectProduction(cloud, async ({ server }) => {
        const { tables, rows } = await buildSampleDatabase(server, policy, { bytes: 20e6 });
        told = `${tables} tables, ${count(rows)} rows; recovery points in Tokyo, copies in Osaka, baselines before and after`;
      });
      this.stack.use(protectedOne);
      return [told, undefined];
    });
    await this.drill(cloud, 'drill in Tokyo', tokyo, { shop: 'latest', carts: 'point-in-time' });
    await this.drill(cloud, 'drill in Osaka', osaka, { shop: 'copy', carts: 'copy' });
    await this.damageACopy(cloud);
    await this.walkTheEvidence(cloud);
  }

  private async drill(
    cloud: SimulatedCloud,
    stage: string,
    region: string,
    sources: Readonly<Record<string, DrillRecord['source']>>,
  ): Promise<void> {
    await this.timeline.stage(stage, async () => {
      const databases = Object.entries(sources).map(([name, source]) => ({ name, source }));
      const execution = await cloud.drill(region, { databases });
      if (execution.status !== 'SUCCEEDED') throw new Error(`the drill ended red: ${execution.cause}`);
      const records = recordsOf(cloud, region, execution);
      if (records.length !== databases.length)
        throw new Error(`${records.length} records of ${databases.length} drills`);
      if (cloud.scratches().length > 0) throw new Error('a scratch database was left behind');
      this.reportHtml = cloud.objects.objects
        .get(`${bucketOf(region)}/reports/${region}/${execution.name}.html`)
        ?.body.toString();
      return [records.map(told).join('\n'), undefined];
    });
  }

  /** The command line walks the chain of records, and again with one word of one record changed. */
  private async walkTheEvidence(cloud: SimulatedCloud): Promise<void> {
    await this.timeline.stage('fukugen evidence verify', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'fukugen-evidence-'));
      this.stack.defer(() => rm(folder, { recursive: true, force: true }));
      await download(cloud, osaka, folder);
      const { json } = await this.fukugen.run(['evidence', 'verify', folder]);
      const record = join(folder, 'evidence', osaka, 'shop', '000002.json');
      await writeFile(record, (await readFile(record, 'utf8')).replace('"failed"', '"passed"'));
      const forged = await this.fukugen.run(['evidence', 'verify', folder], [4]);
      const damage = 'a record that says failed was made to say passed';
      const evidence = `${forged.json.chains.flatMap((one: { findings: { text: string }[] }) => one.findings)[0]?.text}`;
      this.negativeControls.push({ name: 'a forged record', damage, caught: forged.json.intact === false, evidence });
      return [`${json.chains.length} chains intact; ${damage}\ncaught: ${evidence}`, undefined];
    });
  }

  /** A truncated table in the restored copy: the drill has seen it full before. */
  private async damageACopy(cloud: SimulatedCloud): Promise<void> {
    await this.timeline.stage('a table is empty in the copy', async () => {
      cloud.damage = (server: ScratchServer) => query(server, policy, 'truncate shop.heartbeats').then(() => undefined);
      const execution = await cloud.drill(osaka, { databases: [{ name: 'shop', source: 'copy' }] });
      cloud.damage = async () => {};
      const [record] = recordsOf(cloud, osaka, execution);
      const caught = execution.status === 'FAILED' && record?.verdict === 'failed';
      const damage = 'shop.heartbeats of a restored copy was emptied';
      const evidence = record?.cause?.text ?? `the drill ended ${execution.status}`;
      this.negativeControls.push({ name: 'an empty table in a copy in Osaka', damage, caught, evidence });
      if (!caught) throw new Error(`${damage}, and the drill did not notice`);
      return [`${damage}\ncaught: ${evidence}`, undefined];
    });
  }
}

/** Every object of the Region's evidence as a file, as `aws s3 sync` would bring it. */
async function download(cloud: SimulatedCloud, region: string, folder: string): Promise<void> {
  const bucket = bucketOf(region);
  for (const [name, { body }] of cloud.objects.objects) {
    if (!name.startsWith(`${bucket}/evidence/`)) continue;
    const file = join(folder, name.slice(bucket.length + 1));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, body);
  }
}

function bucketOf(region: string): string {
  return `${policy}-evidence-${account}-${region}`;
}

function recordsOf(cloud: SimulatedCloud, region: string, { name }: Execution): DrillRecord[] {
  const documents = cloud.objects.documents(bucketOf(region), `evidence/${region}/`);
  return ([...documents.values()] as DrillRecord[]).filter(({ drill }) => drill === name);
}

function told({ database, source, checks, measured, kind }: DrillRecord): string {
  const { available, checked } = measured.rto;
  const passed = checks.filter(({ outcome }) => outcome === 'passed').length;
  return `${database} (${kind}, ${source}): available after ${available} s, checked after ${checked} s, ${passed} checks passed; scratch removed`;
}
