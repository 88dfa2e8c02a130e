import { randomBytes } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count } from '../core/counted.ts';
import { FukugenError } from '../core/errors.ts';
import { bytesText } from '../local/console/table.ts';
import { type ScratchServer, startScratchServer } from '../local/postgres/scratch-server.ts';
import { removeTree } from '../local/system/folders.ts';
import { query } from './aws/production.ts';
import { CloudPlay } from './cloud-play.ts';
import { type CommandLine, synthesise } from './command-line.ts';
import { damageOneByte } from './damage.ts';
import { startObjectStore } from './object-store.ts';
import type { Measured, NegativeControl, RehearsalReport } from './report.ts';
import { buildSampleDatabase } from './sample-database.ts';
import { changeOneByte } from './sample-database-change.ts';
import { keepWriting, lastHeartbeat } from './sample-database-writer.ts';
import { buildSampleFiles } from './sample-files.ts';
import { database, prepareCommandLine } from './scene.ts';
import { Timeline } from './timeline.ts';

export interface RehearsalOptions {
  /** Of the sample database; @default 60 MB */
  readonly bytes?: number;
}

/** How long the shop goes on selling after its last backup. */
const businessMilliseconds = 3_000;

/** Loses a database and a folder, gets both back, proves that they are the same, and proves that the proof can fail. */
export async function rehearse(options: RehearsalOptions, signal: AbortSignal): Promise<RehearsalReport> {
  const startedAt = new Date();
  const timeline = new Timeline(signal);
  const play = new Play(timeline, options, signal);
  let reason: string | undefined;
  try {
    await play.perform();
  } catch (error) {
    reason = signal.aborted ? 'stopped on request' : sentencesOf(error);
  }
  try {
    await play.clearUp();
  } catch (error) {
    reason ??= `could not clear up: ${(error as Error).message}`;
  }
  return {
    verdict: reason === undefined ? 'passed' : 'failed',
    ...(reason === undefined ? {} : { reason }),
    startedAt: startedAt.toISOString(),
    seconds: Math.round((Date.now() - startedAt.getTime()) / 100) / 10,
    stages: timeline.stages,
    measured: play.measured,
    comparison: play.comparison,
    negativeControls: play.negativeControls,
    ...(play.drillReport !== undefined && { drillReport: play.drillReport }),
  };
}

/** What went wrong, and what to do about it. */
function sentencesOf(error: unknown): string {
  const { message } = error as Error;
  return error instanceof FukugenError && error.next ? `${message}\nnext: ${error.next}` : message;
}

class Play {
  measured: Measured | null = null;
  comparison: unknown = null;
  drillReport: string | undefined;
  readonly negativeControls: NegativeControl[] = [];
  private readonly timeline: Timeline;
  private readonly options: RehearsalOptions;
  private readonly signal: AbortSignal;
  private readonly stack = new AsyncDisposableStack();

  constructor(timeline: Timeline, options: RehearsalOptions, signal: AbortSignal) {
    this.timeline = timeline;
    this.options = options;
    this.signal = signal;
  }

  async clearUp(): Promise<void> {
    await this.stack.disposeAsync();
  }

  async perform(): Promise<void> {
    const { timeline } = this;
    const home = await mkdtemp(join(tmpdir(), 'fukugen-rehearsal-'));
    this.stack.defer(() => removeWhole(home));

    timeline.chapter('A product, and a place to keep its backups');
    const password = randomBytes(12).toString('hex');
    const server = await timeline.stage('PostgreSQL', async () => {
      const started = this.stack.use(await startScratchServer({ listen: 'loopback', password }));
      return [`PostgreSQL ${started.programs.version} on 127.0.0.1:${started.port}`, started];
    });
    const objects = await timeline.stage('object store', async () => {
      const started = this.stack.use(await startObjectStore());
      return [`S3 over HTTPS at ${started.url}`, started];
    });
    await timeline.stage('sample database', async () => {
      const { tables, rows } = await buildSampleDatabase(
        server,
        database,
        this.options.bytes === undefined ? {} : { bytes: this.options.bytes },
      );
      return [`${tables} tables, ${count(rows)} rows, with every type that is awkward to back up`, undefined];
    });
    const work = join(home, 'work');
    await timeline.stage('sample files', async () => {
      const { files, bytes } = await buildSampleFiles(work);
      return [`${files} files, ${bytesText(bytes)}: a checkout, an Obsidian vault, pictures, transcripts`, undefined];
    });
    const fukugen = await prepareCommandLine({ home, work, server, objects, password, signal: this.signal });

    timeline.chapter('Backup, while the shop is open');
    await timeline.stage('fukugen init', async () => {
      await fukugen.run(['init']);
      return ['an encrypted restic repository in the object store', undefined];
    });
    const writer = await keepWriting(server.connection(database));
    this.stack.defer(async () => void (await writer.stop()));
    const generation = await timeline.stage('fukugen backup', async () => {
      const { json } = await fukugen.run(['backup']);
      const [shop] = json.sources;
      return [
        `generation ${json.generation}: dump and fingerprint of ${count(shop.detail.rows)} rows in one snapshot, on disk and in S3`,
        json.generation as string,
      ];
    });
    await timeline.stage('fukugen verify --level identical', async () => {
      const { json } = await fukugen.run(['verify', '--level', 'identical']);
      return [`restored ${proofsIn(json)} times into throwaway places, every table and file compared`, undefined];
    });
    await timeline.stage('business goes on', async () => {
      await new Promise((resolve) => setTimeout(resolve, businessMilliseconds));
      return ['orders and events keep coming in, not yet in any backup', undefined];
    });

    timeline.chapter('The disaster, and the way back');
    const { written, lastCommittedAt, lost } = await timeline.stage('DROP DATABASE; rm -rf', async () => {
      const before = await lastHeartbeat(server.connection(database));
      await query(server, 'postgres', `DROP DATABASE ${database} WITH (FORCE)`);
      const stopped = await writer.stop();
      await rm(work, { recursive: true, force: true });
      return [
        `${database} and the folder are gone; the last of ${stopped.written} orders was ${stopped.lastCommittedAt.toISOString()}`,
        { ...stopped, lost: before },
      ];
    });
    const disaster = performance.now();
    const restored = await timeline.stage('fukugen restore shop', async () => {
      const { json } = await fukugen.run(['restore', 'shop', '--store', 'offsite', '--in-place', '--yes']);
      this.comparison = json.detail;
      return [`from S3, beside, compared (${json.verdict}), then renamed into place`, json];
    });
    const rtoSeconds = Math.round((performance.now() - disaster) / 10) / 100;
    await timeline.stage('fukugen restore work', async () => {
      const { json } = await fukugen.run(['restore', 'work', '--in-place', '--yes']);
      return [`from disk, compared (${json.verdict}), then renamed into place`, undefined];
    });
    await timeline.stage('what was lost', async () => {
      const newest = await lastHeartbeat(server.connection(database));
      if (!newest) throw new Error('the restored database has no heartbeat: it is not the one that was backed up');
      const seconds = Math.round((lastCommittedAt.getTime() - newest.at.getTime()) / 10) / 100;
      const transactionsLost = (lost?.sequence ?? written) - newest.sequence;
      this.measured = { rpo: { seconds, transactionsLost }, rto: { seconds: rtoSeconds } };
      return [`RPO ${seconds} s (${transactionsLost} transactions), RTO ${rtoSeconds} s`, undefined];
    });
    if (restored.verdict !== 'identical') throw new Error(`the restored database is ${restored.verdict}`);

    timeline.chapter('Can the proof fail? Damage on purpose');
    await this.changeARow(fukugen, server);
    await this.damageAFile(fukugen, join(home, 'disk', generation));

    timeline.chapter('The cloud half');
    await timeline.stage('cdk synth', async () => {
      const { stacks, resources } = await synthesise(join(home, 'cdk.out'), this.signal);
      return [`${stacks.length} stacks (${stacks.join(', ')}), ${resources} resources, validated offline`, undefined];
    });
    timeline.chapter('The monthly drill, in a simulated account');
    const cloud = new CloudPlay(timeline, this.stack, fukugen);
    try {
      await cloud.perform();
    } finally {
      this.negativeControls.push(...cloud.negativeControls);
      this.drillReport = cloud.reportHtml;
    }
  }

  /** A restore brings a copy back right; then one byte in one row of it changes. */
  private async changeARow(fukugen: CommandLine, server: ScratchServer): Promise<void> {
    await this.timeline.stage('one byte in one row', async () => {
      const change = await changeOneByte(server.connection(database));
      const damage = `${change.table}.${change.column} of row ${change.key}: one byte of a restored copy changed`;
      const { json } = await fukugen.run(['compare', 'shop', '--at', 'latest'], [0, 4]);
      const evidence = String(json.text).split('\n')[1] ?? '';
      return this.control('one byte in one row of a restored copy', damage, json.verdict === 'different', evidence);
    });
  }

  private async damageAFile(fukugen: CommandLine, folder: string): Promise<void> {
    await this.timeline.stage('one byte in one stored file', async () => {
      const { file, position } = await damageOneByte(join(folder, 'sources', 'shop', 'data'));
      const damage = `byte ${position} of ${file.slice(folder.length + 1)}: one bit flipped`;
      const answer = await fukugen.run(['verify', '--store', 'disk'], [0, 4]);
      const finding = answer.json.findings.find((candidate: { verdict: string }) => candidate.verdict === 'failed');
      return this.control(
        'one byte in one stored file',
        damage,
        answer.status === 4,
        finding?.text.split('\n')[1] ?? '',
      );
    });
  }

  private control(name: string, damage: string, caught: boolean, evidence: string): readonly [string, undefined] {
    this.negativeControls.push({ name, damage, caught, evidence });
    if (!caught) throw new Error(`${damage}, and nothing noticed`);
    return [`${damage}\ncaught: ${evidence}`, undefined];
  }
}

function proofsIn(json: { readonly findings: readonly { readonly level: string }[] }): number {
  return json.findings.filter((finding) => finding.level === 'identical').length;
}

async function removeWhole(folder: string): Promise<void> {
  await removeTree(folder);
  if (await exists(folder)) throw new Error(`${folder} is still there`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
