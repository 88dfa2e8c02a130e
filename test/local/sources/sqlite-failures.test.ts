import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { swapFile } from '../../../local/system/file-swap.ts';
import { asOrdinaryUser } from '../../helpers/local-other-user.ts';
import { mountSmallDisk } from '../../helpers/local-small-disk.ts';
import { generationsIn, photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

beforeEach(async () => {
  workspace = await LocalWorkspace.open({
    sources: { app: { kind: 'sqlite', path: 'data/app.db' } },
    stores: { disk: { kind: 'generations', path: 'small/disk' } },
  });
  await mkdir(workspace.path('data'));
  await mkdir(workspace.path('small'));
});

afterEach(() => workspace[Symbol.asyncDispose]());

function fill(rows: number): void {
  const database = new DatabaseSync(workspace.path('data', 'app.db'));
  database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS words (word TEXT);
    WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < ${rows})
    INSERT INTO words SELECT hex(randomblob(50)) FROM g`);
  database.close();
}

describe('given a disk that becomes full', () => {
  it('when a SQLite database is copied to it, then that is said with status 7, and what was there stays', async () => {
    await using small = await mountSmallDisk(workspace.home, workspace.path('small'), 'size=4m');
    fill(100);
    const { through } = small;
    expect(await workspace.run(['backup'], { through })).toMatchObject({ status: 0 });
    fill(100_000);
    const { status, stderr } = await workspace.run(['backup'], { through });
    expect(stderr).toMatch(/the store cannot be written: the disk is full\n {2}next: free some space/);
    expect(status).toBe(7);
    expect(await generationsIn(small.seenAt(workspace.path('small', 'disk')))).toHaveLength(1);
    expect(await workspace.run(['verify'], { through })).toMatchObject({ status: 0 });
  });
});

describe('given a database in WAL mode in a folder that may not be written', () => {
  it('when it is backed up, then it is told what to do, with status 6', async () => {
    fill(10);
    const through = asOrdinaryUser(workspace.home);
    await chmod(workspace.path('data'), 0o555);
    const { status, stderr } = await workspace.run(['backup'], { through });
    expect(stderr).toMatch(
      /the database .*app\.db cannot be opened for reading: .*\n {2}next: check the permissions of/,
    );
    expect(status).toBe(6);
    await chmod(workspace.path('data'), 0o755);
    expect(await workspace.run(['backup'], { through })).toMatchObject({ status: 0 });
  });
});

describe('given a restored file that has gone', () => {
  it('when it is to be put in place, then that is said, and the old one is in place', async () => {
    const live = workspace.path('data', 'live');
    await writeFile(live, 'as it was');
    const before = await photograph(workspace.path('data'));
    await expect(swapFile(`${live}.restored`, live, `${live}.before`)).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/live\.restored could not be put in place: ENOENT/),
    });
    expect(await photograph(workspace.path('data'))).toEqual(before);
    await rm(live);
  });
});
