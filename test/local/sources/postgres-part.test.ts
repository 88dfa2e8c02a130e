import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { layout, readManifest, type SourceRecord } from '../../../local/generation/manifest.ts';
import { proveSource } from '../../../local/sources/index.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { filesHolding } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const context = {
  progress: { stage: () => {}, count: () => {}, end: () => {} },
  signal: new AbortController().signal,
};

const shop = `
  CREATE TYPE mood AS ENUM ('glad', 'sad');
  CREATE TABLE sessions (id serial PRIMARY KEY, secret text);
  CREATE TABLE orders (id serial PRIMARY KEY, mood mood, session int REFERENCES sessions);
  CREATE VIEW open AS SELECT o.id FROM orders o JOIN sessions ON sessions.id = o.session;
  CREATE TABLE events (day date, what text) PARTITION BY RANGE (day);
  CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE nothing_yet (day date) PARTITION BY RANGE (day);
  CREATE SCHEMA sales;
  CREATE TABLE sales."Odd ""*"" Name" (id int PRIMARY KEY, "order" int REFERENCES orders, mood public.mood);
  INSERT INTO sessions (secret) SELECT 'a-session-0451' FROM generate_series(1, 5);
  INSERT INTO orders (mood, session) SELECT 'glad', 1 FROM generate_series(1, 300);
  INSERT INTO events SELECT '2025-06-01'::date + g, 'x' FROM generate_series(1, 400) g;
  INSERT INTO sales."Odd ""*"" Name" SELECT g, g, 'sad' FROM generate_series(1, 10) g;
  CREATE MATERIALIZED VIEW sales.totals AS SELECT count(*) AS bills FROM sales."Odd ""*"" Name";
  SELECT lo_from_bytea(0, 'a-large-object-0452');`;

const part = (settings: object) => ({ kind: 'postgres', url: 'env:SHOP_URL', ...settings });
const sources = {
  sales: part({ schemas: ['sales'] }),
  chosen: part({ tables: ['orders', 'ev*'], excludeTables: ['events_2026'] }),
  slim: part({ excludeTables: ['sessions'] }),
};
const stores = { disk: { kind: 'generations', path: 'disk' } };

let server: LocalServer;
let workspace: LocalWorkspace;
let generation: string;
let records: ReadonlyMap<string, SourceRecord>;

beforeAll(async () => {
  server = await startLocalServer();
  await server.create('shop', shop);
  workspace = await LocalWorkspace.open({ sources, stores }, { SHOP_URL: server.url('shop') });
  const { status, json } = await workspace.run(['backup', '--json']);
  expect(status).toBe(0);
  generation = workspace.path('disk', json.generation);
  const { sources: recorded } = await readManifest(generation);
  records = new Map(recorded.map((record) => [record.name, record]));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

/** Tables with the number of their rows. */
async function rowsIn(database: string): Promise<Record<string, number>> {
  const tables = await server.query(
    database,
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname IN ('public', 'sales') ORDER BY 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables)
    counts[name] = (await server.query(database, `SELECT count(*)::int AS rows FROM ${name}`))[0].rows;
  return counts;
}

const whole = {
  events: 400,
  events_2025: 213,
  events_2026: 187,
  nothing_yet: 0,
  orders: 300,
  'sales."Odd ""*"" Name"': 10,
  'sales.totals': 1,
};

describe('given parts of a database in the policy', () => {
  it.each([
    ['sales', { schemas: ['sales'] }, 2, 11],
    ['chosen', { tables: ['orders', 'ev*'], excludeTables: ['events_2026'] }, 2, 513],
    ['slim', { excludeTables: ['sessions'] }, 5, 711],
  ])('when %s is backed up, then the record says what it is a part of, and counts that', (name, part, tables, rows) => {
    expect(records.get(name)?.detail).toMatchObject({ part, tables, rows });
  });

  it('when a backup leaves rows out, then they are not in it', async () => {
    const dumped = async (name: string) => (await readdir(`${generation}/${layout.data(name)}/dump/data`)).sort();
    expect(await dumped('sales')).toEqual(['000000-statements', '000001-table-sales.OddName', '000002-statements']);
    expect(await dumped('chosen')).toEqual([
      '000000-statements',
      '000001-table-public.events_2025',
      '000002-table-public.orders',
      '000003-statements',
    ]);
  });

  it.each(['sales', 'chosen', 'slim'])(
    'when %s is restored into a throwaway server, then it is identical',
    async (name) => {
      const proof = await proveSource(
        `${generation}/${layout.source(name)}`,
        records.get(name) as SourceRecord,
        context,
      );
      expect([proof.verdict, proof.text]).toEqual([
        'identical',
        expect.stringMatching(/^note: .*, as the policy said$/m),
      ]);
    },
  );

  it('when a row of it changes, then a comparison says so, and of what is in no part it says nothing', async () => {
    await server.query('shop', `UPDATE sales."Odd ""*"" Name" SET mood = 'glad' WHERE id = 1`);
    expect(await workspace.run(['compare', 'sales'])).toMatchObject({
      status: 4,
      stdout: expect.stringMatching(/Odd.*not the same content/),
    });
    expect(await workspace.run(['compare', 'chosen'])).toMatchObject({ status: 0 });
    await server.query('shop', `UPDATE sales."Odd ""*"" Name" SET mood = 'sad' WHERE id = 1`);
  });

  it('when the whole part is restored, then it has its tables and no other, and says what went with those', async () => {
    const { json } = await workspace.run(['restore', 'slim', '--json']);
    expect(json.verdict).toBe('identical');
    expect(await rowsIn(json.beside)).toEqual(whole);
    expect(json.detail.notes).toEqual([
      'note: all tables without sessions, as the policy said',
      'left out: constraint public.orders.orders_session_fkey',
      'left out: view public.open',
      'left out: 1 large objects',
    ]);
    // Sequences stand where they stood.
    expect(await server.query(json.beside, `INSERT INTO orders (mood) VALUES ('sad') RETURNING id`)).toEqual([
      { id: 301 },
    ]);
  });

  it('when one table of a part is restored, then it is there', async () => {
    const { json } = await workspace.run(['restore', 'chosen', '--table', 'orders', '--json']);
    expect([json.verdict, await rowsIn(json.beside)]).toEqual(['identical', { orders: 300 }]);
  });

  it.each([
    [
      'sessions',
      /^fukugen: the backup has no table public\.sessions\n {2}next: it has public\.events, .*--at an older generation/,
    ],
    [
      'events',
      /^fukugen: the backup has no rows of events\n {2}next: fukugen list, then --at a generation that has them/,
    ],
  ])(
    'when %s is asked for, of which it has no rows, then that is said and nothing is left behind',
    async (table, message) => {
      const before = await server.names();
      const answer = await workspace.run(['restore', table === 'events' ? 'sales' : 'chosen', '--table', table]);
      expect(answer).toMatchObject({ status: 5, stderr: expect.stringMatching(message) });
      expect(await server.names()).toEqual(before);
    },
  );

  it('when a part is to be put in place of the whole, then it is refused, and nothing is made', async () => {
    const before = await server.names();
    expect(await workspace.run(['restore', 'slim', '--in-place', '--yes'])).toMatchObject({
      status: 2,
      stderr: `fukugen: the backup has a part of the database (all tables without sessions), which would take the place of the whole of shop
  next: leave --in-place out, and take from the new database what is needed; or give shop another name first: ALTER DATABASE "shop" RENAME TO "shop_whole";
`,
    });
    expect(await server.names()).toEqual(before);
    expect(await filesHolding(workspace.path('state'), 'safety')).toEqual([]);
  });

  it('when no database has the name any more, then a part takes it', async () => {
    await server.query('postgres', 'ALTER DATABASE shop RENAME TO shop_whole');
    try {
      expect(await workspace.run(['restore', 'slim', '--in-place', '--yes'])).toMatchObject({ status: 0 });
      expect(await rowsIn('shop')).toEqual(whole);
    } finally {
      await server.query('postgres', 'DROP DATABASE IF EXISTS shop');
      await server.query('postgres', 'ALTER DATABASE shop_whole RENAME TO shop');
    }
  });
});

describe('given names in the policy that the database does not have', () => {
  it.each([['backup'], ['backup', '--dry-run']])(
    'when it is "fukugen %s %s", then all of them are named, with status 5',
    async (...command) => {
      const misspelt = { schemas: ['sale', 'sales'], tables: ['ordres', 'sales.*'], excludeTables: ['log.x'] };
      await workspace.write({ sources: { shop: part(misspelt) }, stores });
      const { status, all } = await workspace.run(command);
      expect(all).toContain(
        'the database shop has no schema sale with tables, and no table public.ordres, and no table log.x',
      );
      expect(status).toBe(5);
    },
  );

  it('when nothing is left of what is chosen, then that is said', async () => {
    await workspace.write({ sources: { shop: part({ schemas: ['sales'], excludeTables: ['sales.*'] }) }, stores });
    expect(await workspace.run(['backup'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining(
        'the database shop has no table that is left in this part\n  next: correct schemas',
      ),
    });
  });

  it('when it is a dry run of a policy that fits, then it says the part, and how large the database and its tables are', async () => {
    await server.query('shop', 'ANALYZE');
    await workspace.write({ sources, stores });
    const { status, stdout } = await workspace.run(['backup', '--dry-run']);
    expect(stdout).toMatch(
      /^chosen: would back up orders, ev\* without events_2026 of the database shop, [\d.]+ MB, largest public\.orders about [\d.]+ kB, .*, on PostgreSQL/m,
    );
    expect(status).toBe(0);
  });
});
