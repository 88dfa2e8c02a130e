import { describe, expect, test } from '@jest/globals';
import { connect } from '../../../../core/integrity/checks/connect.ts';
import { constraints } from '../../../../core/integrity/checks/constraints.ts';
import { extensions } from '../../../../core/integrity/checks/extensions.ts';
import { invalidIndexes } from '../../../../core/integrity/checks/invalid-indexes.ts';
import { readable } from '../../../../core/integrity/checks/readable.ts';
import { roles } from '../../../../core/integrity/checks/roles.ts';
import { useServer } from '../support.ts';
import { resultOf, summary } from './support.ts';

const server = useServer();
const passed = { outcome: 'passed', findings: [] };

describe('invalid indexes', () => {
  test('given one that a failed CREATE INDEX CONCURRENTLY left, it is named', async () => {
    const database = await server().database('create table t (a int); insert into t values (1), (1);');
    await server()
      .run(database, 'create unique index concurrently u on t (a)')
      .catch(() => {});
    expect(summary(await resultOf(server(), database, invalidIndexes))).toEqual({
      outcome: 'failed',
      findings: ['public.u is not valid: no query uses it'],
    });
  });

  test('given one that is not kept up to date, it is named', async () => {
    const database = await server().database(`create table t (a int primary key);
      update pg_index set indisready = false where indexrelid = 't_pkey'::regclass`);
    expect(summary(await resultOf(server(), database, invalidIndexes)).findings).toEqual([
      'public.t_pkey is not kept up to date',
    ]);
  });

  test('given none, it passes', async () => {
    const database = await server().database('create table t (a int primary key)');
    expect(summary(await resultOf(server(), database, invalidIndexes))).toEqual(passed);
  });
});

describe('constraints', () => {
  const tables = 'create table p (id int primary key); create table c (p int, a int);';

  test('given some that were never validated, they are named, as a warning where the policy says so', async () => {
    const database = await server().database(`${tables}
      alter table c add constraint fk foreign key (p) references p not valid, add constraint positive check (a > 0) not valid`);
    expect(summary(await resultOf(server(), database, constraints, { severity: 'warn' }))).toEqual({
      outcome: 'warned',
      findings: [
        'public.c.fk was never validated: rows that were there before it may break it',
        'public.c.positive was never validated: rows that were there before it may break it',
      ],
    });
  });

  test('given validated ones, it passes', async () => {
    const database = await server().database(
      `${tables} alter table c add foreign key (p) references p, add check (a > 0)`,
    );
    expect(summary(await resultOf(server(), database, constraints))).toEqual(passed);
  });
});

describe('roles', () => {
  test.each([
    [
      'an owner',
      'create table t (a int); alter table t owner to gone',
      /^table t belongs to role \d+, which is not there$/,
    ],
    [
      'a grantee',
      'create table t (a int); grant select on t to gone',
      /^table t is granted to role \d+, which is not there$/,
    ],
    [
      'a grantee of a column',
      'create table t (a int); grant select (a) on t to gone',
      /^column a of table t is granted to role \d+/,
    ],
    [
      'the owner of a large object',
      'select lo_create(4711); alter large object 4711 owner to gone',
      /^large object 4711 belongs to/,
    ],
    [
      'a grantee of the database',
      `do $$ begin execute format('grant create on database %I to gone', current_database()); end $$`,
      /^database test_\d+ is granted to/,
    ],
  ])('given %s that is gone from the catalog, it is named', async (_who, sql, line) => {
    const database = await server().database(`do $$ begin drop role if exists gone; create role gone; end $$; ${sql};
      delete from pg_authid where rolname = 'gone'`);
    const { outcome, findings } = summary(await resultOf(server(), database, roles));
    expect({ outcome, first: findings[0] }).toEqual({ outcome: 'failed', first: expect.stringMatching(line) });
  });

  test('given all of them, it passes', async () => {
    const database = await server().database('create role here; create table t (a int); grant select on t to here');
    expect(summary(await resultOf(server(), database, roles))).toEqual(passed);
  });
});

describe('extensions', () => {
  test('given one in a version that this server does not have, it is named', async () => {
    const database = await server().database(
      `create extension citext; update pg_extension set extversion = '0.1' where extname = 'citext'`,
    );
    expect(summary(await resultOf(server(), database, extensions))).toEqual({
      outcome: 'failed',
      findings: ['citext version 0.1 is not installed on this server'],
    });
  });

  test('given what the server has, it passes', async () => {
    const database = await server().database('create extension citext');
    expect(summary(await resultOf(server(), database, extensions))).toEqual(passed);
  });
});

describe('a connection', () => {
  test('given one without TLS, it fails and tells the version', async () => {
    const result = await resultOf(server(), 'postgres', connect);
    expect(summary(result)).toEqual({ outcome: 'failed', findings: ['connection is not encrypted'] });
    expect(result.text).toMatch(/^PostgreSQL 1\d.* answers without TLS$/);
  });

  test('given another major version than what was restored has, it fails; a minor one does not matter', async () => {
    const { text } = await resultOf(server(), 'postgres', connect);
    const [, major] = /^PostgreSQL (\d+)/.exec(text) ?? [];
    const findingsFor = async (engineVersion: string) =>
      summary(await resultOf(server(), 'postgres', connect, { engineVersion })).findings;
    expect(await findingsFor(`${major}.99`)).toEqual(['connection is not encrypted']);
    expect(await findingsFor('9.6.24')).toEqual([
      'connection is not encrypted',
      expect.stringMatching(/^server is PostgreSQL 1\d.*, and what was restored is of 9\.6\.24$/),
    ]);
  });
});

describe('reading tables', () => {
  const t = { schema: 'public', name: 't' };

  test('given all of them, it passes and counts', async () => {
    const database = await server().database('create table t (a int); insert into t values (1), (2)');
    const result = await resultOf(server(), database, readable([t]));
    expect(result).toMatchObject({ outcome: 'passed', text: '2 rows of 1 table read', covered: 1, of: 1 });
  });

  test('given one that was dropped since the survey, it is incomplete and named', async () => {
    const database = await server().database('create table u (a int)');
    expect(summary(await resultOf(server(), database, readable([t])))).toEqual({
      outcome: 'incomplete',
      findings: [],
      notCovered: ['public.t'],
    });
  });

  test('given one that this role may not read, it is incomplete and says why', async () => {
    const database =
      await server().database(`do $$ begin create role nobody login; exception when duplicate_object then null; end $$;
      create table t (a int)`);
    const result = await resultOf(server(), database, readable([t]), { user: 'nobody' });
    expect(result).toMatchObject({ outcome: 'incomplete', notCovered: ['public.t'] });
    expect(result.text).toContain('this role has no SELECT on it');
  });

  test('given a value that cannot be read, it is named without the value', async () => {
    const database =
      await server().database(`create type mood as enum ('ok'); create table t (m mood); insert into t values ('ok');
      delete from pg_enum where enumtypid = 'mood'::regtype`);
    expect(summary(await resultOf(server(), database, readable([t])))).toEqual({
      outcome: 'failed',
      findings: ['public.t cannot be read: the server reported error 22P03'],
    });
  });

  test('given no time, it is incomplete, and names all that was not reached', async () => {
    const database = await server().database('create table t (a int)');
    const result = await resultOf(server(), database, readable([t]), { time: 0 });
    expect(result).toMatchObject({ outcome: 'incomplete', text: 'it could not run; not covered: the time was over' });
  });

  test('given time for some, the server cancels within a table, and those behind it are named', async () => {
    const database = await server().database(
      'create table a as select 1 as x; create table t (a int); create table z ()',
    );
    const tables = (...names: string[]) => readable(names.map((name) => ({ schema: 'public', name })));
    // Several times what this machine needs for the first of them.
    const began = performance.now();
    await resultOf(server(), database, tables('a'));
    const time = 500 + 3 * (performance.now() - began);
    const result = await server().connected(database, async (holder) => {
      await holder.query('begin; lock table t in access exclusive mode');
      return resultOf(server(), database, tables('a', 't', 'z'), { time });
    });
    expect(result).toMatchObject({ outcome: 'incomplete', covered: 1, of: 3, notCovered: ['public.t', 'public.z'] });
    expect(result.text).toContain('the time was over');
  });

  test('given a connection that the server ends, it throws and answers nothing', async () => {
    const database = await server().database('create table t (a int)');
    const reading = server().connected(database, async (client) => {
      client.on('error', () => {});
      const { rows } = await client.query('select pg_backend_pid() as pid');
      await server().run('postgres', `select pg_terminate_backend(${rows[0].pid})`);
      const { runCheck } = await import('../../../../core/integrity/checks/run-check.ts');
      const settings = { checks: { readable: 'fail' as const }, freshness: [], own: [], asOf: '' };
      return runCheck(readable([t]), { connection: client, database, settings, deadline: Date.now() + 5_000 });
    });
    await expect(reading).rejects.toThrow(/terminat|not queryable/);
  });
});
