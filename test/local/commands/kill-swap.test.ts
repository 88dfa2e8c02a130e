import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../helpers/local-random.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const kills = 10;

let workspace: LocalWorkspace;
let random: SeededRandom;

const path = () => workspace.path('app.db');
const words = ['as backed up', 'as changed'];

/** Leaves the change in the WAL, as a program that was killed does. */
function change(): void {
  const database = new DatabaseSync(path());
  database.exec(`PRAGMA journal_mode = WAL; UPDATE state SET word = 'as changed'`);
  database.close();
}

function found(): unknown[] {
  const database = new DatabaseSync(path());
  try {
    const row = database.prepare('SELECT word, (SELECT count(*) FROM words) AS rows FROM state').get();
    return [...Object.values(row ?? {}), ...Object.values(database.prepare('PRAGMA integrity_check').get() ?? {})];
  } finally {
    database.close();
  }
}

beforeAll(async () => {
  random = new SeededRandom();
  workspace = await LocalWorkspace.open({
    sources: {
      app: { kind: 'sqlite', path: 'app.db' },
      settings: { kind: 'files', files: ['app/one.yml', 'app/two.yml'] },
    },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  const database = new DatabaseSync(path());
  database.exec(`CREATE TABLE state (word TEXT); INSERT INTO state VALUES ('as backed up');
    CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT);
    WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 20000) INSERT INTO words SELECT i, hex(i) FROM g`);
  database.close();
  await mkdir(workspace.path('app'));
  for (const name of ['one', 'two']) await writeFile(workspace.path('app', `${name}.yml`), 'as backed up');
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
});

afterAll(() => workspace[Symbol.asyncDispose]());

/** Kills the command at a random moment, more often near its end, where the swap is. */
async function kill(command: readonly string[], lifetime: number): Promise<string> {
  const moment = Math.round(lifetime * (0.5 + random.below(1_000) / 1_600));
  const running = workspace.start(command);
  await sleep(moment);
  try {
    process.kill(running.id, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
  return `seed ${random.seed}: after ${moment} ms of ${lifetime}, status ${(await running.ended).status}`;
}

async function lifetimeOf(command: readonly string[]): Promise<number> {
  const start = performance.now();
  expect(await workspace.run(command)).toMatchObject({ status: 0 });
  return performance.now() - start;
}

describe('given a restore that is killed with SIGKILL', () => {
  it(`when a SQLite database is restored ${kills} times, then it is always there, sound, as the old or the new one`, async () => {
    const command = ['restore', 'app', '--in-place', '--no-safety', '--yes'];
    const lifetime = await lifetimeOf(command);
    for (let count = 0; count < kills; count += 1) {
      change();
      const what = await kill(command, lifetime);
      const [word, ...others] = found();
      expect([what, words.includes(word as string), ...others]).toEqual([what, true, 20_000, 'ok']);
      // The old one is never lost.
      const kept = (await readdir(workspace.home)).filter((name) => /^app\.db\.before-[\dTZ-]+$/.test(name));
      if (word === 'as backed up') expect([what, kept.length > 0]).toEqual([what, true]);
    }
    change();
    expect(await workspace.run(command)).toMatchObject({ status: 0 });
    expect(found()).toEqual(['as backed up', 20_000, 'ok']);
  }, 90_000);

  it(`when files are restored ${kills} times, then each is always there whole, as the old or the new one`, async () => {
    const command = ['restore', 'settings', '--in-place', '--no-safety', '--yes'];
    const lifetime = await lifetimeOf(command);
    const files = ['one', 'two'].map((name) => workspace.path('app', `${name}.yml`));
    for (let count = 0; count < kills; count += 1) {
      for (const file of files) await writeFile(file, 'as changed');
      const what = await kill(command, lifetime);
      for (const file of files) expect([what, words.includes(await readFile(file, 'utf8'))]).toEqual([what, true]);
    }
    expect(await workspace.run(command)).toMatchObject({ status: 0 });
    for (const file of files) expect(await readFile(file, 'utf8')).toBe('as backed up');
  }, 90_000);
});
