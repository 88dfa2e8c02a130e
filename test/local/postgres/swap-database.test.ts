import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { connectionFrom } from '../../../local/postgres/connection.ts';
import { databaseExists, renaming, sessionsIn, swapDatabases } from '../../../local/postgres/swap-database.ts';
import { eventually } from '../../helpers/local-processes.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';

let server: LocalServer;

const maintenance = () => connectionFrom(server.scratch.connection('postgres'));

beforeAll(async () => {
  server = await startLocalServer({ settings: { autovacuum: 'on', autovacuum_naptime: '1s' } });
  await server.create('live', 'CREATE TABLE was_live ()');
  await server.create('restored', 'CREATE TABLE was_restored ()');
});

afterAll(() => server.scratch.stop());

describe('given a live database and a restored one', () => {
  it('when the restored one has gone, then the swap is refused, and the live one keeps its name', async () => {
    await expect(
      swapDatabases(maintenance(), { live: 'live', restored: 'nothing', kept: 'kept' }),
    ).rejects.toMatchObject({
      code: 'source',
      message: 'the databases could not be swapped: database "nothing" does not exist; live is as it was',
      next: expect.stringMatching(/^the restored one stays as nothing; stop the programs that use live/),
    });
    expect(await server.names()).toEqual(['live', 'postgres', 'restored']);
  });

  it('when clients come back as fast as they are ended, then the swap happens all the same', async () => {
    let isOver = false;
    const allCame = Promise.withResolvers<void>();
    let came = 0;
    const returning = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const client = new pg.Client(server.scratch.connection('live'));
        client.on('error', () => {});
        try {
          await client.connect();
          came += 1;
          if (came === 4) allCame.resolve();
          await client.query('SELECT pg_sleep(2)');
        } catch {
          // Ended by the swap, or kept out by it: come back at once.
        } finally {
          await client.end().catch(() => {});
        }
      }
    });
    await allCame.promise;
    await swapDatabases(maintenance(), { live: 'live', restored: 'restored', kept: 'kept' });
    isOver = true;
    await Promise.all(returning);
    expect(await server.query('live', 'SELECT count(*)::int AS n FROM was_restored')).toEqual([{ n: 0 }]);
    expect(await server.query('kept', 'SELECT count(*)::int AS n FROM was_live')).toEqual([{ n: 0 }]);
  });

  it('then databases and their sessions are found by name', async () => {
    expect(await databaseExists(maintenance(), 'live')).toBe(true);
    expect(await databaseExists(maintenance(), 'LIVE')).toBe(false);
    const client = new pg.Client(server.scratch.connection('kept'));
    await client.connect();
    expect(await sessionsIn(maintenance(), 'kept')).toBe(1);
    await client.end();
  });

  it('then names are quoted in what is run', () => {
    expect(renaming('a"b', "c'd")).toBe(`ALTER DATABASE "a""b" RENAME TO "c'd"`);
  });
});

describe('given an account that is no superuser’s, and its own database', () => {
  const owner = () => connectionFrom({ ...server.scratch.connection('postgres'), user: 'owner', password: 'owner' });

  beforeAll(async () => {
    await server.query('postgres', `CREATE ROLE owner LOGIN CREATEDB PASSWORD 'owner'`);
    for (const name of ['own', 'own_restored'])
      await server.query('postgres', `CREATE DATABASE ${name} OWNER owner TEMPLATE template0`);
  });

  it('when somebody is in it whom it may not send away, then the server’s words are told, and nothing changes', async () => {
    const superuser = new pg.Client(server.scratch.connection('own'));
    await superuser.connect();
    const swap = { live: 'own', restored: 'own_restored', kept: 'own_kept' };
    await expect(swapDatabases(owner(), swap)).rejects.toMatchObject({
      code: 'source',
      message: expect.stringMatching(/^the databases could not be swapped: .*superuser.*; own is as it was$/),
    });
    await superuser.end();
    expect(await server.names()).toEqual(expect.arrayContaining(['own', 'own_restored']));
  });

  it('when autovacuum is at work in it, then it is nobody’s session, and gives way', async () => {
    await server.query(
      'own',
      `CREATE TABLE many AS SELECT g FROM generate_series(1, 100000) g; DELETE FROM many;
       ALTER TABLE many SET (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)`,
    );
    await eventually(
      () =>
        server.query(
          'postgres',
          `SELECT FROM pg_stat_activity WHERE datname = 'own' AND backend_type = 'autovacuum worker'`,
        ),
      ({ length }) => length > 0,
    );
    expect(await sessionsIn(owner(), 'own')).toBe(0);
    await swapDatabases(owner(), { live: 'own', restored: 'own_restored', kept: 'own_kept' });
    expect(await server.names()).toEqual(expect.arrayContaining(['own', 'own_kept']));
  });
});

describe('given an account that may not create databases', () => {
  it('when the swap is tried, then the server’s own words are told, and nothing changes', async () => {
    await server.query('postgres', `CREATE ROLE poor LOGIN PASSWORD 'poor'`);
    const poor = connectionFrom({ ...server.scratch.connection('postgres'), user: 'poor', password: 'poor' });
    const before = await server.names();
    await expect(swapDatabases(poor, { live: 'live', restored: 'kept', kept: undefined })).rejects.toMatchObject({
      code: 'source',
      message: expect.stringMatching(/^the databases could not be swapped: must be owner of database kept; live is as/),
    });
    expect(await server.names()).toEqual(before);
  });
});
