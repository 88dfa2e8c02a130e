import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { layout, readManifest } from '../../../local/generation/manifest.ts';
import { proveSource } from '../../../local/sources/index.ts';
import type { Store } from '../../../local/stores/store.ts';
import { removeTree } from '../../../local/system/folders.ts';
import { inProcess } from '../../helpers/local-in-process.ts';
import { Kills, type Life } from '../../helpers/local-kills.ts';
import { childrenEnded } from '../../helpers/local-processes.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { runs } from '../../helpers/thorough.ts';

const count = runs(5, 24);

let workspace: LocalWorkspace;
let kills: Kills;

const sources = { work: { kind: 'directory', path: 'work' } };
const stores = {
  disk: { kind: 'generations', path: 'disk' },
  offsite: { kind: 'restic', repository: 'offsite', password: 'env:KEY' },
  mirror: { kind: 'rclone', remote: 'local:mirror', options: { type: 'local' }, crypt: { password: 'env:KEY' } },
  box: { kind: 'archive', path: 'box' },
};
type StoreName = keyof typeof stores;
const names = Object.keys(stores) as StoreName[];

/** The store as it was before the first prune, the only one in the policy. */
async function reset(store: StoreName): Promise<void> {
  for (const place of [store, 'state']) {
    await removeTree(workspace.path(place));
    await cp(workspace.path('before', place), workspace.path(place), { recursive: true, preserveTimestamps: true });
  }
  await workspace.write({ sources, stores: { [store]: stores[store] }, retention: { last: 1 } });
}

async function generations(): Promise<string[]> {
  return inProcess(workspace, async ({ stores: [store] }) =>
    ((await store?.list()) ?? []).map(({ generation }) => generation),
  );
}

/** What comes of restoring every source of a generation and comparing; what was verified is not remembered, and so not kept for it. */
async function restored(generation: string): Promise<string[]> {
  return inProcess(workspace, async ({ stores: [store] }, context) =>
    (store as Store).open(generation, async (folder) => {
      const { sources } = await readManifest(folder);
      const proofs = sources.map((record) => proveSource(join(folder, layout.source(record.name)), record, context));
      return (await Promise.all(proofs)).map(({ verdict }) => verdict);
    }),
  );
}

/** Everything in the folder of a store, also what no generation needs any more. */
async function filesIn(store: StoreName): Promise<string[]> {
  const entries = await readdir(workspace.path(store), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => `${parentPath}/${name}`);
}

beforeAll(async () => {
  workspace = await LocalWorkspace.open({ sources, stores }, { KEY: 'a password' });
  kills = new Kills(workspace);
  await mkdir(workspace.path('work'));
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
  for (const content of ['a', 'b', 'c']) {
    for (const name of ['one', 'two'])
      await writeFile(workspace.path('work', name), `${name} ${content}`.repeat(1_000));
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  }
  await mkdir(workspace.path('before'));
  for (const place of [...names, 'state'])
    await cp(workspace.path(place), workspace.path('before', place), { recursive: true, preserveTimestamps: true });
}, 120_000);

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a prune that is killed with SIGKILL', () => {
  it(`when it happens ${count} times at random moments, then every generation that is listed is whole, and the next run finishes it`, async () => {
    const lives = new Map<StoreName, { readonly life: Life; readonly files: number }>();
    const [newest = ''] = await generations();
    for (let kill = 0; kill < count; kill += 1) {
      const store = names[kill % names.length] as StoreName;
      if (!lives.has(store)) {
        await reset(store);
        const life = await kills.measure('prune');
        expect(await generations()).toEqual([newest]);
        expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
        lives.set(store, { life, files: (await filesIn(store)).length });
      }
      const { life, files } = lives.get(store) as { life: Life; files: number };
      await reset(store);
      const what = `${store}, ${await kills.atRandom(life)}`;
      await childrenEnded(workspace.home);
      const left = await generations();
      expect([what, left[0]]).toEqual([what, newest]);
      for (const at of left) expect([what, at, await restored(at)]).toEqual([what, at, ['identical']]);
      const next = await workspace.run(['backup']);
      expect([what, next.status, next.all]).toEqual([what, 0, '\n']);
      expect([what, (await generations()).length]).toEqual([what, 1]);
      for (const at of await generations()) expect([what, await restored(at)]).toEqual([what, ['identical']]);
      // A restic that found a dead lock keeps the data until the next time.
      if (store === 'offsite') expect(await readdir(workspace.path('offsite', 'locks'))).toEqual([]);
      else expect([what, (await filesIn(store)).length]).toEqual([what, files]);
    }
  }, 1_800_000);
});
