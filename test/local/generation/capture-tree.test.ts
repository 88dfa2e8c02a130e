import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { appendFileSync, renameSync, rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { captureTree } from '../../../local/generation/capture-tree.ts';
import { compareTree } from '../../../local/generation/compare-tree.ts';
import type { FileEntry, FileState } from '../../../local/generation/entry.ts';

let home: string;
let source: string;
let into: string;

/** Runs something after the tree was listed and before its last file is opened: eight are captured at a time. */
function onceUnderWay(act: () => void): (done: number) => void {
  return (done) => {
    if (done === 1) act();
  };
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'fukugen-capture-'));
  source = join(home, 'source');
  into = join(home, 'into');
  await mkdir(source);
  await mkdir(into);
  for (let index = 10; index < 40; index += 1) await writeFile(join(source, `${index}`), `content of ${index}`);
});

afterEach(() => rm(home, { recursive: true }));

describe('given a folder that changes after it was listed', () => {
  const replace = (command: string) => () => {
    execFileSync('sh', ['-c', `rm -r "$0"; ${command} "$0"`, join(source, '39')]);
  };

  it.each([
    ['went away', replace(':'), 'it went away while the backup ran'],
    ['became a link', replace('ln -s 10'), 'it became a link while the backup ran'],
    ['became a pipe that nobody writes to', replace('mkfifo'), 'it became a pipe while the backup ran'],
    ['became a folder', replace('mkdir'), 'it became a folder while the backup ran'],
  ])('when a file %s, then it is named, and what was captured is what the list says', async (_what, act, reason) => {
    const { entries, problems } = await captureTree(source, into, { onFile: onceUnderWay(act) });
    expect(problems).toEqual([{ path: '39', reason }]);
    expect(entries).toHaveLength(30);
    expect(await compareTree(into, entries)).toEqual([]);
  });

  it('when a folder went away, then it is named, and what was captured is what the list says', async () => {
    for (let index = 40; index < 60; index += 1) await mkdir(join(source, `${index}`));
    const onFile = onceUnderWay(() => rmSync(join(source, '59'), { recursive: true }));
    const { entries, problems } = await captureTree(source, into, { onFile });
    expect(problems).toEqual([{ path: '59', reason: 'it went away while the backup ran' }]);
    expect(await compareTree(into, entries)).toEqual([]);
  });

  it('when a file is replaced by rename, then either the old or the new one is captured whole', async () => {
    await writeFile(join(home, 'new'), 'a longer content than before');
    const act = () => renameSync(join(home, 'new'), join(source, '39'));
    const { entries, problems } = await captureTree(source, into, { onFile: onceUnderWay(act) });
    expect(problems).toEqual([]);
    const entry = entries.find(({ path }) => path === '39') as FileEntry;
    expect(await readFile(join(into, '39'), 'utf8')).toBe('a longer content than before');
    expect(entry).toMatchObject({ size: 28, sha256: hash('sha256', 'a longer content than before') });
  });

  it('when a file grows between the listing and its reading, then it is captured as it then is, without a problem', async () => {
    const act = () => appendFileSync(join(source, '39'), ' and more');
    const { problems } = await captureTree(source, into, { onFile: onceUnderWay(act) });
    expect(problems).toEqual([]);
    expect(await readFile(join(into, '39'), 'utf8')).toBe('content of 39 and more');
  });
});

describe('given an earlier capture', () => {
  it('when only the permissions to write differ, then the file is linked, and its entry has the new permissions', async () => {
    const first = await captureTree(source, into);
    await chmod(join(source, '20'), 0o666);
    const next = join(home, 'next');
    await mkdir(next);
    const earlier = { folder: into, entries: new Map(first.entries.map((entry) => [entry.path, entry])) };
    const second = await captureTree(source, next, { earlier });
    expect(second.linked).toBe(30);
    expect(second.entries.find(({ path }) => path === '20')).toMatchObject({ mode: 0o666 });
    expect((await stat(join(next, '20'))).ino).toBe((await stat(join(into, '20'))).ino);
  });

  it('when the earlier file has gone, then the file is copied', async () => {
    const first = await captureTree(source, into);
    await rm(join(into, '20'), { force: true });
    const next = join(home, 'next');
    await mkdir(next);
    const earlier = { folder: into, entries: new Map(first.entries.map((entry) => [entry.path, entry])) };
    const second = await captureTree(source, next, { earlier });
    expect(second).toMatchObject({ linked: 29, problems: [] });
    expect(await readFile(join(next, '20'), 'utf8')).toBe('content of 20');
  });
});

describe('given files that have lain untouched, and a record of them that can be told from their content', () => {
  /** Files of this checkout: those that a test makes have only just changed. */
  const untouched = import.meta.dirname;
  const recorded = hash('sha256', 'not what is in any of them');

  async function captureAgain(altered: (entry: FileEntry) => Partial<FileEntry>): Promise<string[]> {
    const stored = join(home, 'stored');
    await mkdir(stored);
    const { entries } = await captureTree(untouched, stored);
    const files = entries.filter((entry) => entry.type === 'file');
    const earlier = {
      folder: stored,
      entries: new Map(files.map((file) => [file.path, { ...file, ...altered(file) }])),
    };
    const again = await captureTree(untouched, into, { earlier });
    return again.entries.filter((entry) => entry.type === 'file').map(({ sha256 }) => sha256);
  }

  it('when they are captured again, then they are linked as they were recorded, without being read', async () => {
    const found = await captureAgain(() => ({ sha256: recorded }));
    expect(new Set(found)).toEqual(new Set([recorded]));
  });

  it.each([
    ['changed at another moment', ({ inode, changed }: FileState) => ({ inode, changed: changed + 1 })],
    ['is another inode', ({ inode, changed }: FileState) => ({ inode: inode + 1, changed })],
    ['was recorded without its state', () => undefined],
  ])('when size and time of modification are the same but a file %s, then it is read', async (_what, alter) => {
    const found = await captureAgain(({ state }) => ({
      sha256: recorded,
      state: alter(state as FileState) as FileState,
    }));
    expect(found).not.toContain(recorded);
  });

  it('when a file has only just changed, then its state is not recorded, since it may change again unnoticed', async () => {
    const { entries } = await captureTree(source, into);
    const settled = Date.now() - 2_000;
    for (const entry of entries) if (entry.type === 'file') expect(entry.state?.changed ?? 0).toBeLessThan(settled);
  });
});

describe('given a capture that cannot go on', () => {
  it('when a file of the same name is in the way and cannot be replaced, then the store is to blame', async () => {
    await mkdir(join(into, '39', 'in the way'), { recursive: true });
    await expect(captureTree(source, into)).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/^the store cannot be written: /),
    });
  });

  it('when it is stopped, then it ends with the reason that it was given, and writes nothing any more', async () => {
    // It takes longer than twenty others.
    await truncate(join(source, '10'), 64 * 2 ** 20);
    const stop = new AbortController();
    const onFile = (done: number) => {
      if (done === 20) stop.abort(new Error('stopped by the test'));
    };
    await expect(captureTree(source, into, { signal: stop.signal, onFile })).rejects.toThrow('stopped by the test');
    // What is written whole is sealed.
    for (const name of await readdir(into))
      expect([name, (await stat(join(into, name))).mode & 0o222]).toEqual([name, 0]);
  });
});
