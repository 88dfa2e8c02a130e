import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Connection } from '../../../core/integrity/connection.ts';
import { compareFingerprints, fingerprintDatabase, openSnapshot } from '../../../core/integrity/index.ts';
import { lines, useServer } from './support.ts';

const server = useServer();
const everything = fileURLToPath(new URL('fixtures/everything.sql', import.meta.url));

beforeAll(async () => {
  await server().run('postgres', 'create role alice; create role bob login; create role "Weird Role"');
});

describe('a database with one of everything', () => {
  test('has the same schema and rows after pg_dump and pg_restore, and after doing that again', async () => {
    const database = await server().database();
    await server().psql(database, everything);
    const recorded = await server().fingerprint(database);
    const once = await server().restored(database);
    const twice = await server().restored(once);
    expect(new Set(recorded.schema.objects.map(({ kind }) => kind)).size).toBeGreaterThan(30);
    for (const restored of [once, twice]) {
      const found = await server().fingerprint(restored);
      expect(found.schema.digest).toBe(recorded.schema.digest);
      const comparison = compareFingerprints(recorded, found, { restore: 'logical' });
      // What lives outside the dump, and nothing else.
      expect(lines(comparison)).toEqual([
        'difference: database: GRANT CONNECT TO bob is lost',
        'difference: database: REVOKE TEMPORARY FROM PUBLIC is lost',
        'difference: database: setting app.jwt_secret = sha256:f52fbd32b2b3b86ff88ef6c490628285f482af15ddcb29541f94bcf526a3f6c7 is lost',
        'difference: database: setting search_path of role bob = app, public is lost',
        'difference: database: setting work_mem = 8MB is lost',
        "difference: the database's connection limit is -1, recorded 50",
        "difference: the database's comment is none, recorded db",
        'note: foreign table app.ft was not compared: its rows live on another server (when the backup was taken)',
      ]);
    }
  });

  test('holds no secret and no row', async () => {
    const database = await server().database(`
      create extension file_fdw; create server s foreign data wrapper file_fdw; create user mapping for bob server s;
      create table t (a text); insert into t values ('a row''s own words');`);
    await server().run(
      'postgres',
      `alter database ${database} set app.key = 'hunter2'; alter role bob password 'hunter3'`,
    );
    const text = JSON.stringify(await server().fingerprint(database));
    expect(text).not.toMatch(/hunter|SCRAM|own words/);
  });
});

describe('a change of the schema is named:', () => {
  const table = 'create table t (a int, b text default $$x$$, constraint c check (a > 0)); create index i on t (a);';
  const routine = 'create function f(a int) returns int language sql as $$ select 1 $$;';

  test.each([
    ['column type', table, 'alter table t alter a type bigint', 'column public.t.a is defined differently'],
    ['column nullability', table, 'alter table t alter a set not null', 'column public.t.a is defined differently'],
    ['column default', table, `alter table t alter b set default 'y'`, 'column public.t.b is defined differently'],
    [
      'column collation',
      table,
      'alter table t alter b type text collate "C"',
      'column public.t.b is defined differently',
    ],
    [
      'column identity',
      'create table t (a int not null)',
      'alter table t alter a add generated always as identity',
      'column public.t.a is defined differently',
    ],
    [
      'generated column',
      'create table t (a int, b int generated always as (a + 1) stored)',
      'alter table t alter b drop expression',
      'column public.t.b is defined differently',
    ],
    ['column lost', table, 'alter table t drop b', 'column public.t.b is missing'],
    [
      'column order',
      table,
      'alter table t drop b; alter table t add b text default $$x$$; alter table t drop a; alter table t add a int check (a > 0)',
      'column order public.t is defined differently',
    ],
    ['constraint lost', table, 'alter table t drop constraint c', 'constraint public.t.c is missing'],
    [
      'constraint changed',
      table,
      'alter table t drop constraint c, add constraint c check (a >= 0)',
      'constraint public.t.c is defined differently',
    ],
    [
      'constraint not valid',
      table,
      'alter table t drop constraint c, add constraint c check (a > 0) not valid',
      'constraint public.t.c is defined differently',
    ],
    [
      'primary key with its index',
      'create table t (a int primary key)',
      'alter table t drop constraint t_pkey',
      'constraint public.t.t_pkey is missing, with 1 part',
    ],
    [
      'foreign key',
      'create table p (a int primary key); create table t (a int references p)',
      'alter table t drop constraint t_a_fkey',
      'constraint public.t.t_a_fkey is missing',
    ],
    ['index lost', table, 'drop index i', 'index public.i is missing'],
    ['index changed', table, 'drop index i; create index i on t (a desc)', 'index public.i is defined differently'],
    [
      'index invalid',
      table,
      `update pg_index set indisvalid = false where indexrelid = 'i'::regclass`,
      'index public.i is missing',
    ],
    ['index extra', table, 'create index j on t (b)', 'index public.j was not there when the backup was taken'],
    ['persistence', table, 'alter table t set unlogged', 'table public.t is defined differently'],
    [
      'partition bounds',
      'create table p (a int) partition by list (a); create table t partition of p for values in (1)',
      'alter table p detach partition t; alter table p attach partition t for values in (2)',
      'table public.t is defined differently',
    ],
    [
      'row security switched off',
      'create table t (a int); alter table t enable row level security',
      'alter table t disable row level security',
      'table public.t is defined differently',
    ],
    [
      'row security forced',
      'create table t (a int)',
      'alter table t force row level security',
      'table public.t is defined differently',
    ],
    [
      'policy',
      'create table t (a int); create policy p on t using (a = 1)',
      'alter policy p on t using (a = 2)',
      'policy public.t.p is defined differently',
    ],
    [
      'policy roles',
      'create table t (a int); create policy p on t using (true)',
      'alter policy p on t to bob',
      'policy public.t.p is defined differently',
    ],
    [
      'view',
      'create view v as select 1 as a',
      'create or replace view v as select 2 as a',
      'view public.v is defined differently',
    ],
    [
      'view options',
      'create view v as select 1 as a',
      'alter view v set (security_barrier)',
      'view public.v is defined differently',
    ],
    [
      'materialized view query',
      'create materialized view m as select 1 as a with no data',
      'drop materialized view m; create materialized view m as select 2 as a with no data',
      'materialized view public.m is defined differently',
    ],
    [
      'function body',
      routine,
      'create or replace function f(a int) returns int language sql as $$ select  1 $$',
      'function public.f(a integer) is defined differently',
    ],
    [
      'function volatility',
      routine,
      'alter function f immutable',
      'function public.f(a integer) is defined differently',
    ],
    ['function lost', routine, 'drop function f', 'function public.f(a integer) is missing'],
    ['procedure', 'create procedure p() language sql as $$ $$', 'drop procedure p', 'procedure public.p() is missing'],
    [
      'aggregate',
      `create aggregate g(int) (sfunc = int4pl, stype = int, initcond = '0')`,
      `create or replace aggregate g(int) (sfunc = int4pl, stype = int, initcond = '1')`,
      'aggregate public.g(integer) is defined differently',
    ],
    [
      'trigger switched off',
      `${table} create trigger r before update on t for each row execute function suppress_redundant_updates_trigger()`,
      'alter table t disable trigger r',
      'trigger public.t.r is defined differently',
    ],
    [
      'rule',
      `${table} create rule r as on delete to t do instead nothing`,
      'drop rule r on t',
      'rule public.t.r is missing',
    ],
    [
      'enum labels',
      `create type e as enum ('a', 'b')`,
      `alter type e rename value 'b' to 'c'`,
      'type public.e is defined differently',
    ],
    [
      'enum order',
      `create type e as enum ('a', 'b')`,
      `drop type e; create type e as enum ('b', 'a')`,
      'type public.e is defined differently',
    ],
    [
      'domain',
      'create domain d as int check (value > 0)',
      'alter domain d set not null',
      'type public.d is defined differently',
    ],
    [
      'domain constraint',
      'create domain d as int constraint p check (value > 0)',
      'alter domain d drop constraint p',
      'constraint public.d.p is missing',
    ],
    [
      'composite',
      'create type c as (a int)',
      'alter type c add attribute b int',
      'type public.c is defined differently',
    ],
    [
      'range',
      'create type g as range (subtype = int)',
      'drop type g; create type g as range (subtype = bigint)',
      'type public.g is defined differently',
    ],
    [
      'statistics',
      'create table t (a int, b int); create statistics s on a, b from t',
      'drop statistics s',
      'statistics public.s is missing',
    ],
    [
      'publication',
      'create table t (a int); create publication p for table t',
      'alter publication p set (publish = $$insert$$)',
      'publication p is defined differently',
    ],
    [
      'publication table',
      'create table t (a int); create publication p for table t',
      'alter publication p drop table t',
      'publication p is defined differently',
    ],
    [
      'event trigger',
      'create function e() returns event_trigger language plpgsql as $$ begin end $$; create event trigger e on ddl_command_end execute function e()',
      'alter event trigger e disable',
      'event trigger e is defined differently',
    ],
    [
      'text search configuration',
      'create text search configuration c (copy = simple)',
      'alter text search configuration c drop mapping for asciiword',
      'text search configuration public.c is defined differently',
    ],
    [
      'text search dictionary',
      'create text search dictionary d (template = simple)',
      'alter text search dictionary d (accept = false)',
      'text search dictionary public.d is defined differently',
    ],
    [
      'foreign server',
      `create extension file_fdw; create server s version '1' foreign data wrapper file_fdw`,
      `alter server s version '2'`,
      'server s is defined differently',
    ],
    [
      'foreign table',
      `create extension file_fdw; create server s foreign data wrapper file_fdw; create foreign table f (a int) server s options (filename '/a')`,
      `alter foreign table f options (set filename '/b')`,
      'foreign table public.f is defined differently',
    ],
    [
      'operator',
      'create operator === (leftarg = int, rightarg = int, function = int4eq)',
      'drop operator === (int, int)',
      'operator public.===(integer, integer) is missing',
    ],
    [
      'cast',
      'create type c as (a int); create cast (c as text) with inout',
      'drop cast (c as text)',
      'cast public.c as text is missing',
    ],
    ['collation', `create collation k (locale = 'C')`, 'drop collation k', 'collation public.k is missing'],
    ['schema', 'create schema s', 'drop schema s', 'schema s is missing'],
    [
      'comment',
      `${table} comment on column t.a is 'x'`,
      `comment on column t.a is 'y'`,
      'comment table column public.t.a is defined differently',
    ],
    ['comment on a schema', '', `comment on schema public is 'y'`, 'comment schema public is defined differently'],
  ])('%s', async (_what, before, change, text) => {
    const comparison = await server().changes(before, change);
    expect(comparison.verdict).toBe('different');
    expect(lines(comparison)).toContain(`difference: ${text}`);
  });

  test.each([
    [
      'owner of a table',
      'create table t (a int)',
      'alter table t owner to alice',
      'table public.t belongs to alice, recorded postgres',
    ],
    [
      'owner of a function',
      routine,
      'alter function f owner to bob',
      'function public.f(a integer) belongs to bob, recorded postgres',
    ],
    [
      'grant on a table',
      'create table t (a int); grant select on t to bob',
      'revoke select on t from bob',
      'table public.t: GRANT SELECT TO bob is lost',
    ],
    [
      'grant option',
      'create table t (a int); grant select on t to bob with grant option',
      'revoke grant option for select on t from bob',
      'table public.t: GRANT SELECT WITH GRANT OPTION TO bob is lost',
    ],
    [
      'grant to a role with a space',
      'create table t (a int); grant select on t to "Weird Role"',
      'revoke select on t from "Weird Role"',
      'table public.t: GRANT SELECT TO "Weird Role" is lost',
    ],
    [
      'grant on a column',
      'create table t (a int); grant update (a) on t to bob',
      'revoke update (a) on t from bob',
      'column public.t.a: GRANT UPDATE TO bob is lost',
    ],
    [
      'revoked default',
      `${routine} revoke execute on function f from public`,
      'grant execute on function f to public',
      'function public.f(a integer): REVOKE EXECUTE FROM PUBLIC is lost',
    ],
    [
      'new grant',
      'create table t (a int)',
      'grant delete on t to public',
      'table public.t: GRANT DELETE TO PUBLIC was not there when the backup was taken',
    ],
    [
      'grant on a sequence',
      'create sequence s; grant usage on s to bob',
      'revoke usage on s from bob',
      'sequence public.s: GRANT USAGE TO bob is lost',
    ],
    [
      'default privileges',
      'alter default privileges for role alice grant select on tables to bob',
      'alter default privileges for role alice revoke select on tables from bob',
      'default privileges for role alice on tables is missing',
    ],
    [
      'default privileges changed',
      'alter default privileges for role alice in schema public grant select, update on tables to bob',
      'alter default privileges for role alice in schema public revoke update on tables from bob',
      'default privileges for role alice in schema public on tables: GRANT UPDATE TO bob is lost',
    ],
  ])('%s', async (_what, before, change, text) => {
    expect(lines(await server().changes(before, change))).toContain(`difference: ${text}`);
  });

  test('a missing table once, and not each of its parts', async () => {
    const comparison = await server().changes(
      `create table t (a int primary key, b text unique check (b <> '')); comment on column t.a is 'x'; insert into t values (1, 'x');
       create trigger r before update on t for each row execute function suppress_redundant_updates_trigger();`,
      'drop table t',
    );
    expect(lines(comparison)).toEqual(['difference: table public.t is missing, with 1 row']);
  });

  test('a missing foreign key of a partitioned table once, and not each of its clones', async () => {
    const comparison = await server().changes(
      `create table p (a int primary key) partition by list (a); create table p1 partition of p default;
       create table t (a int references p) partition by list (a); create table t1 partition of t default;`,
      'alter table t drop constraint t_a_fkey',
    );
    expect(lines(comparison)).toEqual(['difference: constraint public.t.t_a_fkey is missing']);
  });

  test('an invalid index that pg_dump left out is no loss', async () => {
    const database = await server().database(`create table t (a int); create index i on t (a);
      update pg_index set indisvalid = false where indexrelid = 'i'::regclass`);
    const recorded = await server().fingerprint(database);
    const found = await server().fingerprint(await server().restored(database));
    expect(lines(compareFingerprints(recorded, found, { restore: 'logical' }))).toEqual([
      'note: invalid index public.i is missing: pg_dump leaves invalid indexes out',
    ]);
  });
});

test('a thousand tables take a few statements each, and what is read of all together no more than of one', async () => {
  const read = async (count: number) => {
    const database = await server().database(`do $$ begin for i in 1..${count} loop
      execute format('create table t%s (id serial primary key, a int, b text, c timestamptz)', i); end loop; end $$;`);
    return server().connected(database, async (client) => {
      await openSnapshot(client);
      let statements = 0;
      const counting: Connection = {
        query: (text, values) => {
          statements += 1;
          return client.query(text, values);
        },
      };
      const { tables, schema } = await fingerprintDatabase(counting);
      return { tables: tables.length, objects: schema.objects.length, statements };
    });
  };
  const { statements: one } = await read(1);
  const { statements, ...found } = await read(1_000);
  expect(found).toEqual({ tables: 1_000, objects: 9_002 });
  // A savepoint around the reading of each; a few more, since locks and sequences come by the hundred.
  expect(statements - one).toBeLessThan(3 * 1_000 + 50);
});
