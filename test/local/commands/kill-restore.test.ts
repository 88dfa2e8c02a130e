import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kills } from '../../helpers/local-kills.ts';
import { childrenEnded, eventually } from '../../helpers/local-processes.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { runs } from '../../helpers/thorough.ts';

const count = runs(6, 28);
const verifications = runs(1, 4);

let server: LocalServer;
let workspace: LocalWorkspace;
let kills: Kills;

const restoring = ['restore', 'shop', '--in-place', '--no-safety', '--yes'];

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 2000) g;
     CREATE TABLE state (word text); INSERT INTO state VALUES ('as backed up')`,
  );
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' } },
      stores: { disk: { kind: 'generations', path: 'disk' }, box: { kind: 'archive', path: 'box' } },
    },
    { SHOP_URL: server.url('shop') },
  );
  kills = new Kills(workspace);
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const change = () => server.query('shop', `UPDATE state SET word = 'as changed'`);

/** The live database is there under its name, and whole. */
async function found(): Promise<string> {
  const [row] = await server.query('shop', 'SELECT word, (SELECT count(*)::int FROM a) AS rows FROM state');
  return `${row.word}, ${row.rows} rows`;
}

const old = 'as changed, 2000 rows';
const restored = 'as backed up, 2000 rows';

/** The server finishes the statement of a client that is gone. */
async function atRest(): Promise<void> {
  await childrenEnded(workspace.home);
  await eventually(
    () =>
      server.query(
        'postgres',
        `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      ),
    ({ length }) => length === 0,
  );
}

async function databases(): Promise<string[]> {
  return (await server.names()).filter((name) => name !== 'postgres');
}

describe('given a restore or an undo of a database that is killed with SIGKILL', () => {
  it(`when it happens ${count} times at random moments, then the live one is always there, as the old or the new one, and nothing is lost or unknown`, async () => {
    await change();
    const life = await kills.measure(...restoring);
    const back = await kills.measure('undo', 'shop', '--yes');
    // What a clock seldom hits.
    const swap = /^write (BEGIN|ALTER DATABASE \S+ RENAME|COMMIT)|restores\/[^/]*\.json/;
    for (let kill = 0; kill < count; kill += 1) {
      await change();
      const what = [await (kill % 3 === 2 ? kills.atStep(life, swap) : kills.atRandom(life))];
      const now = await found();
      expect([what, [old, restored]]).toEqual([what, expect.arrayContaining([now])]);
      await atRest();

      // Whatever else is there is listed, and goes when it is told to.
      const { json } = await workspace.run(['undo', '--list', '--json']);
      const listed = json.leftovers.map(({ name }: { name: string }) => name);
      expect([what, ['shop', ...listed].sort()]).toEqual([what, (await databases()).sort()]);
      expect([what, await workspace.run(['undo', '--clean', '--yes'])]).toMatchObject([what, { status: 0 }]);

      // The old one is never lost.
      if (now === restored) {
        what.push(await kills.atRandom(back));
        expect([what, [old, restored]]).toEqual([what, expect.arrayContaining([await found()])]);
        await atRest();
        const next = await workspace.run(['undo', 'shop', '--yes']);
        const wasBack = next.stderr.includes('was gone back from already');
        expect([what, next.status, next.all]).toEqual([what, wasBack ? 5 : 0, next.all]);
        expect([what, await workspace.run(['undo', '--clean', '--yes'])]).toMatchObject([what, { status: 0 }]);
      }
      expect([what, await found(), await databases()]).toEqual([what, old, ['shop']]);
    }
    expect(await workspace.run(restoring)).toMatchObject({ status: 0 });
    expect(await found()).toBe(restored);
    // Nor is a half written record.
    const journal = await readdir(workspace.path('state/fukugen/tested/restores'));
    expect(journal.filter((name) => !/^(\S+\.json|locks)$/.test(name))).toEqual([]);
  }, 1_800_000);
});

describe('given a verification that is killed with SIGKILL', () => {
  it('when it happens at random moments, then no server and no restored file stays after the next run, which needs no help', async () => {
    const life = await kills.measure('verify', '--level', 'identical', '--store', 'box');
    for (let kill = 0; kill < verifications; kill += 1) {
      const what = await kills.atRandom(life);
      await childrenEnded(workspace.home);
      const next = await workspace.run(life.command);
      expect([what, next.status, next.all]).toEqual([what, 0, '\n']);
      await eventually(
        () => readdir(workspace.path('tmp')),
        ({ length }) => length === 0,
      );
    }
  }, 1_800_000);
});
