// What each new generation of a growing database adds to a restic repository, beside what a `pg_dump -Fc` file of the same moment adds to another.
//   node bench/restic-growth.ts [megabytes] [generations]
// The numbers behind "uncompressed segments" in docs/adr/0010-stored-form-of-dumps.md. Takes about three minutes for the default.
import { lstat, mkdir, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { takeGeneration } from '../local/generation/take-generation.ts';
import { clientFor } from '../local/postgres/programs.ts';
import { startScratchServer } from '../local/postgres/scratch-server.ts';
import { removeTree } from '../local/system/folders.ts';
import { openWorkspace } from '../local/workspace.ts';
import { tables } from './tables.ts';

const megabytes = Number(process.argv[2] ?? 90);
const count = Number(process.argv[3] ?? 11);

await using server = await startScratchServer({ settings: { shared_buffers: '256MB', max_wal_size: '4GB' } });
const { bin, version } = await clientFor(server.programs.major);
const folder = await mkdtemp(join(tmpdir(), 'fukugen-bench-'));
const admin = new pg.Client(server.connection('postgres'));
await admin.connect();
await admin.query('create database shop');
const client = new pg.Client(server.connection('shop'));
await client.connect();

const rows = new Map<string, number>();

async function grow(share: number): Promise<void> {
  for (const [name, table] of Object.entries(tables)) {
    const before = rows.get(name) ?? 0;
    const more = before === 0 ? Math.round((megabytes / 3) * table.rowsPerMegabyte) : Math.ceil(before * share);
    await client.query(table.insert(before + 1, before + more));
    rows.set(name, before + more);
  }
}

async function bytesOf(root: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

const context = {
  progress: { stage: () => {}, count: () => {}, end: () => {} },
  signal: new AbortController().signal,
};
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

try {
  process.env.XDG_STATE_HOME = join(folder, 'state');
  process.env.PGUSER = server.user;
  process.env.FUKUGEN_BENCH = 'bench';
  const restic = { kind: 'restic', repository: 'ours', password: 'env:FUKUGEN_BENCH' };
  const source = { kind: 'postgres', host: server.host, port: server.port, database: 'shop' };
  // Segments are linked to the last generation on the disk, as they are for everybody who has both stores.
  const stores = { disk: { kind: 'generations', path: 'disk' }, offsite: restic };
  await writeFile(
    join(folder, 'backup.config.yaml'),
    JSON.stringify({ name: 'bench', local: { sources: { shop: source }, stores } }),
  );
  const workspace = await openWorkspace(folder, 'backup.config.yaml', context.signal);
  const env = { RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: join(folder, 'cache') };
  process.env.RESTIC_CACHE_DIR = env.RESTIC_CACHE_DIR;
  for (const repository of ['ours', 'theirs'])
    await execa('restic', ['init', '--quiet', '-r', join(folder, repository)], { env });
  await mkdir(join(folder, 'dumps'));
  for (const { create } of Object.values(tables)) await client.query(create);

  console.log(
    `PostgreSQL ${version}, ${(await execa('restic', ['version'])).stdout.split(' compiled')[0]}; 1 % new rows in each table`,
  );
  const added = { ours: [] as number[], theirs: [] as number[], file: [] as number[] };
  const before = { ours: 0, theirs: 0 };
  for (let place = 0; place < count; place += 1) {
    await grow(0.01);
    if (place === 0) await client.query('vacuum analyze');
    const dump = join(folder, 'dumps', 'shop.dump');
    await execa(join(bin, 'pg_dump'), [
      '-Fc',
      '-f',
      dump,
      '-h',
      server.host,
      '-p',
      `${server.port}`,
      '-U',
      server.user,
      'shop',
    ]);
    await execa('restic', ['backup', '--quiet', '-r', join(folder, 'theirs'), join(folder, 'dumps')], { env });
    const { stores: outcomes } = await takeGeneration(workspace, workspace.sources, context);
    for (const { error } of outcomes) if (error) throw error;
    added.file.push((await stat(dump)).size);
    for (const name of ['ours', 'theirs'] as const) {
      const now = await bytesOf(join(folder, name));
      added[name].push(now - before[name]);
      before[name] = now;
    }
  }
  const text = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
  const [ours, theirs, file] = [added.ours, added.theirs, added.file].map((values) => median(values.slice(1))) as [
    number,
    number,
    number,
  ];
  console.log(`the first: ${text(added.ours[0] as number)} of ${text(added.theirs[0] as number)}`);
  console.log(
    `${(ours / theirs).toFixed(3)}  each later one, median, to what the -Fc file adds to its repository: ${text(ours)} of ${text(theirs)}`,
  );
  console.log(`${(ours / file).toFixed(3)}  the same, to the size of the -Fc file (goal: at most 0.2): ${text(file)}`);
} finally {
  await client.end();
  await admin.end();
  await removeTree(folder);
}
