import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyInProcess } from '../../helpers/local-in-process.ts';
import { eventually, send } from '../../helpers/local-processes.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const names = ['a', 'b', 'c'];

let home: LocalWorkspace;
let generation: string;
let coverageFile: string;

interface Found {
  readonly source: string;
  readonly level: string;
  readonly resumedFrom?: string;
}

beforeAll(async () => {
  const sources = Object.fromEntries(names.map((name) => [name, { kind: 'directory', path: name }]));
  home = await LocalWorkspace.open({ sources, stores: { disk: { kind: 'generations', path: 'disk' } } });
  for (const name of names) {
    await mkdir(home.path(name));
    await writeFile(home.path(name, 'file'), name);
  }
  // Holes: no room on the disk, and long to read, so that a run can be killed while it reads them.
  const large = await open(home.path('b', 'large'), 'w');
  await large.truncate(64 * 2 ** 20);
  await large.close();
  generation = (await home.run(['backup', '--json'])).json.generation;
  coverageFile = home.path('state', 'fukugen', 'tested', 'verification', 'coverage.json');
});

afterAll(() => home[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: as a script would read it
async function coverage(): Promise<any> {
  return JSON.parse(await readFile(coverageFile, 'utf8').catch(() => '{"stores":{}}'));
}

/** What a run that was killed after it had proven these sources leaves behind. */
async function unfinish(
  level: string,
  proven: readonly string[],
  change: (one: Record<string, unknown>) => void = () => {},
) {
  const all = await coverage();
  const one = all.stores.disk.generations[generation];
  one.round = { level, startedAt: '2026-01-01T00:00:00.000Z' };
  one.sources = Object.fromEntries(Object.entries(one.sources).filter(([name]) => proven.includes(name)));
  change(one);
  await writeFile(coverageFile, JSON.stringify(all));
}

async function verify(options: Parameters<typeof verifyInProcess>[1] = {}) {
  const { status, json } = await verifyInProcess(home, options);
  const { findings, resumed } = json as { findings: Found[]; resumed: unknown };
  const again = findings.filter(({ resumedFrom }) => resumedFrom === undefined);
  return { status, resumed, read: [...new Set(again.map(({ source }) => source))] };
}

describe('given a run that was killed', () => {
  it('when the next one begins, then it goes on after what was proven, and then the round is over', async () => {
    const running = home.start(['verify', '--level', 'readable']);
    const isUnderWay = (all: Awaited<ReturnType<typeof coverage>>) =>
      all.stores.disk?.generations[generation]?.sources.a?.readable !== undefined;
    await eventually(coverage, isUnderWay);
    send('SIGKILL', -running.id);
    await running.ended;
    const { round, sources } = (await coverage()).stores.disk.generations[generation];
    const { status, resumed, read } = await verify({ level: 'readable' });
    const left = names.filter((name) => sources[name]?.readable === undefined);
    // A machine that let it end before it was killed has nothing to go on with.
    expect(read).toEqual(round ? left : names);
    expect(resumed).toEqual(
      round ? [{ store: 'disk', generation, proven: 3 - left.length, of: 3, at: expect.any(String) }] : [],
    );
    expect(status).toBe(0);
    const after = (await coverage()).stores.disk.generations[generation];
    expect(after.round).toBeUndefined();
    expect(Object.keys(after.whole)).toEqual(['bytes', 'readable']);
  });
});

describe('given a run that ended before all was proven', () => {
  beforeEach(async () => {
    await verify();
  });

  it('when the same is asked for again, then only the rest is read, and that is said', async () => {
    await unfinish('bytes', ['a', 'c']);
    const { status, text } = await verifyInProcess(home);
    expect(text).toMatch(/^resumed: 2 of 3 sources in disk were proven at \d{4}-\d\d-\d\d \d\d:\d\d\n/);
    expect(text).toMatch(
      /^ok {2}disk {2}\S+ {2}a {2}bytes: proven \S+ \S+, by a run that did not end; not read again$/m,
    );
    expect(text).toMatch(/^ok {2}disk {2}\S+ {2}b {2}bytes: 3 files and folders, 67,108,865 bytes: as recorded$/m);
    expect(status).toBe(0);
    expect((await verify()).read).toEqual(names);
  });

  it.each([
    ['another level is asked for', { level: 'readable' }, () => {}],
    ['it is to begin anew', { restart: true }, () => {}],
    [
      'another manifest was verified',
      {},
      (one: Record<string, unknown>) => Object.assign(one, { manifest: 'another' }),
    ],
    [
      'it was proven before that run began',
      {},
      (one: Record<string, unknown>) =>
        Object.assign(one, { round: { level: 'bytes', startedAt: '2999-01-01T00:00:00.000Z' } }),
    ],
  ])('when %s, then everything is read', async (_what, options, change) => {
    await unfinish('bytes', ['a', 'c'], change);
    expect(await verify(options)).toEqual({ status: 0, resumed: [], read: names });
  });

  it('when what is remembered is no record at all, then everything is read', async () => {
    await writeFile(coverageFile, '{"format": 1, "stores": {"disk": 7}}');
    expect(await verify()).toEqual({ status: 0, resumed: [], read: names });
  });

  it('when it is tried dry, then it says from where it would go on', async () => {
    await unfinish('bytes', ['a']);
    const { text } = await verifyInProcess(home, { dryRun: true });
    expect(text).toMatch(/^would verify \S+ in disk up to bytes, going on from (2025-12-31|2026-01-01) \d\d:\d\d$/);
  });

  it('when one source is asked for, then it is read, and the rest stays to be gone on with', async () => {
    await unfinish('bytes', ['a', 'c']);
    expect(await verify({ source: 'a' })).toMatchObject({ resumed: [], read: ['a'] });
    expect((await verify()).read).toEqual(['b']);
  });

  it('when a source was found damaged, then it is read again', async () => {
    await unfinish('bytes', names, (one) => {
      (one.sources as Record<string, Record<string, { verdict: string }>>).c = {
        bytes: { at: '2026-02-01T00:00:00.000Z', verdict: 'failed' },
      } as never;
    });
    expect((await verify()).read).toEqual(['c']);
  });
});

describe('given the record of what was covered', () => {
  it('when it is written, then nobody else may read it', async () => {
    expect((await stat(coverageFile)).mode & 0o777).toBe(0o600);
  });
});
