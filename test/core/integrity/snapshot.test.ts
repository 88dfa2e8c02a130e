import { describe, expect, test } from '@jest/globals';
import type { Connection } from '../../../core/integrity/connection.ts';
import { fingerprintDatabase, openSnapshot } from '../../../core/integrity/index.ts';
import { eventually } from '../../helpers/local-processes.ts';
import { useServer } from './support.ts';

const server = useServer();

describe('a snapshot', () => {
  test('keeps what is written later out of the fingerprint', async () => {
    const database = await server().database('create table t (a int); insert into t values (1)');
    const before = await server().fingerprint(database);
    const during = await server().connected(database, async (client) => {
      await openSnapshot(client);
      await server().run(database, 'insert into t values (2); create table later (a int)');
      return fingerprintDatabase(client);
    });
    expect(during.tables).toEqual(before.tables);
  });

  test('can be followed by another session, as pg_dump does', async () => {
    const database = await server().database('create table t (a int); insert into t values (1)');
    const rows = await server().connected(database, async (client) => {
      const snapshot = await openSnapshot(client);
      await server().run(database, 'insert into t values (2)');
      return server().connected(database, async (follower) => {
        await follower.query(`begin isolation level repeatable read; set transaction snapshot '${snapshot}'`);
        return (await follower.query('select a from t')).rows;
      });
    });
    expect(rows).toEqual([{ a: 1 }]);
  });

  test('is held against a TRUNCATE as soon as the tables are listed', async () => {
    const database = await server().database(
      'create table t (a int); create table z (a int); insert into z values (1)',
    );
    await server().connected(database, async (client) => {
      await openSnapshot(client);
      let truncation: Promise<unknown> | undefined;
      let isNext = false;
      // t has been read; z is next, and somebody empties it now, or waits until that is allowed.
      const meanwhile: Connection = {
        query: async (text, values) => {
          if (isNext && !truncation) {
            let isOver = false;
            truncation = server()
              .run(database, 'truncate z')
              .then(() => {
                isOver = true;
              });
            const waiting = `select from pg_stat_activity where query = 'truncate z' and wait_event_type = 'Lock'`;
            await eventually(async () => isOver || (await server().run('postgres', waiting)).rowCount === 1, Boolean);
          }
          return client.query(text, values);
        },
      };
      const { tables } = await fingerprintDatabase(meanwhile, {
        onTable: () => {
          isNext = true;
        },
      });
      expect(tables.map(({ name, rows }) => [name, rows])).toEqual([
        ['t', 0],
        ['z', 1],
      ]);
      await client.query('commit');
      await truncation;
    });
  });

  test('does not take the locks of every index with it', async () => {
    const database = await server().database('create table t (a int primary key, b int unique)');
    const locks = await server().connected(database, async (client) => {
      await openSnapshot(client);
      await fingerprintDatabase(client);
      return (
        await client.query(`select relation::regclass::text as name from pg_locks
        where pid = pg_backend_pid() and relation >= 16384 and locktype = 'relation'`)
      ).rows;
    });
    expect(locks).toEqual([{ name: '"public"."t"' }]);
  });

  test('says when the sequences have been read, before any table', async () => {
    const database = await server().database('create sequence s; create table t (a int)');
    const steps: string[] = [];
    await server().fingerprint(database, {
      onSequencesRead: () => steps.push('sequences'),
      onTable: (name) => steps.push(name),
    });
    expect(steps).toEqual(['sequences', 'public.t']);
  });
});

describe('a fingerprint', () => {
  test.each([
    ['outside a transaction', 'select 1'],
    ['in a READ COMMITTED one', 'begin'],
  ])('is refused %s', async (_where, begin) => {
    const database = await server().database();
    await server().connected(database, async (client) => {
      await client.query(begin);
      await expect(fingerprintDatabase(client)).rejects.toMatchObject({
        code: 'usage',
        message: 'a fingerprint is taken in one REPEATABLE READ transaction, and this is none',
        next: 'call openSnapshot on the connection first',
      });
    });
  });

  test('leaves the session as it was', async () => {
    const database = await server().database();
    await server().connected(database, async (client) => {
      await openSnapshot(client);
      await fingerprintDatabase(client);
      await client.query('commit');
      const { rows } = await client.query(
        `select current_setting('search_path') as path, current_setting('row_security') as rls`,
      );
      expect(rows).toEqual([{ path: '"$user", public', rls: 'on' }]);
    });
  });

  test('has no time limit for a statement, whatever the session has', async () => {
    const database = await server().database();
    await server().connected(database, async (client) => {
      await client.query(`begin isolation level repeatable read; set local statement_timeout = '1h'`);
      await fingerprintDatabase(client);
      expect((await client.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
    });
  });

  test('of an unchanged database is the same, to the letter', async () => {
    const database = await server().database(
      'create table b (a int); create table a (a int); create sequence s; create view v as select 1',
    );
    const [one, other] = [await server().fingerprint(database), await server().fingerprint(database)];
    expect(JSON.stringify({ ...one, takenAt: '' })).toBe(JSON.stringify({ ...other, takenAt: '' }));
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });
});
