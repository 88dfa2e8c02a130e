import { chmod, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verified } from '../../helpers/local-in-process.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

beforeEach(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' } },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  await mkdir(workspace.path('work'));
  for (const name of ['rotten', 'sound']) await writeFile(workspace.path('work', name), name.repeat(1_000));
  await workspace.run(['backup']);
});

afterEach(() => workspace[Symbol.asyncDispose]());

const stored = (generation: string, name: string) =>
  workspace.path('disk', generation, 'sources', 'work', 'data', name);

const inodeOf = async (generation: string, name: string) => (await stat(stored(generation, name))).ino;

const marks = async () => (await readdir(workspace.path('disk', '.fukugen'))).includes('doubtful.json');

/** As a dying disk does it: size and time stay. */
async function rot(generation: string): Promise<void> {
  const file = stored(generation, 'rotten');
  const { mode, atime, mtime } = await stat(file);
  await chmod(file, 0o600);
  const handle = await open(file, 'r+');
  await handle.write('X', 500);
  await handle.utimes(atime, mtime);
  await handle.close();
  await chmod(file, mode);
}

describe('given a stored file that rotted while its source did not change', () => {
  it('when nobody has looked, then the next generation links to it: what the mark is for', async () => {
    const [first] = (await generationsIn(workspace.path('disk'))) as [string];
    await rot(first);
    await workspace.run(['backup']);
    expect(await verified(workspace)).toBe(4);
  });

  it('when verify has found it, then the next generation stores it anew, links the rest, and verifies', async () => {
    const [first] = (await generationsIn(workspace.path('disk'))) as [string];
    await rot(first);
    expect(await verified(workspace)).toBe(4);
    expect(await marks()).toBe(true);
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const second = (await generationsIn(workspace.path('disk'))).at(-1) as string;
    expect(await readFile(stored(second, 'rotten'), 'utf8')).toBe('rotten'.repeat(1_000));
    expect(await inodeOf(second, 'rotten')).not.toBe(await inodeOf(first, 'rotten'));
    expect(await inodeOf(second, 'sound')).toBe(await inodeOf(first, 'sound'));
    expect(await verified(workspace)).toBe(0);
    expect(await marks()).toBe(false);
    await workspace.run(['backup']);
    const third = (await generationsIn(workspace.path('disk'))).at(-1) as string;
    expect(await inodeOf(third, 'rotten')).toBe(await inodeOf(second, 'rotten'));
  });

  it('when an old generation is verified again later, then the mark comes back and the healed copy is linked all the same', async () => {
    const [first] = (await generationsIn(workspace.path('disk'))) as [string];
    await rot(first);
    await verified(workspace);
    await workspace.run(['backup']);
    const second = (await generationsIn(workspace.path('disk'))).at(-1) as string;
    expect(await verified(workspace, { at: first })).toBe(4);
    expect(await marks()).toBe(true);
    await workspace.run(['backup']);
    const third = (await generationsIn(workspace.path('disk'))).at(-1) as string;
    expect(await inodeOf(third, 'rotten')).toBe(await inodeOf(second, 'rotten'));
  });

  it('when the healed generation itself is lost, then nothing is linked to the one before without reading it', async () => {
    const [first] = (await generationsIn(workspace.path('disk'))) as [string];
    await rot(first);
    await workspace.run(['backup']);
    const second = (await generationsIn(workspace.path('disk'))).at(-1) as string;
    const manifest = workspace.path('disk', second, 'manifest.json');
    await chmod(workspace.path('disk', second), 0o700);
    await rm(manifest);
    await workspace.run(['backup']);
    expect(await verified(workspace)).toBe(0);
  });
});
