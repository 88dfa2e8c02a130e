import { rename } from 'node:fs/promises';
import { expect } from '@jest/globals';
import { photograph } from './local-tree.ts';
import type { LocalWorkspace } from './local-workspace.ts';

/** The folder `work` goes into the store `offsite`, a repository that is yet to be made, is lost here, and comes back as it was. */
export async function expectRoundTrip(workspace: LocalWorkspace): Promise<void> {
  expect(await workspace.run(['init'])).toMatchObject({ status: 0, stdout: 'offsite: made\n' });
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0, stderr: '' });
  expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  const before = await photograph(workspace.path('work'));
  await rename(workspace.path('work'), workspace.path('lost'));
  expect(await workspace.run(['restore', 'work', '--in-place', '--no-safety', '--yes'])).toMatchObject({ status: 0 });
  expect(await photograph(workspace.path('work'))).toEqual(before);
}
