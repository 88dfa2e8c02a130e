import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fingerprintDatabase, openSnapshot } from '../../../core/integrity/index.ts';
import { connectionFrom, withSession } from '../../../local/postgres/connection.ts';
import { prepareDatabase } from '../../../local/postgres/restore-database.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';

let server: LocalServer;

beforeAll(async () => {
  server = await startLocalServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('given a live server without an extension and a role of the database', () => {
  it('when the database is prepared there, then both are named at once and nothing is made', async () => {
    const connection = connectionFrom({ ...server.scratch.connection('postgres'), password: server.password });
    const recorded = await withSession(connection, async (client) => {
      await openSnapshot(client);
      return fingerprintDatabase(client);
    });
    const role = { name: 'clerk', attributes: ['login'], connectionLimit: -1, memberOf: [], settings: [] };
    const prepare = (extensions: readonly string[]) =>
      withSession(connection, (client) =>
        prepareDatabase(client, {
          recorded: {
            ...recorded,
            extensions: extensions.map((name) => ({ name, version: '3.4', schema: 'public' })),
            roles: extensions.length > 1 ? [role] : [],
          },
          into: 'restored',
          place: 'live',
        }),
      );
    await expect(prepare(['plpgsql', 'nowhere'])).rejects.toMatchObject({
      code: 'missing',
      message:
        'the server lacks extensions that the database uses: nowhere 3.4; and roles that the database names: clerk',
      next: expect.stringMatching(
        /^install the packages of these extensions on the server, create the roles, with passwords of their own, and run the restore again:\n {4}CREATE ROLE "clerk" /,
      ),
    });
    await expect(prepare(['nowhere'])).rejects.toMatchObject({
      next: 'install the packages of these extensions on the server, and run the restore again',
    });
    expect(await server.names()).toEqual(['postgres']);
    // What every server has is no obstacle.
    await prepare(['plpgsql']);
    expect(await server.names()).toEqual(['postgres', 'restored']);
  });
});
