import { afterAll, describe, expect, test } from '@jest/globals';
import { foreignKeys } from '../../../../core/integrity/checks/foreign-keys.ts';
import { freshness } from '../../../../core/integrity/checks/freshness.ts';
import { sequences } from '../../../../core/integrity/checks/sequences.ts';
import { type EmbeddedPostgres, embeddedPostgres } from '../../../helpers/embedded-postgres.ts';
import { useServer } from '../support.ts';
import { ran, resultOf, summary } from './support.ts';

const server = useServer();
let embedded: EmbeddedPostgres | undefined;
const newest = useServer(async () => {
  embedded = await embeddedPostgres(18);
  return embedded.programs;
});
afterAll(async () => embedded?.[Symbol.asyncDispose]());
const passed = { outcome: 'passed', findings: [] };
/** Writes what the server would refuse. */
const unchecked = 'set local session_replication_role = replica;';

describe('foreign keys', () => {
  const parents = 'create table p (a int, b int, primary key (a, b)); insert into p values (1, 1), (2, 2);';
  const key = { schema: 'public', name: 'c', constraint: 'fk' };
  const child = (match: string) =>
    `${parents} create table c (a int, b int, constraint fk foreign key (a, b) references p match ${match});`;

  test.each([
    [
      'simple',
      'a row without its parent',
      '(1, 1), (9, 9)',
      ['public.c.fk 1 row of public.c refer to rows of public.p that are not there'],
    ],
    ['simple', 'rows that are NULL in part, which refer to nothing', '(1, 1), (null, 9), (9, null), (null, null)', []],
    [
      'full',
      'a row that is NULL in part',
      '(1, 1), (null, 9)',
      ['public.c.fk 1 row of public.c refer to rows of public.p that are not there, or are NULL in part'],
    ],
    ['full', 'rows that are NULL', '(null, null)', []],
    [
      'full',
      'a row without its parent',
      '(9, 9)',
      ['public.c.fk 1 row of public.c refer to rows of public.p that are not there, or are NULL in part'],
    ],
  ])('MATCH %s, given %s, tell', async (match, _what, rows, findings) => {
    const database = await server().database(`${child(match)} ${unchecked} insert into c values ${rows}`);
    expect(summary(await resultOf(server(), database, foreignKeys([key])))).toEqual({
      outcome: findings.length > 0 ? 'failed' : 'passed',
      findings,
    });
  });

  test('between partitioned tables are looked at partition by partition', async () => {
    const database = await server().database(`
      create table p (id int primary key) partition by range (id); create table p1 partition of p for values from (0) to (10);
      create table p2 partition of p for values from (10) to (20); insert into p values (1), (11);
      create table c (p int constraint fk references p) partition by list (p);
      create table c1 partition of c for values in (1, 2); create table c2 partition of c default;
      insert into c values (1), (11); ${unchecked} insert into c values (2), (12)`);
    const keys = ['c1', 'c2'].map((name) => ({ schema: 'public', name, constraint: 'fk' }));
    expect(summary(await resultOf(server(), database, foreignKeys(keys))).findings).toEqual([
      'public.c1.fk 1 row of public.c1 refer to rows of public.p that are not there',
      'public.c2.fk 1 row of public.c2 refer to rows of public.p that are not there',
    ]);
  });

  test('of ranges of pages count the orphans of their pages only', async () => {
    const database = await server().database(`create table p (id int primary key); insert into p values (1);
      create table c (p int constraint fk references p, x text); ${unchecked}
      insert into c select case i when 100 then 9 else 1 end, repeat('x', 1000) from generate_series(1, 100) i`);
    const half = (pages: readonly [number, number]) => resultOf(server(), database, foreignKeys([{ ...key, pages }]));
    expect((await half([0, 5])).outcome).toBe('passed');
    expect((await half([5, 2 ** 32 - 1])).outcome).toBe('failed');
  });

  test('compare as the key compares: other types, and names that need quotes', async () => {
    const database =
      await server().database(`create table "P" ("The Id" bigint primary key); insert into "P" values (1);
      create table c ("p""x" smallint constraint fk references "P"); insert into c values (1)`);
    expect(summary(await resultOf(server(), database, foreignKeys([key])))).toEqual(passed);
  });

  test('of periods (18) must be covered', async () => {
    const database =
      await newest().database(`create table p (id int4range, t daterange, primary key (id, t without overlaps));
      insert into p values ('[1,2)', '[2026-01-01,2026-02-01)'), ('[1,2)', '[2026-02-01,2026-03-01)');
      create table c (id int4range, t daterange, constraint fk foreign key (id, period t) references p (id, period t));
      insert into c values ('[1,2)', '[2026-01-15,2026-02-15)')`);
    expect(summary(await resultOf(newest(), database, foreignKeys([key])))).toEqual(passed);
    await newest().run(database, `${unchecked} insert into c values ('[1,2)', '[2026-02-15,2026-03-15)')`);
    expect(summary(await resultOf(newest(), database, foreignKeys([key]))).outcome).toBe('failed');
  });

  test('given one that was dropped since the survey, are incomplete', async () => {
    const database = await server().database('create table c (a int)');
    expect(summary(await resultOf(server(), database, foreignKeys([key])))).toEqual({
      outcome: 'incomplete',
      findings: [],
      notCovered: ['public.c.fk'],
    });
  });
});

describe('sequences', () => {
  test.each([
    [
      'a serial behind its column',
      'create table t (id serial); insert into t values (1), (2), (3)',
      ['public.t_id_seq continues at 1, but public.t.id has reached 3'],
    ],
    ['a serial that was used', 'create table t (id serial); insert into t default values', []],
    [
      'an identity behind',
      'create table t (id int generated by default as identity); insert into t values (5)',
      ['public.t_id_seq continues at 1, but public.t.id has reached 5'],
    ],
    [
      'one at the very value',
      `create table t (id serial); insert into t values (4); select setval('t_id_seq', 4, false)`,
      ['public.t_id_seq continues at 4, but public.t.id has reached 4'],
    ],
    ['one just past it', `create table t (id serial); insert into t values (4); select setval('t_id_seq', 4)`, []],
    [
      'one that falls, behind',
      "create sequence s increment -1 minvalue -100 maxvalue -1; create table t (id int default nextval('s')); insert into t values (-3)",
      ['public.s continues at -1, but public.t.id has reached -3'],
    ],
    [
      'one that falls, ahead',
      `create sequence s increment -1 minvalue -100 maxvalue -1; create table t (id int default nextval('s')); insert into t values (-3); select setval('s', -3)`,
      [],
    ],
    [
      'one shared by two tables',
      `create sequence s; create table a (id int default nextval('s')); create table b (id bigint default nextval('s')); insert into b values (7)`,
      ['public.s continues at 1, but public.b.id has reached 7'],
    ],
    [
      'one that a column owns without a default',
      'create table t (id int); create sequence s owned by t.id; insert into t values (2)',
      ['public.s continues at 1, but public.t.id has reached 2'],
    ],
    [
      'one in an expression',
      `create sequence s; create table t (id int default nextval('s') * 10); insert into t values (50)`,
      [],
    ],
    [
      'one that cycles',
      `create sequence s maxvalue 10 cycle; create table t (id int default nextval('s')); insert into t values (9)`,
      [],
    ],
    [
      'values that it cannot give',
      `create sequence s maxvalue 10; create table t (id int default nextval('s')); insert into t values (1000)`,
      [],
    ],
    [
      'one of a partitioned table, behind',
      'create table t (id bigint generated always as identity) partition by list (id); create table t1 partition of t default; insert into t overriding system value values (8)',
      ['public.t_id_seq continues at 1, but public.t.id has reached 8'],
    ],
    [
      'an exhausted one',
      `create sequence s maxvalue 3; select setval('s', 3)`,
      ['public.s is exhausted: after 3 it has no value left'],
    ],
    [
      'one that outgrew its column',
      `create sequence s; create table t (id smallint default nextval('s')); select setval('s', 32767)`,
      ['public.s its next value, 32768, does not fit in public.t.id'],
    ],
    [
      'a numeric column',
      `create sequence s; create table t (id numeric default nextval('s')); insert into t values (2.5)`,
      ['public.s continues at 1, but public.t.id has reached 2'],
    ],
  ])('given %s, tell', async (_what, sql, findings) => {
    const database = await server().database(sql);
    expect(summary(await resultOf(server(), database, sequences))).toEqual({
      outcome: findings.length > 0 ? 'failed' : 'passed',
      findings,
    });
  });

  test('given one that this role may not read, are incomplete', async () => {
    const database = await server().database(
      `do $$ begin create role noseq login; exception when duplicate_object then null; end $$; create sequence s`,
    );
    expect(summary(await resultOf(server(), database, sequences, { user: 'noseq' }))).toEqual({
      outcome: 'incomplete',
      findings: [],
      notCovered: ['public.s'],
    });
  });
});

describe('freshness', () => {
  const column = { table: 'public.t', column: 'at', withinSeconds: 3_600 };
  const asOf = '2026-11-01T12:00:00Z';
  const run = async (type: string, values: string, declared: Partial<typeof column> = {}, extra = '') => {
    const database = await server().database(`create table t (at ${type}); insert into t values ${values};`);
    if (extra) await server().run('postgres', `alter database ${database} ${extra}`);
    return ran(server(), database, freshness, { freshness: [{ ...column, ...declared }], asOf });
  };

  test.each([
    ['timestamptz', 'new enough', `('2026-11-01 11:00+00'), (null), ('infinity')`, []],
    [
      'timestamptz',
      'too old',
      `('2026-11-01 10:59:50+00')`,
      ['public.t.at the newest value is 60 minutes older than the moment restored to; 60 minutes are allowed'],
    ],
    [
      'timestamptz',
      'days old',
      `('2026-10-01 10:59:50+00')`,
      ['public.t.at the newest value is 31 days older than the moment restored to; 60 minutes are allowed'],
    ],
    ['timestamp', 'new enough', `('2026-11-01 11:30')`, []],
    [
      'timestamp',
      'too old',
      `('2026-11-01 10:30')`,
      ['public.t.at the newest value is 90 minutes older than the moment restored to; 60 minutes are allowed'],
    ],
    ['date', 'of the same day', `('2026-11-01')`, []],
    [
      'date',
      'of two days before',
      `('2026-10-30')`,
      ['public.t.at the newest value is 3 days older than the moment restored to; 60 minutes are allowed'],
    ],
    ['timestamptz', 'NULL', '(null)', ['public.t.at holds no value']],
  ])('of a %s that is %s tells', async (type, _how, values, findings) => {
    const { result } = await run(type, values);
    expect(result && summary(result)).toEqual({ outcome: findings.length > 0 ? 'failed' : 'passed', findings });
  });

  test('of a timestamp without timezone counts in that of the database', async () => {
    // 20:30 in Tokyo is 11:30 in UTC.
    const fresh = await run('timestamp', `('2026-11-01 20:30')`, {}, `set timezone = 'Asia/Tokyo'`);
    expect(fresh).toMatchObject({ result: { outcome: 'passed' }, newest: [{ newest: '2026-11-01T11:30:00.000Z' }] });
    const stale = await run('timestamp', `('2026-11-01 11:30')`, {}, `set timezone = 'Asia/Tokyo'`);
    expect(stale.result?.outcome).toBe('failed');
  });

  test.each([
    ['a column that is not there', { column: 'gone' }, 'public.t has no column gone'],
    ['a column of another type', { column: 'at' }, 'public.t.at is of type text, which is no timestamp or date'],
  ])('given %s, it is incomplete', async (_what, declared, text) => {
    const { result } = await run('text', `('x')`, declared);
    expect(result).toMatchObject({ outcome: 'incomplete', text: expect.stringContaining(text) });
  });

  test('given nothing declared for this database, it is skipped', async () => {
    const { result } = await run('date', `('2026-11-01')`, { table: 'public.elsewhere' });
    expect(result).toMatchObject({ outcome: 'skipped', text: 'no column of this database is declared' });
  });
});
