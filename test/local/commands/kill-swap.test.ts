import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kills, type Life } from '../../helpers/local-kills.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { runs } from '../../helpers/thorough.ts';

const count = runs(6, 28);

let workspace: LocalWorkspace;
let kills: Kills;

const files = 20;
const inWork = (name: number) => workspace.path('work', `${name}`);
const settings = () => ['one', 'two'].map((name) => workspace.path('app', `${name}.yml`));

/** Of each kind that lives in paths: how it is changed, and what it says now; `undefined` when nothing has its name. */
const sources = {
  app: {
    policy: { kind: 'sqlite', path: 'app.db' },
    /** Leaves the change in the WAL, as a program that was killed does. */
    change: async () => inDatabase((database) => database.exec(`UPDATE state SET word = 'as changed'`)),
    found: async () =>
      inDatabase((database) => {
        const row = database.prepare('SELECT word, (SELECT count(*) FROM words) AS rows FROM state').get();
        expect({ ...row, ...database.prepare('PRAGMA integrity_check').get() }).toMatchObject({
          rows: 2_000,
          integrity_check: 'ok',
        });
        return row?.word as string;
      }),
  },
  work: {
    policy: { kind: 'directory', path: 'work' },
    change: async () => {
      for (let name = 0; name < files; name += 1) await writeFile(inWork(name), 'as changed');
    },
    found: async () => {
      if (!existsSync(workspace.path('work'))) return undefined;
      expect(await readdir(workspace.path('work'))).toHaveLength(files);
      const words = new Set<string>();
      for (let name = 0; name < files; name += 1) words.add(await readFile(inWork(name), 'utf8'));
      return [...words].join(' and ');
    },
  },
  settings: {
    policy: { kind: 'files', files: ['app/one.yml', 'app/two.yml'] },
    change: async () => {
      for (const file of settings()) await writeFile(file, 'as changed');
    },
    // Each is replaced by itself.
    found: async () => {
      const [one, two] = await Promise.all(settings().map((file) => readFile(file, 'utf8')));
      return one === two ? one : `${one}, the other ${two}`;
    },
  },
  output: {
    policy: { kind: 'command', command: ['echo', 'as backed up'], output: 'output.txt' },
    change: async () => writeFile(workspace.path('output.txt'), 'as changed'),
    found: async () => (await readFile(workspace.path('output.txt'), 'utf8')).trim(),
  },
} as const;
type SourceName = keyof typeof sources;
const names = Object.keys(sources) as SourceName[];

function inDatabase<T>(use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(workspace.path('app.db'));
  try {
    return use(database);
  } finally {
    database.close();
  }
}

const inPlace = (source: SourceName) => ['restore', source, '--in-place', '--no-safety', '--yes'];

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: Object.fromEntries(names.map((name) => [name, sources[name].policy])),
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  kills = new Kills(workspace);
  inDatabase((database) =>
    database.exec(`CREATE TABLE state (word TEXT); INSERT INTO state VALUES ('as backed up');
      CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT); PRAGMA journal_mode = WAL;
      WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 2000) INSERT INTO words SELECT i, hex(i) FROM g`),
  );
  for (const folder of ['app', 'work']) await mkdir(workspace.path(folder));
  for (const file of settings()) await writeFile(file, 'as backed up');
  for (let name = 0; name < files; name += 1) await writeFile(inWork(name), 'as backed up');
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
});

afterAll(() => workspace[Symbol.asyncDispose]());

/** What lies beside the live ones under the names that a restore gives. */
async function beside(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of [workspace.home, workspace.path('app')])
    for (const name of await readdir(folder)) if (/\.(restored|before)-/.test(name)) found.push(`${folder}/${name}`);
  return found.sort();
}

/** Half written records. */
async function strangersInJournal(): Promise<string[]> {
  const names = await readdir(workspace.path('state/fukugen/tested/restores'));
  return names.filter((name) => !/^(\S+\.json|locks)$/.test(name));
}

describe('given a restore or an undo in a folder that is killed with SIGKILL', () => {
  it(`when it happens ${count} times at random moments, then each is there as the old or the new one, and nothing is lost or unknown`, async () => {
    const lives = new Map<SourceName, { readonly life: Life; readonly back: Life }>();
    for (let kill = 0; kill < count; kill += 1) {
      const source = names[kill % names.length] as SourceName;
      const { change, found } = sources[source];
      await change();
      if (!lives.has(source)) {
        const life = await kills.measure(...inPlace(source));
        lives.set(source, { life, back: await kills.measure('undo', source, '--yes') });
      }
      const { life, back } = lives.get(source) as { life: Life; back: Life };
      // Half of them where names change, which a clock seldom hits.
      const renames = /^(rename|link) |^open .*restores\//;
      const what = [await (kills.random.from([true, false]) ? kills.atStep(life, renames) : kills.atRandom(life))];
      const now = await found();
      const words = ['as backed up', 'as changed', 'as backed up, the other as changed'];
      // Of a folder alone may nothing have the name, until the next run.
      expect([what, [...words, source === 'work' ? undefined : '']]).toEqual([what, expect.arrayContaining([now])]);

      // Whatever else is there is listed, and goes when it is told to.
      const { json } = await workspace.run(['undo', '--list', '--json']);
      const listed = json.leftovers.map(({ name }: { name: string }) => name);
      expect([what, listed.sort()]).toEqual([what, await beside()]);
      expect([what, await workspace.run(['undo', '--clean', '--yes'])]).toMatchObject([what, { status: 0 }]);
      const settled = await found();
      expect([what, words]).toEqual([what, expect.arrayContaining([settled])]);

      // The old one is never lost.
      if (settled !== 'as changed') {
        what.push(await kills.atRandom(back));
        const next = await workspace.run(['undo', source, '--yes']);
        const wasBack = next.stderr.includes('was gone back from already');
        expect([what, next.status, next.all]).toEqual([what, wasBack ? 5 : 0, next.all]);
        expect([what, await workspace.run(['undo', '--clean', '--yes'])]).toMatchObject([what, { status: 0 }]);
      }
      expect([what, await found(), await beside()]).toEqual([what, 'as changed', []]);
    }
    for (const name of names) expect(await workspace.run(inPlace(name))).toMatchObject({ status: 0 });
    expect(await strangersInJournal()).toEqual([]);
  }, 1_800_000);
});

describe('given a folder that a kill left without its name, between two renames', () => {
  const between = /^rename \S*\/work \S*\/work\.before-/;
  let life: Life;
  beforeAll(async () => {
    life = await kills.measure(...inPlace('work'));
    expect(await workspace.run(['undo', 'work', '--yes'])).toMatchObject({ status: 0 });
  });

  it.each([
    ['backup', 0],
    ['compare work', 0],
    ['restore work', 0],
    ['undo --list', 0],
    ['undo work --yes', 0],
  ])('when %s runs next, then it finds the folder under its name', async (command, status) => {
    await sources.work.change();
    const what = await kills.atStep(life, between, 'after');
    expect([what, await sources.work.found()]).toEqual([what, undefined]);
    const next = await workspace.run(command.split(' '));
    expect([what, next.status, next.stderr]).toEqual([what, status, '']);
    const isBack = command === 'undo work --yes';
    expect(await sources.work.found()).toBe(isBack ? 'as changed' : 'as backed up');
  });
});
