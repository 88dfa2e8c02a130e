import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DatabaseFingerprint } from '../../../core/integrity/index.ts';
import { parallel, useServer } from './support.ts';

const server = useServer();

/** The hash of a one-column table, one value a row. */
const hashOf = (type: string, ...values: readonly string[]) =>
  server().content(
    `create table t (a ${type}); insert into t values ${values.map((value) => `(${value})`).join(', ')}`,
  );

describe('the content hash', () => {
  test('does not depend on the order of rows', async () => {
    expect(await hashOf('int', '1', '2', '3')).toBe(await hashOf('int', '3', '1', '2'));
  });

  test('counts duplicates', async () => {
    const hashes = await Promise.all([hashOf('int', '1'), hashOf('int', '1', '1'), hashOf('int', '1', '1', '1')]);
    expect(new Set(hashes).size).toBe(3);
  });

  test('does not let a pair of equal rows vanish, as exclusive or would', async () => {
    expect(await hashOf('int', '1', '2', '2')).not.toBe(await hashOf('int', '1', '3', '3'));
  });

  test('is zero without rows', async () => {
    expect(await server().content('create table t (a int)')).toBe('0'.repeat(32));
  });

  test('does not depend on the physical order of columns, nor on dropped ones', async () => {
    const plain = `create table t (a int, b text); insert into t values (1, 'x')`;
    const turned = `create table t (b text, gone int, a int); insert into t values ('x', 9, 1); alter table t drop column gone`;
    expect(await server().content(turned)).toBe(await server().content(plain));
  });

  test('tells which column holds a value', async () => {
    const one = await server().content(`create table t (a text, b text); insert into t values ('x', null)`);
    const other = await server().content(`create table t (a text, b text); insert into t values (null, 'x')`);
    expect(one).not.toBe(other);
  });

  test('tells where one value ends and the next begins', async () => {
    const hashes = [
      await server().content(`create table t (a text, b text); insert into t values ('x,y', 'z')`),
      await server().content(`create table t (a text, b text); insert into t values ('x', 'y,z')`),
      await server().content(`create table t (a text[], b text[]); insert into t values ('{x}', '{y}')`),
      await server().content(`create table t (a text[], b text[]); insert into t values ('{x,y}', '{}')`),
    ];
    expect(new Set(hashes).size).toBe(4);
  });

  test.each([
    ['text', ['null', `''`, `'NULL'`, `' '`, `'a'`, `'a '`, `'A'`, `'あ'`, `'\u00e9'`, `'e\u0301'`]],
    ['bytea', ['null', `''`, `'\\x00'`, `'\\x0000'`, `'\\x5c'`]],
    ['float8', ['0', `'-0'`, `'NaN'`, `'Infinity'`, `'-Infinity'`, '1e-320', '0.1', '0.30000000000000004', '0.3']],
    ['numeric', ['0', '1', '1.0', '1.00', `'NaN'`, '1e100', '-1', '0.1', '123456789012345678901234567890.123']],
    ['json', [`'{"a":1,"b":2}'`, `'{"b":2,"a":1}'`, `'{"a":1, "b":2}'`, `'null'`, 'null']],
    ['jsonb', [`'{"a":1}'`, `'{"a":1.0}'`, `'{"a":"1"}'`, `'null'`, 'null', `'[]'`]],
    ['int[]', [`'{1,2}'`, `'{2,1}'`, `'[0:1]={1,2}'`, `'{{1,2}}'`, `'{1,NULL}'`, `'{}'`, 'null', `'{1,2,NULL}'`]],
    ['text[]', [`'{a,b}'`, `'{"a,b"}'`, `'{"NULL"}'`, `'{NULL}'`, `'{""}'`]],
    ['int4range', [`'[1,3)'`, `'[1,4)'`, `'empty'`, `'(,3)'`, `'[1,)'`, 'null']],
    [
      'timestamptz',
      [`'infinity'`, `'-infinity'`, `'4713-01-01 BC'`, `'294276-12-31'`, `'2024-01-01 00:00+09'`, 'null'],
    ],
    ['interval', [`'1 mon'`, `'30 days'`, `'720 hours'`, `'178000000 years'`, `'-1 us'`]],
    ['date', [`'infinity'`, `'4714-11-24 BC'`, `'5874897-12-31'`]],
    ['timetz', [`'10:00+09'`, `'01:00+00'`, `'24:00+00'`]],
    ['bit varying', [`''`, `'0'`, `'00'`, `'1'`]],
    ['money', [`'1.00'`, `'-1.00'`, `'92233720368547758.07'`]],
    ['xml', [`'<a/>'`, `'<a></a>'`, `'<a>b</a>'`, `'text'`]],
    ['tsvector', [`'a b'`, `'a:1 b'`, `'a:1A b'`]],
    ['inet', [`'10.0.0.1'`, `'10.0.0.1/24'`, `'::1'`]],
    ['uuid', [`'00000000-0000-0000-0000-000000000000'`, `'00000000-0000-0000-0000-000000000001'`, 'null']],
    ['char(4)', [`'a'`, `'b'`, 'null']],
    ['"char"', [`'a'`, `''`]],
    ['bool', ['true', 'false', 'null']],
    ['regclass', [`'pg_catalog.pg_class'`, `'pg_catalog.pg_type'`]],
  ])('tells all values of %s apart', async (type, values) => {
    // One table a value: equal hashes of two tables would mean that two values hash alike.
    const tables = values.map((value, at) => `create table t${at} (a ${type}); insert into t${at} values (${value});`);
    const [{ tables: found }] = (await server().states(tables.join('\n'))) as [DatabaseFingerprint];
    expect(new Set(found.map(({ content }) => content)).size).toBe(values.length);
  });

  test('takes every bit pattern of NaN for the same', async () => {
    expect(await hashOf('float8', `'Infinity'::float8 - 'Infinity'::float8`)).toBe(await hashOf('float8', `'NaN'`));
  });

  test('reads enums, domains, composites and ranges of the database by their text, not by identifiers of this database', async () => {
    const types = `create type mood as enum ('sad', 'ok'); create domain positive as int check (value > 0);
      create type point3 as (x int, y float8, m mood); create type parcel as (a point3, b point3[]);
      create type frange as range (subtype = float8); create table t (m mood, p positive, b parcel, f frange, r mood[]);
      insert into t values ('ok', 1, row(row(1, 'NaN', 'sad'), array[row(1, -0.0, null)::point3, null]), '[1.5,2.5]', '{ok,null}')`;
    const later = `create type filler as enum ('x'); create table filler2 (a int); ${types}`;
    expect(await server().content(later)).toBe(await server().content(types));
  });

  test("does not follow a user's own cast", async () => {
    const plain = `create type mood as enum ('sad', 'ok'); create table t (m mood); insert into t values ('ok');`;
    const cast = `create function public.lie(mood) returns text language sql as $$ select 'lie' $$;
      create cast (mood as text) with function public.lie(mood) as implicit;`;
    expect(await server().content(plain + cast)).toBe(await server().content(plain));
  });

  test('does not call functions or operators that stand in for built-in ones', async () => {
    const plain = 'create table t (a int); insert into t values (1);';
    const hijack = `create function public.sha256(bytea) returns bytea language sql as $$ select '\\x00'::bytea $$;
      set local search_path = public, pg_catalog;`;
    expect(await server().content(plain + hijack)).toBe(await server().content(plain));
  });

  test("does not depend on the session's settings", async () => {
    const plain = `create table t (a float8, b timestamptz, c interval, d bytea[], e money, f xml);
      insert into t values (0.1 + 0.2, '2024-02-03 04:05:06+09', '-1 mon 2 days', '{"\\\\x01"}', '12.34', '<a/>');`;
    const settings = `set local datestyle = 'SQL, DMY'; set local intervalstyle = 'sql_standard'; set local timezone = 'Asia/Tokyo';
      set local extra_float_digits = 0; set local bytea_output = 'escape'; set local quote_all_identifiers = off;`;
    expect(await server().content(plain + settings)).toBe(await server().content(plain));
  });

  test('is the same by one process and by several', async () => {
    const rows = `create table t (a int, b text); insert into t select i, 'row ' || i from generate_series(1, 20000) i;`;
    expect(await server().content(rows + parallel('t'))).toBe(await server().content(rows));
  });

  test('of random rows changes with every edit and with no permutation', async () => {
    const database = await server().database('create table t (a int, b text, c float8, d jsonb)');
    const row = fc.record({
      a: fc.option(fc.integer({ min: -5, max: 5 })),
      b: fc.option(fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\0', ''))),
      c: fc.option(fc.double({ noNaN: true })),
      d: fc.option(fc.constantFrom({}, { a: 1 }, [1, null], 'x')),
    });
    // Zero has a sign, in a float8 and in its text.
    const json = (value: unknown) => JSON.stringify(value, (_key, one) => (Object.is(one, -0) ? '-0' : one));
    await server().connected(database, async (client) => {
      await client.query('begin');
      const { contentQuery, contentOf } = await import('../../../core/integrity/content.ts');
      const columns = Object.entries({ a: 'int4', b: 'text', c: 'float8', d: 'jsonb' }).map(([name, type]) => ({
        name,
        type,
      }));
      const hash = async (rows: readonly unknown[]) => {
        await client.query('delete from t');
        await client.query(
          `insert into t select (r->>'a')::int, r->>'b', (r->>'c')::float8, nullif(r->'d', 'null')
             from jsonb_array_elements($1::jsonb) r`,
          [json(rows)],
        );
        return contentOf((await client.query(contentQuery('public.t', columns, ''))).rows[0]);
      };
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), row, fc.nat(), async (rows, extra, seed) => {
          const at = seed % rows.length;
          const before = await hash(rows);
          expect(await hash([...rows.slice(at), ...rows.slice(0, at)].reverse())).toBe(before);
          expect(await hash([...rows, extra])).not.toBe(before);
          expect(await hash([...rows, rows[at]])).not.toBe(before);
          expect(await hash(rows.toSpliced(at, 1))).not.toBe(before);
          const updated = await hash(rows.with(at, extra));
          if (json(rows[at]) === json(extra)) expect(updated).toBe(before);
          else expect(updated).not.toBe(before);
        }),
        { numRuns: 60 },
      );
    });
  });
});
