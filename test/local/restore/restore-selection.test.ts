import { link, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let server: LocalServer;
let workspace: LocalWorkspace;

const shop = `
  CREATE TYPE mood AS ENUM ('glad', 'sad');
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
  CREATE TABLE customers (id serial PRIMARY KEY, name text UNIQUE);
  CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customers, mood mood, parent int REFERENCES orders);
  CREATE INDEX orders_mood ON orders (mood);
  CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE TABLE "Odd.Name" (id int PRIMARY KEY, "order" int REFERENCES orders);
  CREATE VIEW names AS SELECT name FROM customers;
  CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM customers;
  CREATE TABLE events (day date, what text) PARTITION BY RANGE (day);
  CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE SCHEMA sales;
  CREATE TABLE sales.bills (id int PRIMARY KEY, "order" int REFERENCES orders);
  CREATE TABLE sales.lines (bill int REFERENCES sales.bills);
  CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''noticed''; END';
  CREATE EVENT TRIGGER noticing ON sql_drop EXECUTE FUNCTION noticed();
  INSERT INTO customers (name) SELECT 'customer ' || g FROM generate_series(1, 50) g;
  INSERT INTO orders (customer, mood) SELECT 1 + g % 50, 'glad' FROM generate_series(1, 300) g;
  INSERT INTO "Odd.Name" VALUES (1, 1);
  INSERT INTO events SELECT '2025-06-01'::date + g, 'x' FROM generate_series(1, 400) g;
  INSERT INTO sales.bills SELECT g, g FROM generate_series(1, 10) g;
  INSERT INTO sales.lines SELECT g FROM generate_series(1, 10) g;
  REFRESH MATERIALIZED VIEW counts;
  CREATE MATERIALIZED VIEW sales.totals AS SELECT count(*) AS bills FROM sales.bills;
  SELECT lo_from_bytea(0, 'large');`;

beforeAll(async () => {
  server = await startLocalServer();
  await server.create('shop', shop);
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: 'work' } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url('shop') },
  );
  await mkdir(workspace.path('work', 'plans', 'old'), { recursive: true });
  for (const name of ['a.md', 'plans/b.md', 'plans/old/c.md', 'plans/d.txt', 'first'])
    await writeFile(workspace.path('work', name), name);
  await link(workspace.path('work', 'first'), workspace.path('work', 'same-1'));
  await link(workspace.path('work', 'first'), workspace.path('work', 'same-2'));
  await symlink('a.md', workspace.path('work', 'link.md'));
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

async function tablesIn(database: string): Promise<string[]> {
  const rows = await server.query(
    database,
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname IN ('public', 'sales') ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

describe('given a database', () => {
  it('when one table is restored, then it is there with all it needs, and what goes with it and is left out is named', async () => {
    const { status, json } = await workspace.run(['restore', 'shop', '--table', 'public.orders', '--json']);
    expect(json.detail.findings).toEqual([]);
    expect({ status, verdict: json.verdict }).toEqual({ status: 0, verdict: 'identical' });
    expect(await tablesIn(json.beside)).toEqual(['orders']);
    expect(json.detail.leftOut).toEqual([
      'constraint public.orders.orders_customer_fkey',
      'view public.names',
      '1 large objects',
    ]);
    expect(json.detail.compared).toMatchObject({ tables: 1, rows: 300 });
    // It lives: the serial goes on, the trigger fires, its own foreign key holds, the event trigger is there.
    expect(await server.query(json.beside, `INSERT INTO orders (mood, parent) VALUES ('sad', 1) RETURNING id`)).toEqual(
      [{ id: 301 }],
    );
    await expect(server.query(json.beside, 'INSERT INTO orders (parent) VALUES (-1)')).rejects.toThrow(/parent_fkey/);
    expect(await server.query(json.beside, 'SELECT evtname FROM pg_event_trigger')).toEqual([{ evtname: 'noticing' }]);
  });

  it('when a schema and a table with a dot in its name are restored, then both are, with the foreign keys between what is there', async () => {
    const args = ['restore', 'shop', '--schema', 'sales', '--table', 'Odd.Name', 'public.Odd.Name', '--json'];
    expect(await workspace.run(args)).toMatchObject({
      status: 5,
      json: { error: { message: 'the backup has no table Odd.Name' } },
    });
    const { status, json } = await workspace.run(args.filter((arg) => arg !== 'Odd.Name'));
    expect({ status, verdict: json.verdict }).toEqual({ status: 0, verdict: 'identical' });
    expect(await tablesIn(json.beside)).toEqual(['"Odd.Name"', 'sales.bills', 'sales.lines', 'sales.totals']);
    expect(await server.query(json.beside, 'SELECT bills::int FROM sales.totals')).toEqual([{ bills: 10 }]);
    expect(json.detail.leftOut).toEqual(
      expect.arrayContaining([
        'constraint public."Odd.Name"."Odd.Name_order_fkey"',
        'constraint sales.bills.bills_order_fkey',
      ]),
    );
    await expect(server.query(json.beside, 'INSERT INTO sales.lines VALUES (-1)')).rejects.toThrow(/foreign key/);
  });

  it('when a partitioned table or one of its partitions is restored, then so are its parts, or what it is a part of without rows', async () => {
    const whole = (await workspace.run(['restore', 'shop', '--table', 'events', '--json'])).json;
    expect(await server.query(whole.beside, 'SELECT count(*)::int AS rows FROM events')).toEqual([{ rows: 400 }]);
    const part = (await workspace.run(['restore', 'shop', '--table', 'events_2026', '--json'])).json;
    expect(part.verdict).toBe('identical');
    expect(await tablesIn(part.beside)).toEqual(['events', 'events_2026']);
    expect(await server.query(part.beside, 'SELECT min(day)::text AS day FROM events')).toEqual([
      { day: '2026-01-01' },
    ]);
  });

  it.each([
    [
      ['--table', 'public.nothing', '--schema', 'nowhere'],
      5,
      /no table public\.nothing, and no schema nowhere with tables\n {2}next: it has public\.Odd\.Name, /,
    ],
    [['--path', '*.md'], 2, /shop is a postgres and has no --path; it takes --table and --schema\n/],
    [
      ['--table', 'orders', '--in-place'],
      2,
      /a part of a source is restored to a new place, never in place of the whole/,
    ],
  ])('when %j is asked for, then it is refused before anything is made', async (args, status, message) => {
    const before = await server.names();
    const answer = await workspace.run(['restore', 'shop', ...args]);
    expect(answer.stderr).toMatch(message);
    expect(answer.status).toBe(status);
    expect(await server.names()).toEqual(before);
  });
});

describe('given a folder', () => {
  it('when files are restored by pattern, then they are there with the folders that they lie in, and nothing else', async () => {
    const { status, json } = await workspace.run(['restore', 'work', '--path', '*.md', '--json']);
    expect({ status, verdict: json.verdict }).toEqual({ status: 0, verdict: 'identical' });
    const whole = await photograph(workspace.path('work'));
    const part = await photograph(json.beside);
    expect(Object.keys(part)).toEqual(['a.md', 'link.md', 'plans', 'plans/b.md', 'plans/old', 'plans/old/c.md']);
    for (const [path, picture] of Object.entries(part)) expect([path, picture]).toEqual([path, whole[path]]);
  });

  it('when one folder is restored, then all that is in it is', async () => {
    const { json } = await workspace.run(['restore', 'work', '--path', 'plans/', '--json']);
    expect(Object.keys(await photograph(json.beside))).toEqual([
      'plans',
      'plans/b.md',
      'plans/d.txt',
      'plans/old',
      'plans/old/c.md',
    ]);
  });

  it('when other names of a file are restored without the first, then they are one file', async () => {
    const { json } = await workspace.run(['restore', 'work', '--path', 'same-*', '--json']);
    expect(json.verdict).toBe('identical');
    const [one, two] = [await stat(`${json.beside}/same-1`), await stat(`${json.beside}/same-2`)];
    expect(one.ino).toBe(two.ino);
    expect(await readFile(`${json.beside}/same-1`, 'utf8')).toBe('first');
  });

  it('when nothing has the name, then that is said', async () => {
    expect(await workspace.run(['restore', 'work', '--path', 'nothing'])).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(
        /^fukugen: nothing in the backup is called nothing\n {2}next: write it as in a \.gitignore/,
      ),
    });
    expect(await workspace.run(['restore', 'work', '--table', 'a'])).toMatchObject({ status: 2 });
  });
});
