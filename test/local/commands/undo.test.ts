import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { restore } from '../../../local/commands/restore.ts';
import { RestoreJournal } from '../../../local/restore/journal.ts';
import { inProcess } from '../../helpers/local-in-process.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let server: LocalServer;
let workspace: LocalWorkspace;

const note = () => workspace.path('work', 'note');
const journal = () => workspace.path('state', 'fukugen', 'tested', 'restores');

function inApp(sql: string): unknown {
  const database = new DatabaseSync(workspace.path('app.db'));
  try {
    return database.prepare(sql).all()[0];
  } finally {
    database.close();
  }
}

async function inPlace(source: string): Promise<{ readonly kept: string; readonly beside: string }> {
  const { status, json } = await workspace.run([
    'restore',
    source,
    '--at',
    backedUp,
    '--in-place',
    '--no-safety',
    '--yes',
    '--json',
  ]);
  expect(status).toBe(0);
  return json;
}

/** Puts the newest record of a restore back to a stage, as a kill leaves it. */
async function rewindTo(stage: string): Promise<void> {
  const [newest] = (await readdir(journal()))
    .filter((name) => /^\d/.test(name))
    .sort()
    .reverse();
  const file = `${journal()}/${newest}`;
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), stage }));
}

let backedUp: string;

beforeAll(async () => {
  server = await startLocalServer();
  await server.create('shop', `CREATE TABLE state (word text); INSERT INTO state VALUES ('as backed up')`);
  workspace = await LocalWorkspace.open(
    {
      sources: {
        shop: { kind: 'postgres', url: 'env:SHOP_URL' },
        work: { kind: 'directory', path: 'work' },
        app: { kind: 'sqlite', path: 'app.db' },
        settings: { kind: 'files', files: ['one.yml', 'two.yml'] },
      },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url('shop') },
  );
  await mkdir(workspace.path('work'));
  await writeFile(note(), 'as backed up');
  for (const name of ['one.yml', 'two.yml']) await writeFile(workspace.path(name), 'as backed up');
  inApp(`CREATE TABLE state AS SELECT 'as backed up' AS word`);
  const { status, json } = await workspace.run(['backup', '--json']);
  expect(status).toBe(0);
  backedUp = json.generation;
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given nothing that was restored in place', () => {
  it('when undo is asked for, then it says that there is nothing', async () => {
    expect(await workspace.run(['undo'])).toMatchObject({
      status: 5,
      stderr: `fukugen: no restore was put in place from here: there is nothing to go back from
  next: fukugen undo --list shows what restores to a new place have left
`,
    });
  });
});

describe('given a database that was restored in place', () => {
  it('when undo is typed twice, then the first goes back and the second says that there is nothing', async () => {
    await server.query('shop', `UPDATE state SET word = 'as changed'`);
    const { kept, beside } = await inPlace('shop');
    expect(await server.query('shop', 'SELECT word FROM state')).toEqual([{ word: 'as backed up' }]);

    const before = await server.names();
    const dry = await workspace.run(['undo', '--dry-run']);
    expect(dry.stdout).toContain(`shop becomes ${beside}, and ${kept} becomes shop`);
    expect(await workspace.run(['undo'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nobody is there to answer\n  next: add --yes to go ahead'),
    });
    expect(await server.names()).toEqual(before);

    expect(await workspace.run(['undo', '--yes', '--json'])).toMatchObject({ status: 0, json: { undone: true } });
    expect(await server.query('shop', 'SELECT word FROM state')).toEqual([{ word: 'as changed' }]);
    expect(await server.query(beside, 'SELECT word FROM state')).toEqual([{ word: 'as backed up' }]);
    expect(await workspace.run(['undo', '--yes'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('the last restore of shop was gone back from already'),
    });
  });

  it('when what was kept is gone, then undo refuses and changes nothing', async () => {
    const { kept } = await inPlace('shop');
    await server.query('postgres', `DROP DATABASE "${kept}"`);
    const before = await server.names();
    expect(await workspace.run(['undo', 'shop', '--yes'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining(`${kept}, which was there before, is not there any more; nothing was changed`),
    });
    expect(await server.names()).toEqual(before);
  });
});

describe('given a database whose restore was killed', () => {
  it('when it came after the swap and before that was written down, then undo goes back', async () => {
    await server.query('shop', `UPDATE state SET word = 'as changed'`);
    await inPlace('shop');
    await rewindTo('swapping');
    expect(await workspace.run(['undo', 'shop', '--yes'])).toMatchObject({ status: 0 });
    expect(await server.query('shop', 'SELECT word FROM state')).toEqual([{ word: 'as changed' }]);
  });

  it('when it came before the swap, then there is nothing to go back from, and the live one stays', async () => {
    const { kept, beside } = await inPlace('shop');
    await server.query('postgres', `ALTER DATABASE shop RENAME TO "${beside}"`);
    await server.query('postgres', `ALTER DATABASE "${kept}" RENAME TO shop`);
    await rewindTo('swapping');
    const before = await server.names();
    // The one before it was gone back from.
    expect(await workspace.run(['undo', 'shop', '--yes'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('the last restore of shop was gone back from already'),
    });
    expect(await server.names()).toEqual(before);
  });

  it('when its server cannot be asked, then that is said, and the others can still be gone back from', async () => {
    await inPlace('shop');
    await rewindTo('swapping');
    await inPlace('work');
    const environment = { SHOP_URL: 'postgres://nobody@127.0.0.1:1/shop' };
    expect(await workspace.run(['undo', 'shop', '--yes'], { environment })).toMatchObject({
      status: 9,
      stderr: expect.stringContaining('the last restore of shop was interrupted, and cannot be looked at now'),
    });
    expect(await workspace.run(['undo', 'work', '--yes'], { environment })).toMatchObject({ status: 0 });
    expect(await workspace.run(['undo', 'shop', '--yes'])).toMatchObject({ status: 0 });
  });
});

describe('given two restores of one source at once', () => {
  it('when the second begins, then it is refused while the first is at work', async () => {
    await using _lock = await new RestoreJournal(workspace.path('state', 'fukugen', 'tested')).lock('work', 'restore');
    for (const command of [
      ['restore', 'work'],
      ['undo', 'work', '--clean', '--yes'],
    ]) {
      await mkdir(workspace.path('work.restored-2026-01-01T00-00-00-000Z'), { recursive: true });
      expect(await workspace.run(command)).toMatchObject({
        status: 9,
        stderr: expect.stringContaining('another run is at work here: restore, process'),
      });
    }
    await rm(workspace.path('work.restored-2026-01-01T00-00-00-000Z'), { recursive: true });
  });
});

describe('given a restore at work', () => {
  it('when it goes on, then it holds the lock of its source to the end', async () => {
    const owner = `${journal()}/locks/shop/owner.json`;
    const held: [moment: string, isHeld: boolean][] = [];
    const look = (moment: string) => held.push([moment, existsSync(owner)]);
    const progress = {
      stage: look,
      count: (_done: number, _total: number, what: string) => look(what),
      end: () => look('the end'),
    };
    const { json } = await inProcess(workspace, (opened, context) =>
      restore(opened, 'shop', { at: backedUp }, { ...context, progress }),
    );
    expect(existsSync(owner)).toBe(false);
    for (const moment of ['restoring shop to a new place', 'tables compared', 'the end'])
      expect(held).toContainEqual([moment, true]);
    expect(held.filter(([, isHeld]) => !isHeld)).toEqual([]);
    await server.query('postgres', `DROP DATABASE "${(json as { readonly beside: string }).beside}"`);
  });
});

describe('given files of every kind that were restored in place', () => {
  it.each([
    ['work', () => readFile(note(), 'utf8'), () => writeFile(note(), 'as changed')],
    [
      'app',
      async () => Object(inApp('SELECT word FROM state')).word,
      () => inApp(`UPDATE state SET word = 'as changed'`),
    ],
    [
      'settings',
      () => readFile(workspace.path('two.yml'), 'utf8'),
      async () => {
        for (const name of ['one.yml', 'two.yml']) await writeFile(workspace.path(name), 'as changed');
      },
    ],
  ] as const)('when undo is typed for %s, then it is as it was before', async (source, look, change) => {
    await change();
    await inPlace(source);
    expect(await look()).toBe('as backed up');
    expect(await workspace.run(['undo', source, '--yes'])).toMatchObject({ status: 0 });
    expect(await look()).toBe('as changed');
  });
});

describe('given a folder whose restore was killed between its two renames', () => {
  it.each(['backup', 'undo --list'])(
    'when %s runs next, then the folder has its name again, as the new one',
    async (next) => {
      await writeFile(note(), 'as changed');
      const { beside, kept } = await inPlace('work');
      await rename(workspace.path('work'), beside);
      await rewindTo('swapping');
      expect(existsSync(workspace.path('work'))).toBe(false);

      expect(await workspace.run(next.split(' '))).toMatchObject({ status: 0 });
      expect(await readFile(note(), 'utf8')).toBe('as backed up');
      // The record is whole: undo goes back.
      expect(await workspace.run(['undo', 'work', '--yes'])).toMatchObject({ status: 0 });
      expect(await readFile(note(), 'utf8')).toBe('as changed');
      expect(existsSync(kept)).toBe(false);
    },
  );

  it('when an undo was killed there, then the next run finishes it', async () => {
    const { kept, beside } = await inPlace('work');
    await rename(workspace.path('work'), beside);
    await rewindTo('undoing');
    expect(await workspace.run(['undo', '--list'])).toMatchObject({ status: 0 });
    expect(await readFile(note(), 'utf8')).toBe('as changed');
    expect(existsSync(kept)).toBe(false);
    expect(await workspace.run(['undo', 'work', '--yes'])).toMatchObject({ status: 5 });
  });

  it('when the kill came before the first rename, then nothing is there to go back from', async () => {
    const { kept, beside } = await inPlace('work');
    await rename(workspace.path('work'), beside);
    await rename(kept, workspace.path('work'));
    await rewindTo('swapping');
    const before = await photograph(workspace.path('work'));
    expect(await workspace.run(['undo', '--list'])).toMatchObject({ status: 0 });
    expect(await photograph(workspace.path('work'))).toEqual(before);
    await rm(beside, { recursive: true });
  });
});

describe('given what restores have left', () => {
  it('when it is cleaned, then what undo needs, strangers and the live ones stay', async () => {
    await writeFile(note(), 'as changed');
    const { kept } = await inPlace('work');
    const { json: other } = await workspace.run(['restore', 'work', '--at', backedUp, '--json']);
    const stranger = workspace.path('work.before-christmas');
    await mkdir(stranger);
    await server.create('shop_restored_by_hand');
    const { json } = await workspace.run(['undo', '--list', '--json']);
    const named = (name: string) => json.leftovers.find((leftover: { name: string }) => leftover.name === name);
    expect(named(kept)).toMatchObject({ source: 'work', needed: 'fukugen undo work goes back to it' });
    expect(named(other.beside)).toMatchObject({ what: 'restored to a new place', needed: '' });

    expect(await workspace.run(['undo', '--clean'])).toMatchObject({ status: 2 });
    const { json: dry } = await workspace.run(['undo', '--clean', '--dry-run', '--json']);
    expect(dry.remove).toContain(other.beside);
    expect(existsSync(other.beside)).toBe(true);

    expect(await workspace.run(['undo', '--clean', '--yes'])).toMatchObject({ status: 0 });
    expect((await readdir(workspace.home)).filter((name) => /\.(before|restored)-/.test(name)).sort()).toEqual(
      ['work.before-christmas', kept.split('/').at(-1)].sort(),
    );
    expect(await server.names()).toEqual(['postgres', 'shop', 'shop_restored_by_hand']);
    expect(await workspace.run(['undo', '--clean', '--yes'])).toMatchObject({
      status: 0,
      stdout: 'restores have left nothing that may go\n',
    });
    expect(await workspace.run(['undo', 'work', '--yes'])).toMatchObject({ status: 0 });
  });

  it('when the live one is missing, then what may be all that is left of it stays', async () => {
    const { json: other } = await workspace.run(['restore', 'work', '--at', backedUp, '--json']);
    await rm(workspace.path('work'), { recursive: true });
    expect(await workspace.run(['undo', '--clean', '--yes'])).toMatchObject({ status: 0 });
    expect(await readFile(`${other.beside}/note`, 'utf8')).toBe('as backed up');
  });
});
