import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, processesOf } from '../../helpers/local-processes.ts';
import { generationsIn, photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

const sources = { work: { kind: 'directory', path: 'work' } };
const generationsAt = (path: string) => ({ kind: 'generations', path });

beforeEach(async () => {
  workspace = await LocalWorkspace.open({ sources, stores: { disk: generationsAt('disk') } });
  await mkdir(workspace.path('work'));
  await writeFiles(20);
});

afterEach(() => workspace[Symbol.asyncDispose]());

async function writeFiles(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await writeFile(workspace.path('work', `${index}`), `${index}`);
}

/** A backup that is at work until something comes through the gate: files of it lie in the store, and a program is waited for. */
async function backupUnderWay() {
  const gate = { kind: 'command', command: ['sh', '-c', ': > waiting; exec cat gate'], output: 'came' };
  await workspace.write({ sources: { ...sources, gate }, stores: { disk: generationsAt('disk') } });
  execFileSync('sh', ['-c', 'mkfifo "$0"', workspace.path('gate')]);
  const running = workspace.start(['backup']);
  await eventually(
    async () => existsSync(workspace.path('waiting')),
    (isWaiting) => isWaiting,
  );
  return running;
}

describe('given a backup at work', () => {
  it('when a second one is started, then it ends at once with status 9 and names the first, which goes on', async () => {
    const first = await backupUnderWay();
    const second = await workspace.run(['backup']);
    expect(second.stderr).toMatch(
      /^fukugen: another run is at work here: backup, process \d+ on \S+, since \S+\n {2}next: wait for it to end and run again/,
    );
    expect(second.status).toBe(9);
    await writeFile(workspace.path('gate'), 'open');
    expect(await first.ended).toMatchObject({ status: 0 });
    expect(await generationsIn(workspace.path('disk'))).toHaveLength(1);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'when it is stopped with %s, then it ends with status 130, leaves nothing half done, and the next run is complete',
    async (signal) => {
      const { id, ended } = await backupUnderWay();
      process.kill(id, signal);
      const { status, stderr } = await ended;
      expect(stderr).toBe(`fukugen: stopped by ${signal}; nothing half done was kept\n`);
      expect(status).toBe(130);
      expect(await generationsIn(workspace.path('disk'))).toEqual([]);
      expect(await photograph(workspace.path('disk', '.fukugen', 'partial'))).toEqual({});
      expect(await processesOf(workspace.home)).toEqual([]);
      await workspace.write({ sources, stores: { disk: generationsAt('disk') } });
      expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    },
  );
});

describe('given two stores of generations', () => {
  beforeEach(() => workspace.write({ sources, stores: { disk: generationsAt('disk'), usb: generationsAt('usb') } }));

  it('when backups are taken, then both have the same manifests, and the second of each links too', async () => {
    for (let count = 0; count < 2; count += 1) expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const names = await generationsIn(workspace.path('disk'));
    expect(names).toHaveLength(2);
    expect(await generationsIn(workspace.path('usb'))).toEqual(names);
    for (const name of names) {
      const [disk, usb] = await Promise.all(
        ['disk', 'usb'].map((store) => readFile(workspace.path(store, name, 'manifest.json'))),
      );
      expect(usb?.equals(disk as Buffer)).toBe(true);
    }
    for (const store of ['disk', 'usb']) {
      const inodes = names.map(async (name) => (await stat(workspace.path(store, name, 'sources/work/data/7'))).ino);
      const [first, second] = await Promise.all(inodes);
      expect(second).toBe(first);
    }
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  });

  it('when the first one fails, then the second one has the generation, and the status is that of the failure', async () => {
    await writeFile(workspace.path('disk'), 'in the way');
    const { status, json } = await workspace.run(['backup', '--json']);
    expect(json.stores).toEqual([
      {
        name: 'disk',
        stored: false,
        code: 'store',
        message: expect.stringMatching(/^a store is to be at \S+\/disk, but that is no folder$/),
      },
      { name: 'usb', stored: true },
    ]);
    expect(status).toBe(7);
    expect(await workspace.run(['verify', '--store', 'usb', '--level', 'identical'])).toMatchObject({ status: 0 });
    await rm(workspace.path('disk'));
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect(await generationsIn(workspace.path('usb'))).toHaveLength(2);
  });

  it('when both fail, then nothing is stored and the first failure is told', async () => {
    for (const store of ['disk', 'usb']) await writeFile(workspace.path(store), 'in the way');
    expect(await workspace.run(['backup'])).toMatchObject({
      status: 7,
      stderr: expect.stringMatching(
        /^fukugen: a store is to be at \S+\/disk, but that is no folder\n {2}next: move it/,
      ),
    });
  });

  it('when the newest generation in the second one was damaged, then it is copied afresh, not linked to', async () => {
    await workspace.run(['backup']);
    const [name] = (await generationsIn(workspace.path('usb'))) as [string];
    const list = workspace.path('usb', name, 'sources/work/files.jsonl');
    await chmod(list, 0o600);
    await writeFile(list, 'damaged');
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect(await workspace.run(['verify', '--store', 'usb'])).toMatchObject({ status: 0 });
  });
});

describe('given a generation', () => {
  it('when somebody edits in it, then the system refuses, and a backup is never the only name of a file of the source', async () => {
    await workspace.run(['backup']);
    const [name] = (await generationsIn(workspace.path('disk'))) as [string];
    const file = workspace.path('disk', name, 'sources/work/data/7');
    expect((await stat(file)).mode & 0o222).toBe(0);
    expect((await stat(workspace.path('disk', name))).mode & 0o222).toBe(0);
    expect((await stat(file)).ino).not.toBe((await stat(workspace.path('work', '7'))).ino);
  });
});
