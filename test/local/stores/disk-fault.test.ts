import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { diskFault } from '../../../local/stores/disk-fault.ts';
import { mountSmallDisk, type SmallDisk } from '../../helpers/local-small-disk.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;
let disk: SmallDisk;

const sources = { work: { kind: 'directory', path: 'work' } };
const offsite = { kind: 'restic', repository: 'small/repository', password: 'env:RESTIC' };
const mirror = { kind: 'rclone', remote: 'here:small/mirror', options: { type: 'local' } };

beforeAll(async () => {
  workspace = await LocalWorkspace.open({ sources, stores: { offsite } }, { RESTIC: 'right' });
  for (const folder of ['work', 'small']) await mkdir(workspace.path(folder));
  disk = await mountSmallDisk(workspace.home, workspace.path('small'), 'size=3m');
  await writeFile(workspace.path('work', 'big'), randomBytes(6_000_000));
});

afterAll(async () => {
  await disk[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given a disk that is too small', () => {
  const next = '\n  next: free some space or name another store; earlier generations are untouched\n';

  it('when restic fills it, then that is said, and once there is room the next run succeeds', async () => {
    const { through } = disk;
    expect(await workspace.run(['init'], { through })).toMatchObject({ status: 0 });
    expect(await workspace.run(['backup'], { through })).toMatchObject({
      status: 7,
      stderr: `fukugen: the store offsite cannot be written: the disk is full${next}`,
    });
    await rm(workspace.path('work', 'big'));
    expect(await workspace.run(['backup'], { through })).toMatchObject({ status: 0 });
    expect(await workspace.run(['verify'], { through })).toMatchObject({ status: 0 });
    await writeFile(workspace.path('work', 'big'), randomBytes(6_000_000));
  }, 60_000);

  it('when rclone fills it, then that is said', async () => {
    await workspace.write({ sources, stores: { mirror } });
    expect(await workspace.run(['backup'], { through: disk.through })).toMatchObject({
      status: 7,
      stderr: `fukugen: what rclone copy fills cannot be written: the disk is full${next}`,
    });
  }, 60_000);
});

describe('given the words of a program that writes', () => {
  it.each([
    ['Save(<lock/0a>) returned error, retrying after 1s: open r/locks/0a: read-only file system', 'is read-only'],
    ['Save(<lock/0a>) returned error, retrying after 1s: open r/locks/0a: permission denied', 'no permission'],
    ['Failed to copy: mkdir /backup/tested: permission denied', 'no permission'],
    ['Fatal: write r/data/0a: disk quota exceeded', 'quota is used up'],
    ['Fatal: write r/data/0a: input/output error', 'reports an error'],
  ])('when they are %j, then the sentence says %j', (words, said) => {
    expect(diskFault('the store', words)).toMatchObject({
      code: 'store',
      message: expect.stringMatching(new RegExp(`^the store cannot be written: .*${said}`)),
    });
  });

  it.each([['Fatal: open r/config: permission denied'], ['Fatal: wrong password']])(
    'when they are %j, then it is no matter of writing',
    (words) => expect(diskFault('the store', words)).toBeUndefined(),
  );
});
