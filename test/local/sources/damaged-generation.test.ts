import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { removeTree } from '../../../local/system/folders.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let server: LocalServer;
let workspace: LocalWorkspace;
let generation: string;

const sources = { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: 'work' } };
const stores = { disk: { kind: 'generations', path: 'disk' } };

beforeAll(async () => {
  server = await startLocalServer();
  await server.create('shop', `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 100) g`);
  workspace = await LocalWorkspace.open({ sources, stores }, { SHOP_URL: server.url('shop') });
  await mkdir(workspace.path('work'));
  for (const name of ['a', 'b']) await writeFile(workspace.path('work', name), `content of ${name}`);
});

beforeEach(async () => {
  // A store of its own for each damage: the next generation would link to the damaged file.
  for (const name of ['disk', 'state']) await removeTree(workspace.path(name));
  const { status, json } = await workspace.run(['backup', '--json']);
  expect(status).toBe(0);
  generation = json.generation;
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

/** Makes another file of it, under another inode: the other generations keep theirs. */
async function replace(path: string, change: (content: Buffer) => Buffer | undefined): Promise<void> {
  const file = workspace.path('disk', generation, 'sources', path);
  await chmod(workspace.path('disk', generation, 'sources', path, '..'), 0o700);
  const content = change(await readFile(file));
  await rm(file);
  if (content) await writeFile(file, content, { mode: 0o400 });
}

async function dumpedTable(): Promise<string> {
  const files = Object.keys(await photograph(workspace.path('disk', generation, 'sources/shop/data/dump')));
  return `shop/data/dump/${files.find((name) => name.endsWith('.sql.zst'))}`;
}

describe('given a generation that was damaged after it was taken', () => {
  it.each([
    [
      'a stored file has other content',
      'work',
      'work/data/a',
      (content: Buffer) => Buffer.from(String(content).toUpperCase()),
    ],
    ['a stored file is missing', 'work', 'work/data/a', () => undefined],
    ['a stored file is empty', 'work', 'work/data/a', () => Buffer.alloc(0)],
    ['the settings of the database are no JSON', 'shop', 'shop/data/settings.json', () => Buffer.from('{')],
    ['the settings of the database are missing', 'shop', 'shop/data/settings.json', () => undefined],
    ['the settings of the database are others', 'shop', 'shop/data/settings.json', () => Buffer.from('[]\n\n')],
    [
      'the schema of the database is cut',
      'shop',
      'shop/data/dump/schema.dump',
      (content: Buffer) => content.subarray(0, 500),
    ],
    ['the fingerprint is missing', 'shop', 'shop/fingerprint.json', () => undefined],
    ['the list of files is missing', 'work', 'work/files.jsonl', () => undefined],
  ])(
    'when %s, then a restore of %s says so with status 4, and nothing is put in place or left',
    async (_what, source, path, change) => {
      await replace(path, change);
      const before = [await server.names(), await photograph(workspace.path('work'))];
      const { status, all } = await workspace.run(['restore', source, '--in-place', '--no-safety', '--yes']);
      expect(all).not.toMatch(/defect/);
      expect(status).toBe(4);
      expect([await server.names(), await photograph(workspace.path('work'))]).toEqual(before);
    },
  );

  it('when a dumped row has another value, and a valid archive around it, then a restore names the file and makes nothing', async () => {
    const change = (content: Buffer) =>
      zstdCompressSync(Buffer.from(String(zstdDecompressSync(content)).replace(/c4ca/, 'c4cb')));
    await replace(await dumpedTable(), change);
    const before = await server.names();
    const { status, all } = await workspace.run(['restore', 'shop', '--in-place', '--no-safety', '--yes']);
    expect(all).toMatch(/the backup is damaged: dump\/data\/\S+\.sql\.zst: /);
    expect(status).toBe(4);
    expect(await server.names()).toEqual(before);
  });
});

describe('given a source that is of another kind than it was', () => {
  it('when it is restored, then that is said with status 4', async () => {
    await workspace.write({ sources: { work: sources.shop }, stores });
    const { status, stderr } = await workspace.run(['restore', 'work', '--in-place', '--no-safety', '--yes']);
    expect(stderr).toBe('fukugen: work is a postgres in the policy and a directory in the backup\n');
    expect(status).toBe(4);
    await workspace.write({ sources, stores });
  });
});
