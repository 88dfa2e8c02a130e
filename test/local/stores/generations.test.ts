import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../../local/generation/manifest.ts';
import { GenerationsStore } from '../../../local/stores/generations.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

beforeEach(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' }, notes: { kind: 'directory', path: 'notes' } },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  for (const name of ['work', 'notes']) {
    await mkdir(workspace.path(name));
    await writeFile(workspace.path(name, 'a'), name);
  }
});

afterEach(() => workspace[Symbol.asyncDispose]());

describe('given a store of generations', () => {
  it('when other things lie beside them, then they are neither listed nor touched', async () => {
    await workspace.run(['backup']);
    await mkdir(workspace.path('disk', 'lost+found'));
    await writeFile(workspace.path('disk', 'README'), 'mine');
    const { json } = await workspace.run(['list', '--json']);
    expect(json.generations).toHaveLength(1);
    await workspace.run(['backup']);
    expect(await generationsIn(workspace.path('disk'))).toEqual(expect.arrayContaining(['README', 'lost+found']));
  });

  it('when it is no folder, then listing says so with status 7', async () => {
    await writeFile(workspace.path('disk'), 'in the way');
    const { status, stderr } = await workspace.run(['list']);
    expect(stderr).toMatch(/^fukugen: a store is to be at \S+\/disk, but that is no folder/);
    expect(status).toBe(7);
  });

  it('when a run took one source only, then the other is linked to the generation before', async () => {
    await workspace.run(['backup']);
    await workspace.run(['backup', '--source', 'notes']);
    const { json } = await workspace.run(['backup', '--json']);
    expect(json.sources.map(({ detail }: { detail: { linked: number } }) => detail.linked)).toEqual([1, 1]);
  });

  it('when a file of another store’s stage cannot be read, then it says which, and nothing is stored', async () => {
    const store = new GenerationsStore('usb', workspace.path('usb'), new AbortController().signal);
    await store.prepare();
    const folder = workspace.path('stage');
    await mkdir(join(folder, 'sources', 'work', 'data'), { recursive: true });
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'sources/work/data/')), Buffer.from([0xff])]), 'x');
    const generation = '2026-11-21T03-00-00-123Z';
    const manifest = { sources: [{ name: 'work', kind: 'directory' }] } as unknown as Manifest;
    const progress = { stage: () => {}, count: () => {}, end: () => {} };
    await expect(store.put({ generation, folder, manifest, progress })).rejects.toMatchObject({
      code: 'store',
      message: 'the staged work/ÿ cannot be copied: its name is not UTF-8',
    });
    expect(await store.list()).toEqual([]);
  });
});
