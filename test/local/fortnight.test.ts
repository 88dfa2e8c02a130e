import { mkdir, rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { backup } from '../../local/commands/backup.ts';
import { restore } from '../../local/commands/restore.ts';
import { removeTree } from '../../local/system/folders.ts';
import { setClock } from '../helpers/local-clock.ts';
import { inProcess } from '../helpers/local-in-process.ts';
import { SeededRandom } from '../helpers/local-random.ts';
import { type LocalServer, startLocalServer } from '../helpers/local-server.ts';
import { generationsIn, photograph } from '../helpers/local-tree.ts';
import { LocalWorkspace } from '../helpers/local-workspace.ts';
import { runs } from '../helpers/thorough.ts';

/** A day in the usual run; the fortnight, 112 generations of three hours, takes minutes. */
const days = runs(1, 14);
const kept = days * 8;
const taken = kept + runs(4, 18);
/** Restored, of those that are kept. */
const looked = runs(3, kept);

const hours3 = 3 * 3_600_000;
/** No clock anywhere is put forward or back in the weeks before: days are those of the calendar, as restic counts them. */
const newest = Date.parse('2026-02-11T12:00:00.000Z');
const random = new SeededRandom();

/** What everything was at a moment, as this test saw it. */
interface Truth {
  readonly goods: unknown;
  readonly notes: unknown;
  readonly work: unknown;
}

let home: LocalWorkspace;
let server: LocalServer;
let notes: DatabaseSync;
const truths = new Map<string, Truth>();

const goodsIn = (database: string) => server.query(database, 'SELECT * FROM goods ORDER BY id');
const notesIn = (database: DatabaseSync) => database.prepare('SELECT * FROM note ORDER BY id').all();

/** As a day at work: some comes, some changes, some goes, and most stays. */
async function work(step: number): Promise<void> {
  await server.query(
    'shop',
    `INSERT INTO goods (name) SELECT 'of step ${step}, ' || g FROM generate_series(1, 5) g;
     UPDATE goods SET name = name || '!' WHERE id % 50 = ${random.below(50)};
     DELETE FROM goods WHERE id = ${1 + random.below(200)}`,
  );
  notes.exec(`INSERT INTO note (body) VALUES ('of step ${step}'); DELETE FROM note WHERE id = ${random.below(50)}`);
  await writeFile(home.path('work', `file ${random.below(20)}`), `of step ${step}`);
  await rm(home.path('work', `file ${random.below(20)}`), { force: true });
}

/** Only the calendar is another one: what waits, waits as ever. */
async function backupAt(now: number): Promise<number> {
  setClock(now);
  try {
    return (await inProcess(home, (workspace, context) => backup(workspace, {}, context))).status;
  } finally {
    jest.useRealTimers();
  }
}

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE goods (id serial PRIMARY KEY, name text); INSERT INTO goods (name) SELECT 'at first ' || g FROM generate_series(1, 300) g`,
  );
  home = await LocalWorkspace.open(
    {
      sources: {
        shop: { kind: 'postgres', url: 'env:SHOP_URL' },
        notes: { kind: 'sqlite', path: 'notes.sqlite' },
        work: { kind: 'directory', path: 'work' },
      },
      stores: { disk: { kind: 'generations', path: 'disk' } },
      retention: `${days}d`,
    },
    { SHOP_URL: server.url('shop') },
  );
  await mkdir(home.path('work'));
  notes = new DatabaseSync(home.path('notes.sqlite'));
  notes.exec('PRAGMA journal_mode = WAL; CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)');
});

afterAll(async () => {
  notes.close();
  await server[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

describe(`given work that goes on, and ${taken} generations three hours apart`, () => {
  it(`when the policy says ${days}d, then the last ${kept} of them are there, whenever the next was taken`, async () => {
    for (let step = 0; step < taken; step += 1) {
      await work(step);
      const now = newest - (taken - 1 - step) * hours3;
      truths.set(new Date(now).toISOString().replace(/[:.]/g, '-'), {
        goods: await goodsIn('shop'),
        notes: notesIn(notes),
        work: await photograph(home.path('work')),
      });
      expect(await backupAt(now)).toBe(0);
      expect(await generationsIn(home.path('disk'))).toEqual([...truths.keys()].slice(-kept));
    }
  }, 900_000);

  it(`when ${looked} of them are restored, then each is what everything was at its moment, and no two are the same`, async () => {
    const generations = await generationsIn(home.path('disk'));
    const chosen = generations.filter(
      (_, place) => Math.floor((place * looked) / kept) !== Math.floor(((place - 1) * looked) / kept),
    );
    expect(chosen).toHaveLength(looked);
    for (const at of chosen) {
      const beside = async (source: string) => {
        const { status, json } = await inProcess(home, (workspace, context) =>
          restore(workspace, source, { at }, context),
        );
        expect(status).toBe(0);
        return (json as { readonly beside: string }).beside;
      };
      const [database, file, folder] = [await beside('shop'), await beside('notes'), await beside('work')];
      using restored = new DatabaseSync(file, { readOnly: true });
      const found = { goods: await goodsIn(database), notes: notesIn(restored), work: await photograph(folder) };
      expect([random.seed, found]).toEqual([random.seed, truths.get(at)]);
      // New places are named by the second: the next ones need the names.
      await server.query('postgres', `DROP DATABASE ${database}`);
      for (const path of [file, folder]) await removeTree(path);
    }
    expect(new Set([...truths.values()].map((truth) => JSON.stringify(truth))).size).toBe(taken);
  }, 900_000);
});
