import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeTree } from '../../../local/system/folders.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

describe('fukugen verify', () => {
  let workspace: LocalWorkspace;
  beforeEach(async () => {
    workspace = await LocalWorkspace.open({
      sources: { work: { kind: 'directory', path: 'work' }, gone: { kind: 'directory', path: 'gone' } },
      stores: { disk: { kind: 'generations', path: 'disk' }, usb: { kind: 'generations', path: 'usb' } },
    });
    for (const folder of ['work', 'gone']) {
      await mkdir(workspace.path(folder));
      await writeFile(workspace.path(folder, 'a'), folder);
    }
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  it('given a generation with everything in it, ends with 0', async () => {
    await workspace.run(['backup']);
    expect(await workspace.run(['verify', '--json'])).toMatchObject({ status: 0 });
  });

  it('given a source that could not be backed up, names it and ends with 3', async () => {
    await rm(workspace.path('gone'), { recursive: true });
    await workspace.run(['backup']);
    const { status, stdout } = await workspace.run(['verify']);
    expect(status).toBe(3);
    expect(stdout).toMatch(
      /INCOMPLETE {2}disk {2}\S+ {2}gone {2}bytes: not in this generation: the folder .* cannot be found/,
    );
  });

  it('given a store without a generation beside a good one, proves the good one and ends with 5', async () => {
    await workspace.run(['backup']);
    await removeTree(workspace.path('usb'));
    await workspace.run(['init', 'usb']);
    const { status, stdout } = await workspace.run(['verify']);
    expect(status).toBe(5);
    expect(stdout).toMatch(/ok {2}disk/);
    expect(stdout).toContain('NOT VERIFIED  usb: the store usb has no generation yet');
  });

  it('given a source that no generation holds, ends with 5 and not with 0', async () => {
    await workspace.run(['backup']);
    expect(await workspace.run(['verify', '--source', 'wrok'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('does not hold wrok'),
    });
  });
});
