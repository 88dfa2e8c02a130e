import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

const sources = { work: { kind: 'directory', path: 'work' } };

const kinds = {
  generations: (path: string) => ({ kind: 'generations', path }),
  archive: (path: string) => ({ kind: 'archive', path }),
  restic: (repository: string) => ({ kind: 'restic', repository, password: 'env:RESTIC' }),
  rclone: (path: string) => ({ kind: 'rclone', remote: `here:${path}`, options: { type: 'local' } }),
};

beforeAll(async () => {
  workspace = await LocalWorkspace.open({ sources, stores: { disk: kinds.generations('disk') } }, { RESTIC: 'right' });
  await mkdir(workspace.path('work'));
  await mkdir(workspace.path('elsewhere'));
  await writeFile(workspace.path('file'), '');
  await symlink('nowhere', workspace.path('broken'));
  await symlink('elsewhere', workspace.path('link'));
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given something else where a store is to be', () => {
  it.each(Object.keys(kinds) as (keyof typeof kinds)[])(
    'when it is a file, or a link that leads nowhere, then the store of kind %s says so, and what to do',
    async (kind) => {
      for (const [path, what, way] of [
        ['file', 'no folder', 'move it out of the way'],
        ['broken', 'a link to nowhere, which is not there', 'mount or make what it leads to'],
      ] as const) {
        await workspace.write({ sources, stores: { far: kinds[kind](path) } });
        expect(await workspace.run(['list'])).toMatchObject({
          status: 7,
          stderr: `fukugen: a store is to be at ${workspace.path(path)}, but that is ${what}\n  next: ${way}, or name another folder in the policy\n`,
        });
      }
    },
    30_000,
  );

  it('when it is a link to a folder, then it is a place like any other', async () => {
    await workspace.write({ sources, stores: { far: kinds.generations('link') } });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  });
});
