import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyInProcess } from '../../helpers/local-in-process.ts';
import { eventually, processesOf } from '../../helpers/local-processes.ts';
import { SeededRandom } from '../../helpers/local-random.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { generationsIn, photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const kills = 15;
const killsWithRestic = 4;

let server: LocalServer;
let workspace: LocalWorkspace;

const disk = { kind: 'generations', path: 'disk' };
const offsite = { kind: 'restic', repository: 'repository', password: 'env:RESTIC' };
const sources = { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: 'work' } };

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 30000) g;
     CREATE TABLE b AS SELECT * FROM a`,
  );
  workspace = await LocalWorkspace.open(
    { sources, stores: { disk } },
    { SHOP_URL: server.url('shop'), RESTIC: 'a password' },
  );
  await mkdir(workspace.path('work'));
  for (let index = 0; index < 200; index += 1)
    await writeFile(workspace.path('work', `${index}`), `${index}`.repeat(5_000));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

/** Starts a backup, kills it at a random moment of its life, and hands back what was hit. */
async function killOnce(random: SeededRandom, lifetime: number): Promise<string> {
  const moment = random.below(lifetime);
  const whole = random.from([true, false]);
  const running = workspace.start(['backup']);
  await sleep(moment);
  try {
    process.kill(whole ? -running.id : running.id, 'SIGKILL');
  } catch {
    // It had ended by itself: the moment was after its end.
  }
  const { status } = await running.ended;
  return `${whole ? 'the group' : 'the process alone'} after ${moment} ms of ${lifetime}, status ${status}`;
}

/** Half done work, named owners and processes that a run has left. */
async function leftovers(): Promise<string[]> {
  const names = await Promise.all(
    ['disk/.fukugen', 'disk/.fukugen/partial', 'tmp', 'state/fukugen/tested/staging/.fukugen/partial'].map((place) =>
      readdir(workspace.path(place)).catch(() => [] as string[]),
    ),
  );
  const processes = (await processesOf(workspace.home)).map(({ commandLine }) => commandLine);
  return [...names.flat().filter((name) => !['lock', 'partial'].includes(name)), ...processes];
}

async function measured(): Promise<number> {
  const start = performance.now();
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  return Math.ceil(performance.now() - start);
}

describe('given a backup that is killed with SIGKILL', () => {
  it(`when it happens ${kills} times at random moments, then what was there stays and the next run needs no help`, async () => {
    const random = new SeededRandom();
    const lifetime = await measured();
    const [first] = (await generationsIn(workspace.path('disk'))) as [string];
    const untouched = await photograph(workspace.path('disk', first));
    for (let kill = 1; kill <= kills; kill += 1) {
      const what = `seed ${random.seed}, kill ${kill}: ${await killOnce(random, lifetime)}`;
      // What outlives its parent, pg_dump for example, may still be writing when the next run comes.
      if (random.from([true, false]))
        await eventually(
          () => processesOf(workspace.home),
          ({ length }) => length === 0,
        );
      const next = await workspace.run(['backup']);
      expect([what, next.status, next.all]).toEqual([what, 0, '\n']);
      expect([what, await photograph(workspace.path('disk', first))]).toEqual([what, untouched]);
      expect([what, await eventually(leftovers, ({ length }) => length === 0)]).toEqual([what, []]);
    }
    for (const generation of await generationsIn(workspace.path('disk')))
      expect([random.seed, await verifyInProcess(workspace.home, generation)]).toEqual([random.seed, 0]);
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  }, 180_000);

  it(`when it goes to restic alone and is killed ${killsWithRestic} times, then the repository opens, and every generation in it verifies`, async () => {
    const random = new SeededRandom();
    await workspace.write({ sources, stores: { offsite } });
    expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
    const lifetime = await measured();
    for (let kill = 1; kill <= killsWithRestic; kill += 1) {
      const what = `seed ${random.seed}, kill ${kill}: ${await killOnce(random, lifetime)}`;
      const next = await workspace.run(['backup']);
      expect([what, next.status, next.all]).toEqual([what, 0, '\n']);
      expect([what, await eventually(leftovers, ({ length }) => length === 0)]).toEqual([what, []]);
    }
    const { json } = await workspace.run(['list', '--json']);
    expect(json.generations.length).toBeGreaterThan(killsWithRestic);
    for (const { generation } of json.generations) {
      const { status, all } = await workspace.run(['verify', '--at', generation]);
      expect([random.seed, generation, status, all]).toEqual([random.seed, generation, 0, '\n']);
    }
  }, 180_000);
});
