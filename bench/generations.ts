// What generations of a growing database cost beside `pg_dump -Fc`, on the same data, on the same machine, in the same run.
//   node bench/generations.ts [megabytes] [generations] [rounds]
// The numbers behind docs/adr/0010-stored-form-of-dumps.md. Takes about three minutes for the default of 90 MB, 12 generations and 3
// rounds of the first generation and of the restore; the goals are set for 1000 and 112.
import { lstat, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { restore } from '../local/commands/restore.ts';
import { takeGeneration } from '../local/generation/take-generation.ts';
import { clientFor } from '../local/postgres/programs.ts';
import { startScratchServer } from '../local/postgres/scratch-server.ts';
import { removeTree } from '../local/system/folders.ts';
import { openWorkspace } from '../local/workspace.ts';
import { tables } from './tables.ts';

const megabytes = Number(process.argv[2] ?? 90);
const count = Number(process.argv[3] ?? 12);
const rounds = Number(process.argv[4] ?? 3);

/** As a server of somebody's is: what is written survives a crash, and goes to the log first. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', wal_level: 'replica' };
await using server = await startScratchServer({
  settings: { ...durable, shared_buffers: '512MB', max_wal_size: '4GB' },
});
const { bin } = await clientFor(server.programs.major);
const folder = await mkdtemp(join(tmpdir(), 'fukugen-bench-'));
const database = 'shop';
const connection = ['-h', server.host, '-p', String(server.port), '-U', server.user];
const admin = new pg.Client(server.connection('postgres'));
await admin.connect();
await admin.query(`create database ${database}`);
const client = new pg.Client(server.connection(database));
await client.connect();

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

/** Neither way shall pay for what the other left to be written. */
async function settle(): Promise<void> {
  await client.query('checkpoint').catch(() => admin.query('checkpoint'));
  await execa('sync');
}

const rows = { orders: 0, events: 0, articles: 0 };

async function grow(share: number): Promise<void> {
  for (const [name, table] of Object.entries(tables) as [keyof typeof tables, (typeof tables)[keyof typeof tables]][]) {
    const more = rows[name] === 0 ? Math.round((megabytes / 3) * table.rowsPerMegabyte) : Math.ceil(rows[name] * share);
    await client.query(table.insert(rows[name] + 1, rows[name] + more));
    rows[name] += more;
  }
}

/** Each file once, however many generations hold it. */
async function bytesOf(root: string): Promise<number> {
  const seen = new Map<number, number>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const stats = await lstat(join(entry.parentPath, entry.name));
    if (entry.isFile()) seen.set(stats.ino, stats.size);
  }
  return [...seen.values()].reduce((sum, size) => sum + size, 0);
}

const context = {
  progress: { stage: () => {}, count: () => {}, end: () => {} },
  signal: new AbortController().signal,
};
const dumpFile = (place: number) => join(folder, 'dumps', `${place}.dump`);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

try {
  process.env.XDG_STATE_HOME = join(folder, 'state');
  process.env.PGUSER = server.user;
  const source = { kind: 'postgres', host: server.host, port: server.port, database };
  const policy = {
    name: 'bench',
    local: { sources: { shop: source }, stores: { disk: { kind: 'generations', path: 'disk' } } },
  };
  await writeFile(join(folder, 'backup.config.yaml'), JSON.stringify(policy));
  await execa('mkdir', [join(folder, 'dumps')]);
  const workspace = await openWorkspace(folder, 'backup.config.yaml', context.signal);
  for (const { create } of Object.values(tables)) await client.query(create);

  console.log(`PostgreSQL ${server.programs.version}; ${count} generations, 1 % new rows between them`);
  const dump = (place: number) =>
    seconds(() => execa(join(bin, 'pg_dump'), ['-Fc', '-f', dumpFile(place), ...connection, database]));
  const generation = () => seconds(() => takeGeneration(workspace, workspace.sources, context));
  const first = { dump: [] as number[], generation: [] as number[] };
  const later = { dump: [] as number[], generation: [] as number[] };
  let dumped = 0;
  for (let place = 0; place < count; place += 1) {
    await grow(0.01);
    if (place === 0) await client.query('vacuum analyze');
    await settle();
    for (let round = 0; round < (place === 0 ? rounds : 1); round += 1) {
      const times = place === 0 ? first : later;
      // With the memory of it: a store that was there and is gone is a disk that is not mounted.
      if (round > 0) for (const name of ['disk', 'state']) await removeTree(join(folder, name));
      const ways = [
        async () => times.dump.push(await dump(place)),
        async () => times.generation.push(await generation()),
      ];
      // In turns, so that none always finds what the other has read.
      for (const way of (place + round) % 2 === 0 ? ways : ways.reverse()) {
        await way();
        await settle();
      }
    }
    dumped += (await stat(dumpFile(place))).size;
    if (place > 0 && place < count - 1) await rm(dumpFile(place - 1));
  }
  const stored = await bytesOf(join(folder, 'disk'));
  const line = (what: string, ratio: number, goal: string, detail: string) =>
    console.log(`${ratio.toFixed(3)}  ${what} (goal: ${goal}): ${detail}`);
  /** The median of the ratios, each of two runs that followed one another: what else the machine does weighs on both. */
  const compared = (what: string, own: number[], others: number[], goal: string) => {
    const detail = `${median(own).toFixed(2)} s of ${median(others).toFixed(2)} s, medians of ${own.length}`;
    const ratios = own.map((time, at) => time / (others[at] as number));
    line(what, median(ratios), goal, `${detail}; load ${loadavg()[0]?.toFixed(1)}`);
  };
  compared('time of the first generation', first.generation, first.dump, 'at most 0.45');
  if (count > 1) compared('time of a later one', later.generation, later.dump, 'at most 0.45');
  line(
    'bytes of all',
    stored / dumped,
    'at most 0.15',
    `${(stored / 1e6).toFixed(1)} MB of ${(dumped / 1e6).toFixed(1)} MB`,
  );

  await client.end();
  const byHand: number[] = [];
  const inPlace: number[] = [];
  const replace = { at: 'latest', inPlace: true, safety: false, yes: true };
  for (let round = 0; round < rounds; round += 1) {
    await admin.query('create database by_pg_restore');
    await settle();
    const args = ['--exit-on-error', '-d', 'by_pg_restore', ...connection, dumpFile(count - 1)];
    byHand.push(await seconds(() => execa(join(bin, 'pg_restore'), args)));
    await admin.query('drop database by_pg_restore');
    await settle();
    inPlace.push(
      await seconds(async () => {
        const { status, text } = await restore(workspace, 'shop', replace, context);
        if (status !== 0) throw new Error(text);
      }),
    );
    const kept = await admin.query(`select datname from pg_database where datname like '${database}\\_before\\_%'`);
    for (const { datname } of kept.rows) await admin.query(`drop database ${datname}`);
  }
  compared('restore in place, compared and swapped', inPlace, byHand, 'at most 0.75 of pg_restore');
} finally {
  await client.end().catch(() => {});
  await admin.end();
  await removeTree(folder);
}
