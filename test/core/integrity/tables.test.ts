import { describe, expect, test } from '@jest/globals';
import type { DatabaseFingerprint } from '../../../core/integrity/index.ts';
import { useServer } from './support.ts';

const server = useServer();

const tablesOf = async (sql: string) => {
  const [{ tables, unseen }] = (await server().states(sql)) as [DatabaseFingerprint];
  return { tables, unseen };
};
const summary = ({ tables }: Pick<DatabaseFingerprint, 'tables'>) =>
  Object.fromEntries(tables.map(({ schema, name, kind, rows }) => [`${schema}.${name}`, `${kind} ${rows}`]));

describe('the tables of a fingerprint', () => {
  test('are none in an empty database', async () => {
    expect(await tablesOf('')).toEqual({ tables: [], unseen: [] });
  });

  test('are the leaves of a partitioned table, by range, list and hash, nested', async () => {
    const found = await tablesOf(`
      create table p (id int, k text) partition by list (k);
      create table p_a partition of p for values in ('a') partition by range (id);
      create table p_a1 partition of p_a for values from (0) to (10);
      create table p_a2 partition of p_a default partition by hash (id);
      create table p_a2h partition of p_a2 for values with (modulus 1, remainder 0);
      create table p_rest partition of p default;
      insert into p values (1, 'a'), (2, 'a'), (20, 'a'), (1, 'b');`);
    expect(summary(found)).toEqual({
      'public.p_a1': 'partition 2',
      'public.p_a2h': 'partition 1',
      'public.p_rest': 'partition 1',
    });
  });

  test('hold their own rows and not those of tables that inherit from them', async () => {
    const found = await tablesOf(`create table a (x int); create table b (y int) inherits (a);
      insert into a values (1); insert into b values (2, 3), (4, 5);`);
    expect(summary(found)).toEqual({ 'public.a': 'table 1', 'public.b': 'table 2' });
  });

  test('hash a partition with its own order of columns like one that has its parent’s', async () => {
    const parent = 'create table p (a int, b text) partition by list (a);';
    const straight = await tablesOf(`${parent} create table c partition of p default; insert into p values (1, 'x');`);
    const turned = await tablesOf(`${parent} create table c (gone int, b text, a int); alter table c drop column gone;
      alter table p attach partition c default; insert into p values (1, 'x');`);
    expect(turned.tables[0]?.content).toBe(straight.tables[0]?.content);
  });

  test('include materialized views, populated and not', async () => {
    const { tables } = await tablesOf(`create materialized view m as select 1 as a;
      create materialized view n as select 1 / 0 as a with no data;`);
    expect(tables.map(({ name, kind, rows, populated }) => ({ name, kind, rows, populated }))).toEqual([
      { name: 'm', kind: 'materialized view', rows: 1, populated: undefined },
      { name: 'n', kind: 'materialized view', rows: 0, populated: false },
    ]);
  });

  test('say which are unlogged, and leave temporary ones and views out', async () => {
    const database = await server().database('create unlogged table u (a int); create view v as select 1 / 0 as x');
    const tables = await server().connected(database, async (client) => {
      await client.query('create temporary table gone (a int)');
      return (await server().fingerprint(database)).tables;
    });
    expect(tables.map(({ name, persistence }) => [name, persistence])).toEqual([['u', 'unlogged']]);
  });

  test('hash stored generated and identity columns', async () => {
    const sql = (
      factor: number,
    ) => `create table t (id int generated always as identity, a int, b int generated always as
      (a * ${factor}) stored); insert into t (a) values (1), (2);`;
    const [one, other] = [await tablesOf(sql(2)), await tablesOf(sql(3))];
    expect(one.tables[0]?.rows).toBe(2);
    expect(one.tables[0]?.content).not.toBe(other.tables[0]?.content);
  });

  test.each([
    ['spaces', 'create table "has space" ("a b" int); insert into "has space" values (1)', 'public."has space"'],
    ['quotes', 'create table "Weird ""Name""" (a int)', 'public."Weird ""Name"""'],
    ['Japanese', 'create table 注文 (数量 int, "日付" date); insert into 注文 values (1)', 'public."注文"'],
    ['reserved words', 'create table "select" ("from" int, "order" int)', 'public.select'],
    ['the aliases of our own query', 'create table r (r int, h int, hashed text, rows int)', 'public.r'],
    ['a dollar and a percent sign', 'create table "a$1%s" ("$1" int)', 'public."a$1%s"'],
  ])('may have names with %s', async (_what, sql, name) => {
    const names: string[] = [];
    const database = await server().database(sql);
    const { tables, unseen } = await server().fingerprint(database, { onTable: (table) => names.push(table) });
    expect({ names, read: tables.length, unseen }).toEqual({ names: [name], read: 1, unseen: [] });
  });

  test('may have no columns', async () => {
    const { tables } = await tablesOf('create table z (); insert into z default values; insert into z default values;');
    expect(tables[0]).toMatchObject({ rows: 2 });
  });

  test('may have 1,600 columns', async () => {
    const columns = Array.from({ length: 1600 }, (_, at) => `c${at} ${at % 2 ? 'bool' : 'int2'}`);
    const database = await server().database(
      `create table wide (${columns.join(', ')}); insert into wide (c0, c1599) values (1, true)`,
    );
    const before = await server().fingerprint(database);
    await server().run(database, 'update wide set c1599 = false');
    const after = await server().fingerprint(database);
    expect(before.tables[0]?.rows).toBe(1);
    expect(after.tables[0]?.content).not.toBe(before.tables[0]?.content);
  });

  test('may hold 50 MB in one row', async () => {
    const sql = (last: string) =>
      `create table t (a text, b text[]); insert into t values (repeat('あ', 17000000) || '${last}', array['x'])`;
    const [one, other] = [await tablesOf(sql('1')), await tablesOf(sql('2'))];
    expect(one.unseen).toEqual([]);
    expect(one.tables[0]?.content).not.toBe(other.tables[0]?.content);
  });

  test('of an extension count only with the rows that the extension wants dumped', async () => {
    // Stands in for PostGIS and its spatial_ref_sys: nothing in the packaged extensions registers a table.
    const database = await server().database(`
      create extension citext;
      create table config (id int); create table internal (id int); insert into config values (1), (2), (3); insert into internal values (1);
      alter extension citext add table config; alter extension citext add table internal;
      update pg_extension set extconfig = array['config'::regclass::oid], extcondition = array['WHERE id > 1'] where extname = 'citext';`);
    expect(summary(await server().fingerprint(database))).toEqual({ 'public.config': 'table 2' });
  });

  test('are counted out loud', async () => {
    const database = await server().database('create table a (x int); create table b (x int)');
    const steps: unknown[] = [];
    await server().fingerprint(database, { onTable: (...step) => steps.push(step) });
    expect(steps).toEqual([
      ['public.a', 1, 2],
      ['public.b', 2, 2],
    ]);
  });

  test('stop being read when the signal says so', async () => {
    const database = await server().database('create table a (x int); create table b (x int)');
    const controller = new AbortController();
    const reading = server().fingerprint(database, { onTable: () => controller.abort(), signal: controller.signal });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled', message: 'the fingerprint was cancelled' });
  });
});
