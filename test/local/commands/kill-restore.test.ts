import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually, processesOf } from '../../helpers/local-processes.ts';
import { SeededRandom } from '../../helpers/local-random.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const kills = 15;

let server: LocalServer;
let workspace: LocalWorkspace;
let random: SeededRandom;

beforeAll(async () => {
  random = new SeededRandom();
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 20000) g;
     CREATE TABLE state (word text); INSERT INTO state VALUES ('as backed up')`,
  );
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: 'work' } },
      stores: {
        disk: { kind: 'generations', path: 'disk' },
        offsite: { kind: 'restic', repository: 'repository', password: 'env:RESTIC' },
      },
    },
    { SHOP_URL: server.url('shop'), RESTIC: 'a password' },
  );
  await mkdir(workspace.path('work'));
  for (let index = 0; index < 100; index += 1) await writeFile(workspace.path('work', `${index}`), 'as backed up');
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

/** Runs a command and kills it, alone or with its group, at a random moment of its life. */
async function kill(command: readonly string[], lifetime: number): Promise<string> {
  const moment = random.below(lifetime);
  const whole = random.from([true, false]);
  const running = workspace.start(command);
  await sleep(moment);
  try {
    process.kill(whole ? -running.id : running.id, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
  const { status } = await running.ended;
  return `seed ${random.seed}: ${whole ? 'group' : 'process'} after ${moment} ms of ${lifetime}, status ${status}`;
}

async function lifetimeOf(command: readonly string[]): Promise<number> {
  const start = performance.now();
  expect(await workspace.run(command)).toMatchObject({ status: 0 });
  return Math.ceil(performance.now() - start);
}

async function settled(): Promise<void> {
  await eventually(
    () => processesOf(workspace.home),
    ({ length }) => length === 0,
  );
}

/** Takes away what restores and their kills have left beside the live one. */
async function tidy(): Promise<void> {
  for (const name of await server.names()) {
    if (/^shop_(restored|before)_/.test(name))
      await server.query('postgres', `DROP DATABASE ${pg.escapeIdentifier(name)}`);
  }
}

describe('given a restore that is killed with SIGKILL', () => {
  it(`when it happens ${kills} times at random moments, then the live database is always there, as the old or the new one`, async () => {
    const command = ['restore', 'shop', '--in-place', '--no-safety', '--yes'];
    const lifetime = await lifetimeOf(command);
    await tidy();
    const seen = new Set<string>();
    for (let count = 0; count < kills; count += 1) {
      await server.query('shop', `UPDATE state SET word = 'as changed'`);
      const what = await kill(command, lifetime);
      const [row] = await server.query('shop', 'SELECT word, (SELECT count(*)::int FROM a) AS rows FROM state');
      expect([what, row.rows, ['as changed', 'as backed up'].includes(row.word)]).toEqual([what, 20_000, true]);
      seen.add(row.word);
      await settled();
      // Whatever else is there carries a name that tells what it is, and the old one is never lost.
      const names = await server.names();
      const strange = names.filter((name) => !/^(postgres|shop|shop_(restored|before)_\d{8}t\d{6})$/.test(name));
      expect([what, strange]).toEqual([what, []]);
      if (row.word === 'as backed up')
        expect([what, names.filter((name) => /_before_/.test(name)).length]).toEqual([what, 1]);
      await tidy();
    }
    expect(seen.has('as changed')).toBe(true);
    expect(await workspace.run(command)).toMatchObject({ status: 0 });
    expect(await server.query('shop', 'SELECT word FROM state')).toEqual([{ word: 'as backed up' }]);
  }, 180_000);

  it('when a folder is restored, then the folder is always there whole, as the old or the new one', async () => {
    const command = ['restore', 'work', '--in-place', '--no-safety', '--yes'];
    const lifetime = await lifetimeOf(command);
    for (let count = 0; count < 8; count += 1) {
      const what = await kill(command, lifetime);
      const files = Object.keys(await photograph(workspace.path('work')));
      expect([what, files.length]).toEqual([what, 100]);
      expect([what, await readFile(workspace.path('work', '50'), 'utf8')]).toEqual([what, 'as backed up']);
    }
  }, 60_000);
});

describe('given a verification that is killed with SIGKILL', () => {
  it('when it happens at random moments, then no server and no restored file stays after the next run, which needs no help', async () => {
    const command = ['verify', '--level', 'identical', '--store', 'offsite'];
    const lifetime = await lifetimeOf(command);
    for (let count = 0; count < 3; count += 1) {
      const what = await kill(command, lifetime);
      const next = await workspace.run(['backup']);
      expect([what, next.status, next.all]).toEqual([what, 0, '\n']);
      await settled();
    }
    expect(await workspace.run(command)).toMatchObject({ status: 0 });
    expect(await readdir(workspace.path('tmp'))).toEqual([]);
  }, 120_000);
});
