import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);
const moment = new Date('2026-01-01T00:00:00Z');

let workspace: LocalWorkspace;

/** The file of a generation of fukugen's, counted from 0. */
async function stored(place: number): Promise<string> {
  const [name] = (await generationsIn(workspace.path('disk'))).slice(place);
  return workspace.path('disk', name as string, 'sources', 'work', 'data', 'file');
}

async function backup(): Promise<void> {
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
}

beforeEach(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' } },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'file'), 'aaaa');
  await utimes(workspace.path('work', 'file'), moment, moment);
  await run('rsync', ['-a', 'work/', 'first/'], { cwd: workspace.home });
  await backup();
});

afterEach(() => workspace[Symbol.asyncDispose]());

describe('the trap of a file that changed and kept size and time', () => {
  it('when rsync makes the next generation, then it links the old content; when fukugen does, then the new one is stored', async () => {
    await writeFile(workspace.path('work', 'file'), 'bbbb');
    await utimes(workspace.path('work', 'file'), moment, moment);
    await run('rsync', ['-a', '--link-dest=../first', 'work/', 'second/'], { cwd: workspace.home });
    expect(await readFile(workspace.path('second', 'file'), 'utf8')).toBe('aaaa');
    await backup();
    expect(await readFile(await stored(1), 'utf8')).toBe('bbbb');
    expect(await readFile(await stored(0), 'utf8')).toBe('aaaa');
  });
});

describe('the trap of an edit inside one generation', () => {
  it('when it is one of rsync’s, then all of them change; when it is one of fukugen’s, then the file refuses it', async () => {
    await run('rsync', ['-a', '--link-dest=../first', 'work/', 'second/'], { cwd: workspace.home });
    await writeFile(workspace.path('second', 'file'), 'edited');
    expect(await readFile(workspace.path('first', 'file'), 'utf8')).toBe('edited');
    await backup();
    expect((await stat(await stored(1))).ino).toBe((await stat(await stored(0))).ino);
    expect((await stat(await stored(1))).mode & 0o222).toBe(0);
    expect((await stat(workspace.path('work', 'file'))).ino).not.toBe((await stat(await stored(1))).ino);
  });
});

describe('the trap of a generation to link to that is not where it is said to be', () => {
  it('when rsync is told of it relative to the wrong folder, then it copies in full and exits 0; fukugen links by what its store holds', async () => {
    // Relative to the destination, not to where the command is typed.
    await run('rsync', ['-a', '--link-dest=first', 'work/', 'second/'], { cwd: workspace.home });
    expect((await stat(workspace.path('second', 'file'))).nlink).toBe(1);
    await backup();
    expect((await stat(await stored(1))).nlink).toBe(2);
  });
});
