import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectionOf, databaseOf, onDatabase, withSession } from '../../../local/postgres/connection.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let server: LocalServer;

beforeAll(async () => {
  server = await startLocalServer();
  await server.create('shop', 'CREATE TABLE a (id int)');
  process.env.TEST_URL = server.url('shop');
});

afterAll(() => server.scratch.stop());

const byUrl = () => connectionOf({ kind: 'postgres', url: { from: 'env', name: 'TEST_URL' } });

describe('given a connection URL', () => {
  it('then the driver and the programs are told the same, the programs by their environment', async () => {
    process.env.ODD_URL = 'postgres://u%40x:p%2Fw%20d@db.example:6543/na%20me?sslmode=disable';
    const { environment, config } = await connectionOf({ kind: 'postgres', url: { from: 'env', name: 'ODD_URL' } });
    expect(environment).toEqual({
      PGHOST: 'db.example',
      PGPORT: '6543',
      PGUSER: 'u@x',
      PGPASSWORD: 'p/w d',
      PGDATABASE: 'na me',
      PGSSLMODE: 'disable',
    });
    expect(config).toMatchObject({ host: 'db.example', port: 6543, user: 'u@x', password: 'p/w d', database: 'na me' });
  });

  it('then another database of the same server is reached by its name alone', async () => {
    const connection = onDatabase(await byUrl(), 'postgres');
    expect(databaseOf(connection)).toBe('postgres');
    expect(connection.environment.PGDATABASE).toBe('postgres');
    const rows = await withSession(
      connection,
      async (client) => (await client.query('SELECT current_database()')).rows,
    );
    expect(rows).toEqual([{ current_database: 'postgres' }]);
  });
});

describe('given a session', () => {
  it('when a statement is refused, then the server, the database and its words are told', async () => {
    await expect(withSession(await byUrl(), (client) => client.query('SELECT * FROM nothing'))).rejects.toMatchObject({
      code: 'source',
      message: expect.stringMatching(
        /^PostgreSQL at 127\.0\.0\.1:\d+, database shop: relation "nothing" does not exist$/,
      ),
    });
  });

  it('when the server ends it, then that is told, and no error is left unheard', async () => {
    const ended = withSession(await byUrl(), async (client) => {
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => {});
      return client.query('SELECT 1');
    });
    await expect(ended).rejects.toMatchObject({ code: 'source', message: expect.stringMatching(/^PostgreSQL at/) });
  });

  it('when our own code fails in it, then that error stays as it is', async () => {
    await expect(
      withSession(await byUrl(), async () => {
        throw new TypeError('a defect');
      }),
    ).rejects.toThrow(TypeError);
  });

  it('when pg_hba.conf keeps the account out, then that is a refused secret', async () => {
    const connection = await byUrl();
    const strange = { ...connection, config: { ...connection.config, user: 'nobody-of-that-name', password: 'x' } };
    await expect(withSession(strange, async () => {})).rejects.toMatchObject({ code: 'secret' });
  });
});

describe('given no connection in the policy', () => {
  it('then the variables that psql reads are used', async () => {
    await using workspace = await LocalWorkspace.open(
      { sources: { shop: { kind: 'postgres' } }, stores: { disk: { kind: 'generations', path: 'disk' } } },
      {
        PGHOST: server.scratch.host,
        PGPORT: String(server.scratch.port),
        PGUSER: 'postgres',
        PGPASSWORD: server.password,
        PGDATABASE: 'shop',
      },
    );
    const { json } = await workspace.run(['backup', '--json']);
    expect(json.sources[0].detail).toMatchObject({ database: 'shop', tables: 1 });
  });

  it('when only a part is given, then the rest comes from them', async () => {
    await using workspace = await LocalWorkspace.open(
      {
        sources: { shop: { kind: 'postgres', database: 'shop', password: 'env:RIGHT' } },
        stores: { disk: { kind: 'generations', path: 'disk' } },
      },
      {
        PGHOST: '127.0.0.1',
        PGPORT: String(server.scratch.port),
        PGUSER: 'postgres',
        PGPASSWORD: 'wrong',
        RIGHT: server.password,
      },
    );
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0, all: '\n' });
  });
});
