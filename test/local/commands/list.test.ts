import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeTree } from '../../../local/system/folders.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' } },
    stores: { disk: { kind: 'generations', path: 'disk' }, usb: { kind: 'generations', path: 'usb' } },
  });
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'a'), 'a');
  expect((await workspace.run(['backup'])).status).toBe(0);
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a generation in two stores', () => {
  it('when both can be read, then it is listed once, with where it is', async () => {
    const { status, json } = await workspace.run(['list', '--json']);
    expect(json).toMatchObject({ generations: [{ stores: ['disk', 'usb'], safety: false }], unavailable: [] });
    expect(status).toBe(0);
  });

  it('when one of them is not there, then what the other holds is listed all the same, and the status tells', async () => {
    await removeTree(workspace.path('usb'));
    const { status, stdout } = await workspace.run(['list']);
    expect(stdout).toMatch(/^\d{4}-\S+ .* disk$/m);
    expect(stdout).toMatch(/^NOT READ {2}usb: .*usb/m);
    const { json } = await workspace.run(['list', '--json']);
    expect(json).toMatchObject({ generations: [{ stores: ['disk'] }], unavailable: [{ store: 'usb' }] });
    expect(status).toBe(5);
  });

  it('when the only one that is asked for is not there, then that is the error', async () => {
    const { status, stderr } = await workspace.run(['list', '--store', 'usb']);
    expect(stderr).toMatch(/^fukugen: .*usb/);
    expect(status).toBe(5);
  });
});
