import { describe, expect, test } from '@jest/globals';
import type { Connection } from '../../../core/integrity/connection.ts';
import {
  compareFingerprints,
  type DatabaseFingerprint,
  fingerprintDatabase,
  openSnapshot,
} from '../../../core/integrity/index.ts';
import { lines, useServer } from './support.ts';

const server = useServer();

/** A database with one readable table and something else, as a plain role sees it. */
async function seenByReader(sql: string) {
  const database = await server().database(`
    do $$ begin if not exists (select from pg_roles where rolname = 'reader') then create role reader login; end if; end $$;
    create table open (a int); insert into open values (1); grant select on open to reader; ${sql}`);
  return { database, fingerprint: await server().fingerprint(database, { user: 'reader' }) };
}

describe('a plain read-only role', () => {
  test('takes the same fingerprint of what it may read as a superuser', async () => {
    const { database, fingerprint } = await seenByReader(`create sequence s; grant select on s to reader;
      create table part (a int, b text); insert into part values (1, 'x'); grant select (a, b) on part to reader;`);
    const whole = await server().fingerprint(database);
    expect({ ...fingerprint, takenAt: '' }).toEqual({ ...whole, takenAt: '' });
  });

  test.each([
    ['a table without SELECT', 'create table closed (a int)', 'public.closed', 'permission'],
    [
      'a table with SELECT on some columns',
      'create table half (a int, b int); grant select (a) on half to reader',
      'public.half',
      'permission',
    ],
    [
      'a schema without USAGE',
      'create schema s; create table s.t (a int); grant select on s.t to reader',
      's.t',
      'permission',
    ],
    [
      'a table whose rows a policy filters',
      'create table rls (a int); insert into rls values (1), (2); grant select on rls to reader; alter table rls enable row level security; create policy p on rls using (a = 1)',
      'public.rls',
      'row security',
    ],
    ['a sequence without SELECT', 'create sequence closed', 'public.closed', 'permission'],
    ['a materialized view without SELECT', 'create materialized view m as select 1', 'public.m', 'permission'],
  ])('names %s and reads the rest', async (_what, sql, name, why) => {
    const { fingerprint } = await seenByReader(sql);
    expect(fingerprint.unseen).toMatchObject([{ name, why }]);
    expect(fingerprint.tables).toMatchObject([{ name: 'open', rows: 1 }]);
  });

  test('is told how many large objects it may not read', async () => {
    const { fingerprint } = await seenByReader(`select lo_from_bytea(5001, 'a'); select lo_from_bytea(5002, 'b');
      grant select on large object 5001 to reader;`);
    expect(fingerprint.unseen).toEqual([
      { kind: 'large objects', name: 'large objects', why: 'permission', text: 'this role may not read 1 of 2' },
    ]);
  });

  test('never has an unread table counted as equal', async () => {
    const { database, fingerprint } = await seenByReader('create table closed (a int)');
    const whole = await server().fingerprint(database);
    for (const [recorded, found] of [
      [fingerprint, whole],
      [whole, fingerprint],
      [fingerprint, fingerprint],
    ] as const) {
      const comparison = compareFingerprints(recorded, found, { restore: 'logical' });
      expect(comparison).toMatchObject({ verdict: 'incomplete', compared: { tables: 1, rows: 1, uncovered: 1 } });
    }
  });
});

describe('a table', () => {
  test('that fails while being read does not take the others with it', async () => {
    // A value whose label is gone from the catalog, as after a bad repair.
    const database =
      await server().database(`create type mood as enum ('ok'); create table broken (m mood); create table good (a int);
      insert into broken values ('ok'); delete from pg_enum where enumtypid = 'mood'::regtype;`);
    const { tables, unseen } = await server().fingerprint(database);
    expect(unseen).toMatchObject([{ kind: 'table', name: 'public.broken', why: 'error' }]);
    expect(tables).toMatchObject([{ name: 'good' }]);
  });

  test('that the caller leaves out is a note, and its absence afterwards no loss', async () => {
    const database = await server().database('create table keep (a int); create table log (a int)');
    const recorded = await server().fingerprint(database, { tables: (name) => name !== 'public.log' });
    const found = await server().fingerprint(database);
    const comparison = compareFingerprints(recorded, found, { restore: 'logical' });
    expect(comparison.verdict).toBe('identical-with-notes');
    expect(lines(comparison)).toEqual([
      'note: table public.log was not compared: left out by choice (when the backup was taken)',
    ]);
  });

  test('on another server is never read', async () => {
    const database = await server().database(`create extension file_fdw; create server s foreign data wrapper file_fdw;
      create foreign table f (a text) server s options (filename '/nowhere')`);
    expect((await server().fingerprint(database)).unseen).toMatchObject([{ name: 'public.f', why: 'foreign' }]);
  });

  test('locked by somebody else is named, after the lock timeout', async () => {
    const database = await server().database('create table busy (a int); create table good (a int)');
    const { tables, unseen } = await whileLocked(database, 'busy');
    expect(unseen).toMatchObject([{ name: 'public.busy', why: 'error' }]);
    expect(tables).toMatchObject([{ name: 'good' }]);
  });

  test('locked by somebody else and under a view stops the reading with a reason', async () => {
    const database = await server().database('create table busy (a int); create view v as select a from busy');
    await expect(whileLocked(database, 'busy')).rejects.toMatchObject({
      code: 'source',
      message: 'a view could not be read, because another session has one of its tables locked',
    });
  });
});

/** A fingerprint by somebody who waits for locks no longer than a moment. */
async function whileLocked(database: string, table: string): Promise<DatabaseFingerprint> {
  return server().connected(database, async (client) => {
    await client.query(`begin; lock table ${table} in access exclusive mode`);
    return server().connected(database, async (reader) => {
      await openSnapshot(reader);
      const impatient: Connection = {
        query: async (text, values) => {
          if (!text.startsWith('rollback')) await reader.query(`set local lock_timeout = '50ms'`);
          return reader.query(text, values);
        },
      };
      return fingerprintDatabase(impatient);
    });
  });
}
