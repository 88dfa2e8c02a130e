import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { asOrdinaryUser } from '../../helpers/local-other-user.ts';
import { eventually, processesOf } from '../../helpers/local-processes.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { mountSmallDisk } from '../../helpers/local-small-disk.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { type Answer, LocalWorkspace } from '../../helpers/local-workspace.ts';

let server: LocalServer;
let workspace: LocalWorkspace;

const shop = { kind: 'postgres', url: 'env:SHOP_URL' };
const work = { kind: 'directory', path: 'work' };
const disk = { kind: 'generations', path: 'disk' };

/** The generations in the store; what a run needs for itself, such as its lock, is not part of them. */
async function generations(place = workspace.path('disk')): Promise<Record<string, string>> {
  const pictures = Object.entries(await photograph(place));
  return Object.fromEntries(pictures.filter(([path]) => !path.startsWith('.fukugen')));
}

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 50000) g`,
  );
  workspace = await LocalWorkspace.open(
    { sources: { shop, work }, stores: { disk } },
    { SHOP_URL: server.url('shop') },
  );
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'a'), 'a');
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given a database that cannot be backed up', () => {
  let before: Record<string, string>;

  beforeAll(async () => {
    before = await generations();
  });

  afterEach(async () => {
    expect(await generations()).toEqual(before);
    expect(await photograph(workspace.path('disk', '.fukugen', 'partial'))).toEqual({});
    expect(await workspace.run(['backup', '--source', 'shop'])).toMatchObject({ status: 0, all: '\n' });
    before = await generations();
  });

  const onlyShop = (url: string): Promise<Answer> =>
    workspace.run(['backup', '--source', 'shop'], { environment: { SHOP_URL: url } });

  it('when the password is wrong, then one message says so with status 8, without the password', async () => {
    const { status, all } = await onlyShop(server.url('shop', 'wrong-pass-0451'));
    expect(all.trim().split('\n')).toEqual([
      expect.stringMatching(/^fukugen: the PostgreSQL at 127\.0\.0\.1:\d+ refuses the account postgres: password auth/),
      '  next: check the password that the policy names, and pg_hba.conf on the server',
    ]);
    expect(all).not.toContain('wrong-pass-0451');
    expect(status).toBe(8);
  });

  it('when no server listens, then one message says so with status 6', async () => {
    const { status, all } = await onlyShop('postgres://u:p@127.0.0.1:1/shop');
    expect(all.trim().split('\n')).toEqual([
      'fukugen: no PostgreSQL answers at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
      '  next: check that the server runs and that host and port are right',
    ]);
    expect(status).toBe(6);
  });

  it('when the server does not have the database, then one message says so with status 5', async () => {
    const { status, all } = await onlyShop(server.url('nothing'));
    expect(all.trim()).toMatch(/^fukugen: the PostgreSQL at 127\.0\.0\.1:\d+ has no database nothing$/);
    expect(status).toBe(5);
  });

  it('when the URL is none, then one message says so with status 8, and nothing of it is shown', async () => {
    const { status, all } = await onlyShop('postgres://user:half a secret@[host/shop');
    expect(all).toMatch(/^\nfukugen: the connection URL of the source is not a URL\n {2}next: write it as postgres/);
    expect(all).not.toContain('half a secret');
    expect(status).toBe(8);
  });

  it('when the account may not read a table, then pg_dump’s own words tell which, with status 6', async () => {
    await server.query('shop', `CREATE ROLE poor LOGIN PASSWORD 'poor'`);
    const { status, all } = await onlyShop(server.url('shop', 'poor').replace('postgres:poor', 'poor:poor'));
    expect(all).toMatch(/permission denied for table a/);
    expect(status).toBe(6);
    await server.query('shop', 'DROP ROLE poor');
  });

  it('when the server goes away in the middle, then one message says so with status 6', async () => {
    // Whoever wants to read the table waits: that is the middle.
    const inTheWay = new pg.Client(server.scratch.connection('shop'));
    await inTheWay.connect();
    await inTheWay.query('BEGIN; LOCK TABLE a IN ACCESS EXCLUSIVE MODE');
    const running = workspace.start(['backup', '--source', 'shop']);
    await eventually(
      () =>
        server.query('postgres', `SELECT FROM pg_stat_activity WHERE datname = 'shop' AND wait_event_type = 'Lock'`),
      ({ length }) => length > 0,
    );
    await server.query(
      'postgres',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fukugen' AND datname = 'shop'`,
    );
    await inTheWay.end();
    const { status, all } = await running.ended;
    expect(all).toMatch(/^\nfukugen: /);
    expect(all).not.toMatch(/defect/);
    expect(status).toBe(6);
    expect(await processesOf(workspace.home)).toEqual([]);
  });

  it('when there is another source, then that is stored, the failure is told, and its status is the command’s', async () => {
    const { status, all } = await workspace.run(['backup'], { environment: { SHOP_URL: server.url('nothing') } });
    expect(all).toMatch(/^ {2}work: 2 files and folders, 1 B, 1 unchanged$/m);
    expect(all).toMatch(/^ {2}shop: FAILED, the PostgreSQL at .* has no database nothing$/m);
    expect(all).toMatch(/^ {2}stored in disk$/m);
    expect(status).toBe(5);
    expect(await generations()).toMatchObject(before);
    before = await generations();
  });
});

describe('given a store that cannot be written', () => {
  it.each(['shop', 'work'])(
    'when a file is in its place and %s is backed up, then one message says so with status 7',
    async (source) => {
      await workspace.write({ sources: { shop, work }, stores: { disk: { ...disk, path: 'work/a' } } });
      const refused = await workspace.run(['backup', '--source', source]);
      // The policy already knows that work/a lies inside of work.
      expect(refused).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/has a store that would keep itself:\n {2}the store disk at/),
      });
      await workspace.write({ sources: { shop, work }, stores: { disk: { ...disk, path: 'backup.config.yaml' } } });
      const { status, all } = await workspace.run(['backup', '--source', source]);
      expect(all).toMatch(
        /^\nfukugen: a store is to be at \S+\/backup\.config\.yaml, but that is no folder\n {2}next: move it/,
      );
      expect(status).toBe(7);
      await workspace.write({ sources: { shop, work }, stores: { disk } });
    },
  );

  it('when its folder belongs to somebody else, then one message says so with status 7, and nothing changes', async () => {
    await using other = await LocalWorkspace.open({ sources: { work }, stores: { disk } });
    await mkdir(other.path('work'));
    const through = asOrdinaryUser(other.home);
    expect(await other.run(['backup'], { through })).toMatchObject({ status: 0 });
    const before = await generations(other.path('disk'));
    execFileSync('chmod', ['-R', 'a-w', other.path('disk')]);
    const { status, all } = await other.run(['backup'], { through });
    expect(all.trim()).toBe('fukugen: the store disk cannot be written: no permission to write there');
    expect(status).toBe(7);
    await chmod(other.path('disk'), 0o755);
    execFileSync('chmod', ['-R', 'u+w', other.path('disk', '.fukugen')]);
    expect(await other.run(['backup'], { through })).toMatchObject({ status: 0 });
    expect(await generations(other.path('disk'))).toMatchObject(
      Object.fromEntries(Object.entries(before).filter(([path]) => path.includes('/'))),
    );
  });

  it('when its file system is read-only, then one message says so with status 7', async () => {
    await using place = await mountSmallDisk(workspace.home, workspace.path('tmp'), 'ro');
    await workspace.write({ sources: { work }, stores: { disk: { ...disk, path: 'tmp' } } });
    const { status, all } = await workspace.run(['backup'], { through: place.through });
    expect(all.trim()).toBe('fukugen: the store disk cannot be written: the file system is read-only');
    expect(status).toBe(7);
  });
});

describe('given a disk that becomes full', () => {
  it.each(['shop', 'work'])(
    'when %s is backed up, then it says so with status 7, what was there stays, and with room again it goes on',
    async (source) => {
      // The disk of the other is not expected here any more.
      for (const name of ['small', 'state']) await rm(workspace.path(name), { recursive: true, force: true });
      await mkdir(workspace.path('small'));
      await using small = await mountSmallDisk(workspace.home, workspace.path('small'), 'size=4m');
      const { through } = small;
      const seen = small.seenAt(workspace.path('small'));
      await workspace.write({ sources: { shop, work }, stores: { disk: { ...disk, path: 'small/disk' } } });
      expect(await workspace.run(['backup', '--source', source], { through })).toMatchObject({ status: 0 });
      const before = await generations(`${seen}/disk`);

      await server.query('shop', 'INSERT INTO a SELECT g, md5(g::text) FROM generate_series(1, 200000) g');
      await writeFile(workspace.path('work', 'large'), Buffer.alloc(6_000_000, 'x'));
      const { status, all } = await workspace.run(['backup', '--source', source], { through });
      expect(all.trim()).toBe(
        'fukugen: the store cannot be written: the disk is full\n' +
          '  next: free some space or name another store; earlier generations are untouched',
      );
      expect(status).toBe(7);
      expect(await generations(`${seen}/disk`)).toEqual(before);
      expect(await photograph(`${seen}/disk/.fukugen/partial`)).toEqual({});

      await server.query('shop', 'DELETE FROM a WHERE ctid > (SELECT ctid FROM a LIMIT 1 OFFSET 49999)');
      await rm(workspace.path('work', 'large'));
      expect(await workspace.run(['backup', '--source', source], { through })).toMatchObject({ status: 0 });
      expect(await workspace.run(['verify', '--source', source], { through })).toMatchObject({ status: 0 });
    },
  );
});
