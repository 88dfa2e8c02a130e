import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rolesIn } from '../../../local/postgres/globals.ts';
import { asOrdinaryUser } from '../../helpers/local-other-user.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let server: LocalServer;
let workspace: LocalWorkspace;

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE ROLE keeper LOGIN PASSWORD 'the keeper’s own'; CREATE ROLE "day ""shift" ROLE keeper; CREATE ROLE reader LOGIN PASSWORD 'reading';
     CREATE TABLE small (a int); INSERT INTO small VALUES (1);
     CREATE TABLE large AS SELECT g, repeat(md5(g::text), 8) AS text FROM generate_series(1, 2000) g;
     GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`,
  );
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url('shop') },
  );
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

async function globals(): Promise<string> {
  const newest = (await generationsIn(workspace.path('disk'))).at(-1) as string;
  return readFile(workspace.path('disk', newest, 'sources', 'shop', 'data', 'globals.sql'), 'utf8');
}

describe('given roles that no dump of a database holds', () => {
  it('when it is backed up, then they are beside the dump, without their passwords, and the generation verifies', async () => {
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect(rolesIn(await globals())).toEqual(expect.arrayContaining(['keeper', 'day "shift', 'reader']));
    expect(await globals()).toMatch(/GRANT "day ""shift" TO keeper/);
    expect(await globals()).not.toMatch(/PASSWORD|SCRAM|md5/);
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  });

  it('when a role that nothing in the database names is gone, then a restore names it and goes on', async () => {
    await server.query('postgres', 'DROP ROLE "day ""shift"; DROP ROLE keeper');
    const { status, stdout } = await workspace.run(['restore', 'shop', '--in-place', '--no-safety', '--yes']);
    expect(stdout).toMatch(
      /note: the server lacks roles that the one backed up had: day "shift, keeper; globals\.sql in/,
    );
    expect(status).toBe(0);
  });

  it('when the account is no superuser’s, then they are there all the same', async () => {
    const environment = { SHOP_URL: server.url('shop').replace(/\/\/[^@]*@/, '//reader:reading@') };
    const { status, stdout } = await workspace.run(['backup'], { environment });
    expect(stdout).toBe('');
    expect(status).toBe(0);
    expect(rolesIn(await globals())).toContain('reader');
  });
});

describe('given tables of different sizes', () => {
  it('when the database is backed up, then the record tells its size and the largest tables first', async () => {
    const { json } = await workspace.run(['backup', '--json']);
    const { size, largest, clientVersion, serverVersion } = json.sources[0].detail;
    expect(largest.map(({ name, rows }: { name: string; rows: number }) => `${name} ${rows}`)).toEqual([
      'public.large 2000',
      'public.small 1',
    ]);
    expect(largest[0].bytes).toBeGreaterThan(2_000 * 256);
    expect(size).toBeGreaterThan(largest[0].bytes);
    expect([clientVersion, serverVersion]).toEqual([expect.stringMatching(/^\d+\./), expect.stringMatching(/^\d+\./)]);
    const { stdout } = await workspace.run(['backup', '--verbose']);
    expect(stdout).toMatch(/shop: 2 tables, 2,001 rows, .* dumped of [\d.]+ MB, largest public\.large with [\d.]+ kB/);
  });
});

describe('given somebody who is not root', () => {
  it('when a database is backed up, then what is read-only already is synced all the same', async () => {
    const through = asOrdinaryUser(workspace.home);
    expect(await workspace.run(['backup'], { through })).toMatchObject({ status: 0, all: '\n' });
    expect(await workspace.run(['backup'], { through })).toMatchObject({ status: 0, all: '\n' });
  });
});
