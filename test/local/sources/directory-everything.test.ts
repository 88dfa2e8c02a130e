import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { capture } from '../../../local/sources/directory.ts';
import { asOrdinaryUser } from '../../helpers/local-other-user.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const stores = { disk: { kind: 'generations', path: 'disk' }, second: { kind: 'generations', path: 'second' } };
let workspace: LocalWorkspace;

const work = (...parts: string[]) => workspace.path('work', ...parts);

async function setUp(source: object = {}): Promise<void> {
  workspace = await LocalWorkspace.open({ sources: { work: { kind: 'directory', path: 'work', ...source } }, stores });
  await mkdir(work());
}

async function stored(store: string, path: string): Promise<string> {
  const newest = (await generationsIn(workspace.path(store))).at(-1) as string;
  return workspace.path(store, newest, 'sources', 'work', 'data', path);
}

/** Backs up, proves it, loses the folder and gets it back. */
async function backUpAndRestore(): Promise<void> {
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0, all: '\n' });
  expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  await rm(work(), { recursive: true });
  expect(
    await workspace.run(['restore', 'work', '--in-place', '--no-safety', '--yes', '--store', 'second']),
  ).toMatchObject({ status: 0 });
  expect(await workspace.run(['compare', 'work'])).toMatchObject({ status: 0 });
}

describe('given several names of one file', () => {
  beforeEach(async () => {
    await setUp();
    await writeFile(work('one'), 'content');
    await link(work('one'), work('two'));
    await mkdir(work('folder'));
    await link(work('one'), work('folder', 'three'));
    // Outside of the source it has a name too, which is nothing to the backup.
    await link(work('one'), workspace.path('outside'));
  });

  afterEach(() => workspace[Symbol.asyncDispose]());

  it('when they are restored, then they are one file again, and were stored once in every store', async () => {
    await backUpAndRestore();
    const [one, two, three] = await Promise.all(['one', 'two', 'folder/three'].map((name) => stat(work(name))));
    expect([two?.ino, three?.ino]).toEqual([one?.ino, one?.ino]);
    expect(one?.nlink).toBe(3);
    for (const store of ['disk', 'second'])
      expect((await stat(await stored(store, 'two'))).ino).toBe((await stat(await stored(store, 'one'))).ino);
    await writeFile(work('two'), 'changed');
    expect(await readFile(work('folder', 'three'), 'utf8')).toBe('changed');
  });

  it('when one of them became a file of its own, then a comparison names it', async () => {
    await workspace.run(['backup']);
    const before = await stat(work('two'));
    await writeFile(work('copy'), 'content');
    await rename(work('copy'), work('two'));
    await lutimes(work('two'), before.atime, before.mtime);
    await lutimes(work(), before.atime, (await stat(work())).mtime);
    const { status, stdout } = await workspace.run(['compare', 'work']);
    expect(stdout).toMatch(/was the same file as \S+, is one of its own$/m);
    expect(status).toBe(4);
  });

  it('when nothing has changed, then the next generation links them all', async () => {
    await workspace.run(['backup']);
    const before = await stat(await stored('disk', 'two'));
    await workspace.run(['backup']);
    expect((await stat(await stored('disk', 'folder/three'))).ino).toBe(before.ino);
  });
});

describe('given a file with holes', () => {
  const size = 64 * 2 ** 20;

  beforeAll(async () => {
    await setUp();
    const file = await open(work('image'), 'w');
    await file.write(Buffer.from('start'), 0, 5, 0);
    await file.write(Buffer.alloc(10_000, 'x'), 0, 10_000, 20_000_001);
    await file.truncate(size);
    await file.close();
    await writeFile(work('hole'), '');
    await truncate(work('hole'), 1_000_001);
  });

  afterAll(() => workspace[Symbol.asyncDispose]());

  it('when it is restored, then it has the same bytes, and takes as little room, as it does in every store', async () => {
    const before = await stat(work('image'));
    expect(before.blocks * 512).toBeLessThan(100_000);
    const content = await readFile(work('image'));
    await backUpAndRestore();
    expect((await readFile(work('image'))).equals(content)).toBe(true);
    expect((await stat(work('hole'))).size).toBe(1_000_001);
    for (const file of [work('image'), await stored('disk', 'image'), await stored('second', 'image')])
      expect((await stat(file)).blocks * 512).toBeLessThan(200_000);
  });
});

describe('given links, owners and extended attributes', () => {
  beforeEach(() => setUp());
  afterEach(() => workspace[Symbol.asyncDispose]());

  it('when a link is restored, then it has its own time, and another time is named', async () => {
    await symlink('nowhere', work('link'));
    await lutimes(work('link'), new Date('2001-02-03'), new Date('2001-02-03'));
    await backUpAndRestore();
    expect((await lstat(work('link'))).mtime).toEqual(new Date('2001-02-03'));
    await lutimes(work('link'), new Date('2002-02-03'), new Date('2002-02-03'));
    expect(await workspace.run(['compare', 'work'])).toMatchObject({
      status: 4,
      stdout: expect.stringMatching(/link: was changed 2001-02-03T00:00:00.000Z, says 2002-02-03/),
    });
  });

  it('when root restores, then owners are back; when somebody else backs up, then none is kept', async () => {
    await writeFile(work('file'), 'x');
    if (process.getuid?.() === 0) {
      execFileSync('chown', ['12345:23456', work('file')]);
      await chmod(work('file'), 0o4755);
      await backUpAndRestore();
      expect(await stat(work('file'))).toMatchObject({ uid: 12_345, gid: 23_456, mode: 0o104755 });
      execFileSync('chown', ['12346:23456', work('file')]);
      await chmod(work('file'), 0o4755);
      const { stdout } = await workspace.run(['compare', 'work']);
      expect(stdout).toMatch(/^file: belonged to 12345:23456, belongs to 12346:23456$/m);
      for (const name of ['disk', 'second', 'state']) await rm(workspace.path(name), { recursive: true });
    }
    const through = asOrdinaryUser(workspace.home);
    expect(await workspace.run(['backup'], { through })).toMatchObject({ status: 0 });
    const [generation] = (await generationsIn(workspace.path('disk'))) as [string];
    const list = await readFile(workspace.path('disk', generation, 'sources', 'work', 'files.jsonl'), 'utf8');
    expect(list).not.toMatch(/owner/);
    expect(await workspace.run(['verify', '--level', 'identical'], { through })).toMatchObject({ status: 0 });
  });

  it('when files have attributes, then they are back with strange names and values, and another value is named', async () => {
    const names = ['file', 'new\nline', 'back\\slash', '-rf', 'é=x', 'read-only'];
    for (const name of names) await writeFile(work(name), name);
    for (const name of names) execFileSync('setfattr', ['-n', 'user.comment', '-v', `of ${name}`, '--', work(name)]);
    execFileSync('setfattr', ['-n', 'user.日本=語', '-v', '0x00ff0a3d', work('file')]);
    execFileSync('setfattr', ['-n', 'user.folder', '-v', '', work()]);
    await chmod(work('read-only'), 0o444);
    const through = asOrdinaryUser(workspace.home);
    expect(await workspace.run(['backup'], { through })).toMatchObject({ status: 0 });
    expect(await workspace.run(['verify', '--level', 'identical'], { through })).toMatchObject({ status: 0 });
    await rm(work(), { recursive: true });
    expect(await workspace.run(['restore', 'work', '--in-place', '--no-safety', '--yes'], { through })).toMatchObject({
      status: 0,
    });
    const dump = execFileSync('getfattr', ['-d', '-e', 'text', '--', ...names], { cwd: work(), encoding: 'utf8' });
    expect(dump).toContain('user.comment="of -rf"');
    expect(dump).toContain('user.comment="of read-only"');
    expect(execFileSync('getfattr', ['-d', '-e', 'hex', '.', 'file'], { cwd: work(), encoding: 'utf8' })).toMatch(
      /user\.folder[\s\S]*=0x00ff0a3d/,
    );
    execFileSync('setfattr', ['-x', 'user.comment', work('file')]);
    const { status, stdout } = await workspace.run(['compare', 'work'], { through });
    expect(stdout).toMatch(/^file: has other extended attributes$/m);
    expect(status).toBe(4);
  });

  it('when the program for attributes is not installed, then the record says so', async () => {
    await writeFile(work('file'), 'x');
    // What starts fukugen itself, and nothing else.
    for (const name of ['dirname', 'readlink'])
      execFileSync('sh', ['-c', `ln -s "$(command -v ${name})" "$0"`, workspace.path('bin', name)]);
    const environment = { PATH: workspace.path('bin') };
    const { status, json } = await workspace.run(['backup', '--json'], { environment });
    expect(json.sources[0].detail.attributesLacking).toBe(
      'extended attributes are not kept: getfattr is not installed',
    );
    expect(status).toBe(0);
  });
});

describe('given names that programs make again', () => {
  const names = ['.git/HEAD', '.venv/x', 'a/node_modules/x', 'a/__pycache__/x', 'debug.log', 'x.tmp', 'kept'];

  it.each([
    [{}, ['.git/HEAD', 'kept']],
    [{ excludeGit: true }, ['kept']],
    [{ excludeUsual: false }, names],
    [{ exclude: ['!*.log', 'kept'] }, ['.git/HEAD', 'debug.log']],
  ])('when the policy says %j, then %j are in the backup', async (source, expected) => {
    await setUp(source);
    for (const name of names) {
      await mkdir(work(name, '..'), { recursive: true });
      await writeFile(work(name), name);
    }
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const [generation] = (await generationsIn(workspace.path('disk'))) as [string];
    const list = await readFile(workspace.path('disk', generation, 'sources', 'work', 'files.jsonl'), 'utf8');
    const entries = list
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(
      entries
        .filter(({ type }) => type === 'file')
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...expected].sort());
    await workspace[Symbol.asyncDispose]();
  });
});

describe('given iCloud files whose content is not on this machine', () => {
  /** One with the name `evicted` is such a file: this machine has no iCloud. */
  async function captured(notDownloaded: 'skip' | 'download' | 'fail') {
    await setUp();
    await writeFile(work('here'), 'here');
    await writeFile(work('evicted'), 'elsewhere');
    const { ino } = await stat(work('evicted'));
    const folder = workspace.path('capture');
    await mkdir(folder);
    const context = {
      progress: { stage: () => {}, count: () => {}, end: () => {} },
      signal: new AbortController().signal,
      folder,
      earlier: undefined,
    };
    return capture({ path: work(), exclude: [], notDownloaded }, context, (stats) => stats.ino === ino);
  }

  afterEach(() => workspace[Symbol.asyncDispose]());

  it('when they are to be skipped, then each is named, and the rest is in the backup', async () => {
    const { problems, files } = await captured('skip');
    expect(problems).toEqual([{ path: 'evicted', reason: 'its content is not on this machine' }]);
    expect(files.entries).toBe(2);
  });

  it('when they are to be downloaded, then they are read', async () => {
    expect(await captured('download')).toMatchObject({ problems: [], files: { entries: 3 } });
  });

  it('when they are a failure, then the source fails and names them', async () => {
    await expect(captured('fail')).rejects.toMatchObject({
      code: 'source',
      message: expect.stringMatching(/^1 file in .* not on this machine: evicted$/),
      next: expect.stringMatching(/download them in the Finder/),
    });
  });
});
