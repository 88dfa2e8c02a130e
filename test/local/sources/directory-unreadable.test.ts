import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asOrdinaryUser } from '../../helpers/local-other-user.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const writer = pathToFileURL(join(import.meta.dirname, '../../helpers/grow-while-read.ts')).href;

let workspace: LocalWorkspace;
let through: readonly string[];

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: {
      work: { kind: 'directory', path: 'work' },
      hidden: { kind: 'directory', path: 'hidden' },
      busy: { kind: 'directory', path: 'busy' },
      missing: { kind: 'directory', path: 'missing' },
      file: { kind: 'directory', path: 'backup.config.yaml' },
    },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  await mkdir(workspace.path('work'));
  await mkdir(workspace.path('hidden', 'locked'), { recursive: true });
  await mkdir(workspace.path('busy'));
  for (const name of ['work/readable', 'work/unreadable', 'hidden/readable', 'hidden/locked/inside', 'busy/still'])
    await writeFile(workspace.path(name), name);
  await chmod(workspace.path('work', 'unreadable'), 0o000);
  await chmod(workspace.path('hidden', 'locked'), 0o000);
  through = asOrdinaryUser(workspace.home);
});

afterAll(async () => {
  execFileSync('chmod', ['-R', 'u+rwX', workspace.home]);
  await workspace[Symbol.asyncDispose]();
});

describe('given a file that may not be read', () => {
  it('when the folder is backed up, then it is named with the reason, the status is 3 and the rest is stored', async () => {
    const { status, stdout } = await workspace.run(['backup', '--source', 'work'], { through });
    expect(stdout).toMatch(/^ {4}not in the backup: unreadable, no permission to read it$/m);
    expect(stdout).toMatch(/^ {2}work: 2 files and folders, 13 B, 0 unchanged$/m);
    expect(stdout).toMatch(/^ {2}stored in disk$/m);
    expect(status).toBe(3);
  });

  it.each([
    ['verified in full', ['verify', '--level', 'identical']],
    ['compared with its backup', ['compare', 'work']],
  ])('when it is %s, then it is incomplete, not different', async (_what, command) => {
    const { status, stdout } = await workspace.run(command, { through });
    expect(stdout).toMatch(/unreadable: not in the backup, no permission to read it/);
    expect(status).toBe(3);
  });
});

describe('given a folder inside that may not be entered', () => {
  it('when it is backed up, then it is named with the reason, and the status is 3', async () => {
    const { status, stdout } = await workspace.run(['backup', '--source', 'hidden'], { through });
    expect(stdout).toMatch(/^ {4}not in the backup: locked, no permission to read it$/m);
    expect(status).toBe(3);
  });

  it('when it is verified in full by the same user, then it is incomplete, not different', async () => {
    const { status, stdout } = await workspace.run(['verify', '--level', 'identical'], { through });
    expect(stdout).toMatch(/locked: not in the backup, no permission to read it/);
    expect(status).toBe(3);
  });

  it('when nothing has changed, then a comparison is incomplete, not different', async () => {
    const { status, stdout } = await workspace.run(['compare', 'hidden'], { through });
    expect(stdout).toMatch(/: identical\nlocked: not in the backup/);
    expect(status).toBe(3);
  });

  it('when it is lost and restored, then what is in the backup is put in place and the status is 3', async () => {
    execFileSync('rm', ['-rf', workspace.path('hidden')]);
    const { status, json } = await workspace.run(
      ['restore', 'hidden', '--in-place', '--no-safety', '--yes', '--json'],
      { through },
    );
    expect(json).toMatchObject({ inPlace: true, verdict: 'incomplete' });
    expect(status).toBe(3);
  });
});

describe('given a file that is written to all the time', () => {
  it('when the folder is backed up, then the file is stored as last read and named, and the generation verifies', async () => {
    const file = workspace.path('busy', 'log');
    await writeFile(file, 'as it was at first\n');
    const environment = { NODE_OPTIONS: `--import=${writer}`, GROWS: file };
    const { status, stdout } = await workspace.run(['backup', '--source', 'busy'], { environment });
    expect(stdout).toMatch(/not in the backup: log, it changed while it was read/);
    expect(stdout).not.toMatch(/still/);
    expect(status).toBe(3);
    expect(await workspace.run(['verify'])).toMatchObject({ status: 0 });
  });

  it('when the writer has stopped, then the next run is complete', async () => {
    expect(await workspace.run(['backup', '--source', 'busy'])).toMatchObject({ status: 0, all: '\n' });
  });

  it('when it was only opened for writing, then it is complete', async () => {
    const handle = await open(workspace.path('busy', 'log'), 'a');
    expect(await workspace.run(['backup', '--source', 'busy'])).toMatchObject({ status: 0 });
    await handle.close();
  });
});

describe('given a folder that is not there', () => {
  it.each([
    ['missing', /^fukugen: the folder .*\/missing cannot be found: ENOENT.*\n {2}next: correct its path in the policy/],
    ['file', /^fukugen: .*\/backup\.config\.yaml is not a folder\n$/],
  ])('when only %s is backed up, then the status is 5 and no generation is kept', async (source, message) => {
    const { status, stderr } = await workspace.run(['backup', '--source', source]);
    expect(stderr).toMatch(message);
    expect(status).toBe(5);
    const { json } = await workspace.run(['list', '--json']);
    const generations = json.generations.length;
    await workspace.run(['backup', '--source', source]);
    expect((await workspace.run(['list', '--json'])).json.generations).toHaveLength(generations);
  });

  it('when it is backed up with others, then they are stored, the missing one is named and the status is 5', async () => {
    const { status, json } = await workspace.run(['backup', '--source', 'missing', 'busy', '--json']);
    expect(json).toMatchObject({ complete: false, failed: [{ name: 'missing', code: 'missing' }] });
    expect(json.sources.map((source: { name: string }) => source.name)).toEqual(['busy']);
    expect(json.stores).toEqual([{ name: 'disk', stored: true }]);
    expect(status).toBe(5);
    expect(await workspace.run(['restore', 'missing'])).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(
        /^fukugen: no generation in the store disk holds missing\n {2}next: fukugen backup /,
      ),
    });
    expect(await workspace.run(['restore', 'missing', '--at', json.generation])).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(
        /the generation .* does not hold missing\n {2}next: fukugen list, then --at another/,
      ),
    });
  });

  it('when it has come back, then the next run is complete', async () => {
    await mkdir(workspace.path('missing'));
    expect(await workspace.run(['backup', '--source', 'missing', 'busy'])).toMatchObject({ status: 0 });
    await rm(workspace.path('missing'), { recursive: true });
  });
});
