import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Retention } from '../../../core/policy/index.ts';
import { backup } from '../../../local/commands/backup.ts';
import { Memory } from '../../../local/retention/memory.ts';
import { planPrune } from '../../../local/retention/prune-store.ts';
import type { Store } from '../../../local/stores/store.ts';
import { removeTree } from '../../../local/system/folders.ts';
import { openWorkspace } from '../../../local/workspace.ts';
import { setClock } from '../../helpers/local-clock.ts';
import { verified } from '../../helpers/local-in-process.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const hour = 3_600_000;
/** No clock anywhere is put forward or back in the weeks before: days are those of the calendar, as restic counts them. */
const newest = Date.parse('2026-02-11T12:00:00.000Z');

const work = { kind: 'directory', path: 'work' };
const disk = { kind: 'generations', path: 'disk' };
const context = {
  progress: { stage: () => {}, count: () => {}, end: () => {} },
  signal: new AbortController().signal,
};

let home: LocalWorkspace;
let state: string | undefined;

beforeEach(async () => {
  home = await LocalWorkspace.open({ sources: { work }, stores: { disk } });
  await mkdir(home.path('work'));
  // Runs in this process remember where those of the command line do.
  state = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = home.path('state');
});

afterEach(async () => {
  jest.useRealTimers();
  if (state === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = state;
  await home[Symbol.asyncDispose]();
});

/** Takes a generation at a moment, whose content is that moment. */
async function backupAt(moment: number): Promise<number> {
  setClock(moment);
  await writeFile(home.path('work', 'moment'), `${moment}`);
  const { status } = await backup(await openWorkspace(home.home, 'backup.config.yaml', context.signal), {}, context);
  jest.useRealTimers();
  return status;
}

async function backupEvery(hours: number, count: number): Promise<void> {
  for (let place = count - 1; place >= 0; place -= 1) expect(await backupAt(newest - place * hours * hour)).toBe(0);
}

const nameOf = (moment: number) => new Date(moment).toISOString().replace(/[:.]/g, '-');

describe('given a policy of three hours for 14 days', () => {
  it('when 130 generations are taken, then the 112 that it says are there, each with the content of its moment', async () => {
    await home.write({ sources: { work }, stores: { disk }, retention: '14d' });
    await writeFile(home.path('work', 'same'), 'same');
    await backupEvery(3, 130);
    const expected = Array.from({ length: 112 }, (_, place) => newest - (111 - place) * 3 * hour);
    expect(await generationsIn(home.path('disk'))).toEqual(expected.map(nameOf));
    for (const moment of expected) {
      const data = home.path('disk', nameOf(moment), 'sources', 'work', 'data');
      expect(await readFile(join(data, 'moment'), 'utf8')).toBe(`${moment}`);
    }
    for (const moment of [expected[0], expected[50], expected.at(-1)] as number[])
      expect(await verified(home, { at: nameOf(moment) })).toBe(0);
  }, 300_000);
});

describe('given generations and a policy that keeps fewer', () => {
  beforeEach(async () => {
    await backupEvery(24, 6);
    await home.write({ sources: { work }, stores: { disk: { ...disk, retention: { last: 2 } } } });
  });

  it('when it is a dry run, then every generation is named with what would become of it and why, and nothing is touched', async () => {
    const before = await generationsIn(home.path('disk'));
    const { status, stdout } = await home.run(['prune', '--dry-run']);
    const day = (back: number) => nameOf(newest - back * 24 * hour);
    expect(stdout).toMatch(/^disk: 2 keep, 4 would remove\nGENERATION/);
    expect(stdout).toMatch(new RegExp(`^${day(0)} +keep +last, the newest$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${day(1)} +keep +last$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${day(5)} +would remove +no rule keeps it$`, 'm'));
    expect(status).toBe(0);
    expect(await generationsIn(home.path('disk'))).toEqual(before);
  });

  it('when it is pruned, then the others go, what is left verifies, and a second time nothing is left to do', async () => {
    const { status, json } = await home.run(['prune', '--json']);
    expect([status, json.stores[0].keep.length, json.stores[0].remove.length]).toEqual([0, 2, 4]);
    const left = await generationsIn(home.path('disk'));
    expect(left).toHaveLength(2);
    for (const generation of left) expect(await verified(home, { at: generation })).toBe(0);
    expect((await home.run(['prune', '--json'])).json.stores[0].remove).toEqual([]);
  });

  it('when an older one is the newest that was verified, then it stays', async () => {
    const [oldest] = (await generationsIn(home.path('disk'))) as [string];
    expect(await home.run(['verify', '--at', oldest])).toMatchObject({ status: 0 });
    const { json } = await home.run(['prune', '--json']);
    expect(json.stores[0].keep.at(-1)).toEqual({ generation: oldest, reasons: ['the newest verified (bytes)'] });
    expect(await generationsIn(home.path('disk'))).toHaveLength(3);
  });

  it('when some were taken right before restores, then they take no place of the others, and go after 30 days', async () => {
    const all = await generationsIn(home.path('disk'));
    // The newest of them too: had it a place among the last two, one that was taken by the clock would go for it.
    const [old, recent] = [`${all.at(0)}-safety`, `${all.at(-1)}-safety`];
    await rename(home.path('disk', all.at(0) as string), home.path('disk', old));
    await rename(home.path('disk', all.at(-1) as string), home.path('disk', recent));
    const workspace = await openWorkspace(home.home, 'backup.config.yaml', context.signal);
    const planAt = (moment: number) =>
      planPrune(
        workspace.stores[0] as Store,
        workspace.retention.disk as Retention,
        'tested',
        new Memory(workspace.state),
        new Date(moment),
      );
    const soon = await planAt(newest + hour);
    expect(soon.keep.map(({ generation }) => generation)).toEqual([all.at(-2), all.at(-3), recent, old]);
    expect(soon.keep.at(-1)?.reasons).toEqual(['taken right before a restore, kept for 30 days']);
    expect(soon.remove).toEqual([all.at(-4), all.at(-5)]);
    const later = await planAt(newest + 28 * 24 * hour);
    expect(later.keep.map(({ generation }) => generation)).toEqual([all.at(-2), all.at(-3), recent]);
    expect(later.remove).toContain(old);
    // The command knows them too.
    const { json } = await home.run(['prune', '--dry-run', '--json']);
    expect(json.stores[0].keep.slice(0, 2).map(({ generation }: { generation: string }) => generation)).toEqual([
      all.at(-2),
      all.at(-3),
    ]);
  });

  it('when an older one does not verify, then it is no reason to keep it', async () => {
    const [oldest] = (await generationsIn(home.path('disk'))) as [string];
    await rm(home.path('disk', oldest, 'sources', 'work', 'data', 'moment'), { force: true }).catch(() => {});
    await home.run(['verify', '--at', oldest]);
    await home.run(['prune']);
    expect(await generationsIn(home.path('disk'))).toHaveLength(2);
  });

  it('when strangers lie among them, then they are left alone, and named where they look like generations', async () => {
    const stranger = nameOf(newest - 1_000 * hour);
    await mkdir(home.path('disk', stranger));
    await mkdir(home.path('disk', '.removing-a-stranger'));
    await writeFile(home.path('disk', 'notes.txt'), 'mine');
    const { stdout } = await home.run(['prune', '--dry-run']);
    expect(stdout).toMatch(new RegExp(`^${stranger} +left alone +its manifest cannot be read$`, 'm'));
    expect(await home.run(['prune'])).toMatchObject({ status: 0 });
    expect(await readdir(home.path('disk'))).toEqual(
      expect.arrayContaining([stranger, '.removing-a-stranger', 'notes.txt']),
    );
  });

  it('when another policy keeps its own there, then they are left alone', async () => {
    const policy = JSON.parse(await readFile(home.path('backup.config.yaml'), 'utf8'));
    await writeFile(home.path('backup.config.yaml'), JSON.stringify({ ...policy, name: 'other' }));
    expect(await home.run(['prune', '--dry-run'])).toMatchObject({
      stdout: expect.stringMatching(/left alone +it belongs to the policy tested/),
    });
    await home.run(['prune']);
    expect(await generationsIn(home.path('disk'))).toHaveLength(6);
  });

  it('when the newest run failed, then nothing is removed, by prune or by the run, until one is whole', async () => {
    await rename(home.path('work'), home.path('away'));
    expect((await home.run(['backup'])).status).toBe(5);
    const { status, stdout } = await home.run(['prune']);
    expect(stdout).toMatch(
      /^disk: NOT PRUNED, nothing is removed from disk while the newest run is not whole: the folder/,
    );
    expect(stdout).toMatch(/ {2}next: fukugen backup; once it is whole/);
    expect(status).toBe(3);
    expect(await generationsIn(home.path('disk'))).toHaveLength(6);
    await rename(home.path('away'), home.path('work'));
    const { json } = await home.run(['backup', '--json']);
    expect(json.pruned).toEqual([{ store: 'disk', removed: expect.arrayContaining([nameOf(newest - 24 * hour)]) }]);
    expect(await generationsIn(home.path('disk'))).toHaveLength(2);
  });

  it('when the newest run was killed, then nothing is removed', async () => {
    await writeFile(
      home.path('state', 'fukugen', 'tested', 'last-run.json'),
      JSON.stringify({ startedAt: '2026-11-21T12:00:00.000Z', complaints: [] }),
    );
    expect(await home.run(['prune'])).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('the run that began at 2026-11-21T12:00:00.000Z did not end'),
    });
  });

  it('when this machine remembers nothing and the newest generation is not whole, then nothing is removed', async () => {
    await home.write({
      sources: { work, gone: { kind: 'directory', path: 'gone' } },
      stores: { disk: { ...disk, retention: { last: 2 } } },
    });
    await home.run(['backup']);
    await removeTree(home.path('state'));
    expect(await home.run(['prune'])).toMatchObject({ status: 3, stdout: expect.stringContaining(', is not whole') });
    expect(await generationsIn(home.path('disk'))).toHaveLength(7);
  });
});

describe('given no retention in the policy', () => {
  it('when pruning is asked for, then it says what to write, with status 2', async () => {
    expect(await home.run(['prune'])).toMatchObject({
      status: 2,
      stderr:
        'fukugen: the policy does not say what any store keeps\n  next: add retention: 14d, or 14/8/6 for days, weeks and months, beside the stores\n',
    });
  });
});

describe('given a generation whose removal was ended half way', () => {
  it('when nothing else is to be removed, then the next prune ends it', async () => {
    await writeFile(home.path('work', 'a'), 'a');
    await home.write({ sources: { work }, stores: { disk: { ...disk, retention: { last: 9 } } } });
    await backupEvery(24, 2);
    const [newest, older] = (await generationsIn(home.path('disk'))).sort().reverse() as [string, string];
    await rename(home.path('disk', older), home.path('disk', `.removing-${older}`));
    expect(await home.run(['prune'])).toMatchObject({ status: 0 });
    expect((await readdir(home.path('disk'))).filter((name) => name !== '.fukugen')).toEqual([newest]);
  });
});
