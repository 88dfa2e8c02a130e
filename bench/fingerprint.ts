// What a fingerprint costs beside `pg_dump -Fc`, on the same data, on the same machine, in the same run.
//   node bench/fingerprint.ts [megabytes] [rounds]
// The numbers behind docs/adr/0001-content-hash.md. Takes about five minutes for the default of 1,000 MB and 3 rounds.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { fingerprintDatabase, openSnapshot } from '../core/integrity/index.ts';
import { clientFor } from '../local/postgres/programs.ts';
import { startScratchServer } from '../local/postgres/scratch-server.ts';
import { tables } from './tables.ts';

const megabytes = Number(process.argv[2] ?? 1_000);
const rounds = Number(process.argv[3] ?? 3);

/** Two lanes of 64 bits out of 32 hexadecimal digits, computed once a row. */
const twoLanes = (digest: string) => (columns: string, table: string) =>
  `
  select count(*), sum(substring(h from 1 for 64)::bigint), sum(substring(h from 65 for 64)::bigint)
    from (select ('x' || ${digest.replace('ROW', columns)})::bit(128) as h, clock_timestamp() from only ${table}) s`;
const variants: Record<string, (columns: string, table: string) => string> = {
  'count(*)': (_columns, table) => `select count(*) from only ${table}`,
  'row text, not hashed': (columns, table) => `select sum(length(row(${columns})::text)) from only ${table}`,
  'row binary, not hashed': (columns, table) => `select sum(length(record_send(row(${columns})))) from only ${table}`,
  'row text, hashtextextended, 2 seeds': (columns, table) => `
    select count(*), sum(hashtextextended(h, 0)), sum(hashtextextended(h, 1))
      from (select row(${columns})::text collate "C" as h, clock_timestamp() from only ${table}) s`,
  'row text, md5': twoLanes('md5(row(ROW)::text)'),
  'row text, sha256': twoLanes(`encode(substr(sha256(convert_to(row(ROW)::text, 'UTF8')), 1, 16), 'hex')`),
  'row binary, sha256': twoLanes(`encode(substr(sha256(record_send(row(ROW))), 1, 16), 'hex')`),
};

await using server = await startScratchServer({ settings: { shared_buffers: '1GB' } });
const { bin } = await clientFor(server.programs.major);
const folder = await mkdtemp(join(tmpdir(), 'fukugen-bench-'));
const client = new pg.Client(server.connection('postgres'));
await client.connect();

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

/** The fastest of several: what others on the machine add is not the thing's own cost. */
async function best(work: () => Promise<unknown>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) fastest = Math.min(fastest, await seconds(work));
  return fastest;
}

try {
  console.log(`PostgreSQL ${server.programs.version}, best of ${rounds}`);
  for (const { create, insert, rowsPerMegabyte } of Object.values(tables)) {
    await client.query(create);
    await client.query(insert(1, Math.round(megabytes / 3) * rowsPerMegabyte));
  }
  await client.query('drop table words');
  await client.query('vacuum analyze');
  const { rows } = await client.query(
    `select relname, pg_table_size(oid) / 1e6 as mb, reltuples from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  for (const { relname, mb, reltuples } of rows) console.log(`  ${relname}: ${Math.round(mb)} MB, ${reltuples} rows`);

  const file = join(folder, 'dump');
  const dump = await best(() =>
    execa(join(bin, 'pg_dump'), [
      '-Fc',
      '-f',
      file,
      '-h',
      server.host,
      '-p',
      String(server.port),
      '-U',
      server.user,
      'postgres',
    ]),
  );
  const row = (what: string, time: number) =>
    console.log(`${(time / dump).toFixed(3)}  ${time.toFixed(2).padStart(6)} s  ${what}`);
  row(`pg_dump -Fc (gzip), ${Math.round((await stat(file)).size / 1e6)} MB`, dump);

  for (const workers of [2, 0]) {
    console.log(
      workers > 0 ? `with up to ${workers} parallel workers (the server's default):` : 'without parallel workers:',
    );
    await client.query(`set max_parallel_workers_per_gather = ${workers}`);
    for (const [what, query] of Object.entries(variants)) {
      let total = 0;
      for (const [table, { columns }] of Object.entries(tables))
        total += await best(() => client.query(query(columns, table)));
      row(what, total);
    }
    const whole = await best(async () => {
      await openSnapshot(client);
      await fingerprintDatabase(client);
      await client.query('commit');
    });
    row('fingerprintDatabase: chosen hash, schema and all', whole);
  }
} finally {
  await client.end();
  await rm(folder, { recursive: true, force: true });
}
