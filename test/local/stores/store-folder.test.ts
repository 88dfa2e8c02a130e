import { mkdir, readdir, rename, rmdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const sources = { work: { kind: 'directory', path: 'work' } };
const stores = { disk: { kind: 'generations', path: 'disk' }, hand: { kind: 'archive', path: 'hand' } };

let workspace: LocalWorkspace;

beforeAll(async () => {
  workspace = await LocalWorkspace.open({ sources, stores });
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'a'), 'a');
});

afterAll(() => workspace[Symbol.asyncDispose]());

async function countIn(store: string): Promise<number> {
  return (await workspace.run(['list', '--store', store, '--json'])).json.generations.length;
}

describe.each(['disk', 'hand'])('given the store %s on a disk that is taken away', (lost) => {
  const other = lost === 'disk' ? 'hand' : 'disk';
  const sentence = new RegExp(
    `the store ${lost} is not at \\S+/${lost}, where it was: its disk may not be mounted\\n +next: see to it and run this again; when it is gone for good, fukugen init ${lost} begins`,
  );

  beforeAll(async () => {
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    await rename(workspace.path(lost), workspace.path('elsewhere'));
    // What a mount leaves behind when it goes.
    await mkdir(workspace.path(lost));
  });

  it('when a backup is taken, then it is not made anew in silence, and the other store has the generation', async () => {
    const before = await countIn(other);
    const { status, stdout } = await workspace.run(['backup']);
    expect(stdout).toMatch(sentence);
    expect(status).toBe(5);
    expect(await countIn(other)).toBe(before + 1);
    expect(await readdir(workspace.path(lost))).toEqual([]);
  });

  it.each([['list'], ['verify', '--store', lost], ['restore', 'work', '--store', lost]])(
    'when "fukugen %s" needs it, then it says so, and not that there never was a generation',
    async (...command) => {
      const { status, all } = await workspace.run(command);
      expect(all).toMatch(/where it was: its disk may not be mounted/);
      expect(status).toBe(5);
    },
  );

  it('when it is a dry run, then it says so', async () => {
    expect(await workspace.run(['backup', '--dry-run'])).toMatchObject({
      status: 5,
      stdout: expect.stringMatching(new RegExp(`^${lost}: the store ${lost} is not at`, 'm')),
    });
  });

  it('when it is mounted again, then it goes on as before', async () => {
    await rmdir(workspace.path(lost));
    await rename(workspace.path('elsewhere'), workspace.path(lost));
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  });

  it('when it is gone for good, then init begins an empty one, once', async () => {
    await rename(workspace.path(lost), workspace.path(`${lost} lost`));
    expect(await workspace.run(['init', '--dry-run'])).toMatchObject({
      stdout: `${lost}: would be made\n${other}: nothing to make\n`,
    });
    expect(await readdir(workspace.home)).not.toContain(lost);
    expect(await workspace.run(['init', lost])).toMatchObject({ status: 0, stdout: `${lost}: made\n` });
    expect(await workspace.run(['init', lost])).toMatchObject({ status: 0, stdout: `${lost}: nothing to make\n` });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect(await countIn(lost)).toBe(1);
  });

  it('when the policy names another folder, then that is another place, and begun without a word', async () => {
    await workspace.write({
      sources,
      stores: { ...stores, [lost]: { ...stores[lost as 'disk'], path: `${lost} moved` } },
    });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    await workspace.write({ sources, stores });
  });
});

describe('given a mirror through rclone that is there no more', () => {
  const mirror = { kind: 'rclone', remote: 'here:mirror', options: { type: 'local' } };

  beforeAll(async () => {
    await workspace.write({ sources, stores: { mirror } });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    await rename(workspace.path('mirror'), workspace.path('mirror elsewhere'));
    await mkdir(workspace.path('mirror'));
  });

  it.each([['backup'], ['backup', '--dry-run']])(
    'when it is "fukugen %s %s", then it is not begun anew',
    async (...command) => {
      const { status, all } = await workspace.run(command);
      expect(all).toMatch(
        /the store mirror is not at fukugenremote:\S+mirror\/tested, where it was: what rclone reaches/,
      );
      expect(status).toBe(5);
      expect(await readdir(workspace.path('mirror'))).toEqual([]);
    },
  );

  it('when init is asked for it, then the next backup begins it', async () => {
    expect(await workspace.run(['init'])).toMatchObject({ status: 0, stdout: 'mirror: made\n' });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect(await workspace.run(['init'])).toMatchObject({ status: 0, stdout: 'mirror: nothing to make\n' });
  });
});
