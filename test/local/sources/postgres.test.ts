import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const tables = 200;

let server: LocalServer;
let workspace: LocalWorkspace;

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'many',
    `DO $$ BEGIN FOR i IN 1..${tables} LOOP
       EXECUTE format('CREATE TABLE "表 %s" (id int PRIMARY KEY, word text)', i);
       EXECUTE format('INSERT INTO "表 %s" SELECT g, md5(g::text) FROM generate_series(1, %s) g', i, i);
     END LOOP; END $$`,
  );
  await server.create('empty');
  workspace = await LocalWorkspace.open(
    {
      sources: {
        many: { kind: 'postgres', url: 'env:MANY_URL' },
        empty: {
          kind: 'postgres',
          host: server.scratch.host,
          port: server.scratch.port,
          user: server.scratch.user,
          password: 'env:PASSWORD',
          database: 'empty',
        },
      },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { MANY_URL: server.url('many'), PASSWORD: server.password },
  );
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given a database of 200 tables and one without any', () => {
  it('when they are backed up, then the record counts every table and row', async () => {
    const { status, json } = await workspace.run(['backup', '--json']);
    expect(status).toBe(0);
    const [many, empty] = json.sources;
    expect(many.detail).toMatchObject({ database: 'many', tables, rows: (tables * (tables + 1)) / 2 });
    expect(empty.detail).toMatchObject({ database: 'empty', tables: 0, rows: 0 });
    expect(many.detail.serverMajor).toBe(server.scratch.programs.major);
  });

  it('when they are verified in full, then a restore of each into a throwaway server is identical', async () => {
    const { status, json } = await workspace.run(['verify', '--level', 'identical', '--json']);
    expect(status).toBe(0);
    const proofs = json.findings.filter(({ level }: { level: string }) => level === 'identical');
    expect(proofs.map(({ detail }: { detail: { compared: unknown } }) => detail.compared)).toMatchObject([
      { tables, rows: (tables * (tables + 1)) / 2, uncovered: 0 },
      { tables: 0, rows: 0, uncovered: 0 },
    ]);
  });

  it('when nothing has changed, then the next generation links the files of the dump that are the same', async () => {
    expect(await workspace.run(['backup', '--source', 'empty'])).toMatchObject({ status: 0 });
    const settings = (await generationsIn(workspace.path('disk'))).map((name) =>
      stat(workspace.path('disk', name, 'sources', 'empty', 'data', 'settings.json')),
    );
    const [first, second] = await Promise.all(settings);
    expect(second?.ino).toBe(first?.ino);
  });
});

describe('given one row that has changed since', () => {
  beforeAll(() => server.query('many', `UPDATE "表 150" SET word = 'x' WHERE id = 75`));

  it('when it is compared, then the table is named, the status is 4 and nothing is written', async () => {
    const [generation] = await generationsIn(workspace.path('disk'));
    const { status, stdout } = await workspace.run(['compare', 'many', '--at', generation as string]);
    expect(stdout).toMatch(/表 150/);
    expect(stdout).not.toMatch(/表 149/);
    expect(status).toBe(4);
  });
});

describe('given both databases lost', () => {
  it.each(['many', 'empty'])('when %s is restored in place, then it is what was backed up', async (name) => {
    await server.query('postgres', `DROP DATABASE ${name}`);
    const [generation] = await generationsIn(workspace.path('disk'));
    const restore = ['restore', name, '--in-place', '--no-safety', '--yes', '--json', '--at', generation as string];
    const { status, json } = await workspace.run(restore);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true, kept: null, undo: [] });
    expect(status).toBe(0);
    expect(await workspace.run(['compare', name, '--at', generation as string])).toMatchObject({ status: 0 });
    expect(await server.names()).toEqual(expect.arrayContaining([name]));
  });

  it('then no other database was left behind', async () => {
    expect(await server.names()).toEqual(['empty', 'many', 'postgres']);
  });
});
