import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inProcess, verified } from '../../helpers/local-in-process.ts';
import { Kills, type Life } from '../../helpers/local-kills.ts';
import { childrenEnded, eventually, processesOf } from '../../helpers/local-processes.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { runs } from '../../helpers/thorough.ts';

const count = runs(6, 28);

let server: LocalServer;
let workspace: LocalWorkspace;
let kills: Kills;

const sources = { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: 'work' } };
const stores = {
  disk: { kind: 'generations', path: 'disk' },
  offsite: { kind: 'restic', repository: 'repository', password: 'env:KEY' },
  mirror: { kind: 'rclone', remote: 'local:mirror', options: { type: 'local' }, crypt: { password: 'env:KEY' } },
  box: { kind: 'archive', path: 'box' },
};
type StoreName = keyof typeof stores;
const names = Object.keys(stores) as StoreName[];

const only = (store: StoreName) => workspace.write({ sources, stores: { [store]: stores[store] } });

beforeAll(async () => {
  server = await startLocalServer();
  await server.create('shop', 'CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 2000) g');
  workspace = await LocalWorkspace.open({ sources, stores }, { SHOP_URL: server.url('shop'), KEY: 'a password' });
  kills = new Kills(workspace);
  await mkdir(workspace.path('work'));
  for (const name of ['a', 'b', 'c']) await writeFile(workspace.path('work', name), name.repeat(50_000));
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

/** Of the one store that the policy has at the moment, oldest first. */
async function generations(): Promise<string[]> {
  return inProcess(workspace, async ({ stores: [store] }) => {
    const list = (await store?.list()) ?? [];
    return list.map(({ generation }) => generation).reverse();
  });
}

/** Half done work, named owners and processes that a run has left. */
async function leftovers(): Promise<string[]> {
  const places = ['disk/.fukugen', 'box/.fukugen', 'state/fukugen/tested/staging/.fukugen'];
  const found = await Promise.all(
    [...places, ...places.map((place) => `${place}/partial`), 'tmp', 'state/fukugen/tested'].map((place) =>
      readdir(workspace.path(place)).catch(() => [] as string[]),
    ),
  );
  const processes = (await processesOf(workspace.home)).map(({ commandLine }) => commandLine);
  const usual = ['lock', 'partial', 'last-run.json', 'staging', 'stores', 'restores'];
  return [...found.flat().filter((name) => !usual.includes(name)), ...processes];
}

describe('given a backup that is killed with SIGKILL', () => {
  it(`when it happens ${count} times at random moments, then what was there stays and the next run needs no help`, async () => {
    const lives = new Map<StoreName, Life>();
    for (const store of names) {
      await only(store);
      lives.set(store, await kills.measure('backup'));
    }
    const untouched = await photograph(workspace.path('disk'));
    for (let kill = 0; kill < count; kill += 1) {
      const store = names[kill % names.length] as StoreName;
      await only(store);
      const before = await generations();
      const what = `${store}, ${await kills.atRandom(lives.get(store) as Life)}`;
      expect([what, await generations()]).toEqual([what, expect.arrayContaining(before)]);
      // What outlives its parent, pg_dump for example, may still be writing when the next run comes.
      if (kills.random.from([true, false])) await childrenEnded(workspace.home);
      const next = await workspace.run(['backup']);
      expect([what, next.status, next.all]).toEqual([what, 0, '\n']);
      expect([what, await eventually(leftovers, ({ length }) => length === 0)]).toEqual([what, []]);
    }
    expect(await photograph(workspace.path('disk'))).toMatchObject(
      Object.fromEntries(Object.entries(untouched).filter(([path]) => !path.startsWith('.'))),
    );
    for (const store of names) {
      await only(store);
      const all = await generations();
      expect(all.length).toBeGreaterThan(1);
      for (const at of all) {
        const seen = [kills.random.seed, store, at];
        expect([...seen, await verified(workspace, { at })]).toEqual([...seen, 0]);
      }
    }
  }, 1_800_000);
});
