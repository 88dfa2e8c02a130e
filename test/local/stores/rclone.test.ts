import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ObjectStore, startObjectStore } from '../../../rehearsal/object-store.ts';
import { commandLines } from '../../helpers/local-processes.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { filesHolding, photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);

let server: LocalServer;
let objects: ObjectStore;
let workspace: LocalWorkspace;

const shop = { kind: 'postgres', url: 'env:SHOP_URL' };
const work = { kind: 'directory', path: 'work' };
const sources = { shop, work };
const disk = { kind: 'generations', path: 'disk' };
const mirror = { kind: 'rclone', remote: 'here:mirror', options: { type: 'local' } };
const sealed = {
  kind: 'rclone',
  remote: 'here:sealed',
  options: { type: 'local' },
  crypt: { password: 'env:CRYPT', salt: 'env:SALT' },
};
const bucket = () => ({
  kind: 'rclone',
  remote: `r2:${objects.bucket}/laptop`,
  options: { type: 's3', provider: 'Other', endpoint: objects.url, force_path_style: 'true' },
  secrets: { access_key_id: 'env:KEY_ID', secret_access_key: 'env:KEY_SECRET' },
  crypt: { password: 'env:CRYPT' },
  caCertificate: objects.certificateFile,
});

const objectsIn = async () => {
  const found = await readdir(workspace.path('mirror'), { recursive: true });
  return found.filter((path) => /objects\/..\/[0-9a-f]{64}$/.test(path));
};

beforeAll(async () => {
  [server, objects] = await Promise.all([startLocalServer(), startObjectStore()]);
  await server.create('shop', `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 5000) g`);
  workspace = await LocalWorkspace.open(
    { sources, stores: { disk, mirror, sealed, bucket: bucket() } },
    {
      SHOP_URL: server.url('shop'),
      CRYPT: 'a-crypt-password-0451',
      SALT: 'a-salt-0452',
      KEY_ID: objects.accessKeyId,
      KEY_SECRET: objects.secretAccessKey,
      // rclone 1.60 dies at start when it is set: the store must not hand it on.
      AWS_CA_BUNDLE: '/nowhere.pem',
    },
  );
  await mkdir(workspace.path('work', 'フォルダ'), { recursive: true });
  for (const name of ['a', 'フォルダ/名前', 'same', 'again']) await writeFile(workspace.path('work', name), name);
  await writeFile(workspace.path('work', 'again'), 'same');
  await writeFile(workspace.path('work', 'empty'), '');
  await mkdir(workspace.path('work', 'nothing in it'));
}, 60_000);

afterEach(() => workspace.write({ sources, stores: { disk, mirror, sealed, bucket: bucket() } }));

afterAll(async () => {
  await objects.stop();
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given mirrors through rclone: a folder, one with crypt, and a bucket with crypt over HTTPS', () => {
  it('when a backup is taken, then a restore from each is identical, and each holds the manifest that the disk has', async () => {
    const seen: string[] = [];
    const running = workspace.start(['backup', '--json']);
    const watching = setInterval(async () => seen.push(...(await commandLines())), 100);
    const { status, json } = await running.ended;
    clearInterval(watching);
    expect(status).toBe(0);
    expect(seen.some((line) => line.includes('rclone'))).toBe(true);
    expect(
      seen.filter((line) => /a-crypt-password-0451|a-salt-0452/.test(line) || line.includes(objects.secretAccessKey)),
    ).toEqual([]);
    const verified = await workspace.run(['verify', '--level', 'identical', '--json']);
    expect(verified.json.findings.filter(({ level }: { level: string }) => level === 'identical')).toHaveLength(8);
    expect(verified.status).toBe(0);
    const name = `generations/${json.generation}/manifest.json`;
    const found = (await readdir(workspace.path('mirror'), { recursive: true })).find((path) => path.endsWith(name));
    expect(await readFile(workspace.path('mirror', found as string))).toEqual(
      await readFile(workspace.path('disk', json.generation, 'manifest.json')),
    );
  }, 90_000);

  it('when somebody looks into the encrypted ones, then neither names nor contents are there', async () => {
    expect(await filesHolding(workspace.path('sealed'), 'manifest')).toEqual([]);
    expect(await filesHolding(objects.folder, 'postgres')).toEqual([]);
  });

  it('when nothing but one file has changed, then only that file is uploaded', async () => {
    const before = new Set(await objectsIn());
    await writeFile(workspace.path('work', 'a'), 'another content');
    await workspace.write({ sources: { work }, stores: { mirror } });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect((await objectsIn()).filter((path) => !before.has(path))).toHaveLength(1);
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  }, 30_000);

  it('when retention keeps fewer, then contents that no other generation names go, and the rest verifies', async () => {
    await workspace.write({ sources, stores: { mirror }, retention: { last: 1 } });
    await workspace.run(['backup']);
    const { stdout } = await run('find', [workspace.path('mirror'), '-type', 'f', '-path', '*/whole/*']);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
    // The newest, and the newest that was verified.
    await workspace.run(['prune']);
    for (const { generation } of (await workspace.run(['list', '--json'])).json.generations)
      expect(await workspace.run(['verify', '--at', generation])).toMatchObject({ status: 0 });
  }, 60_000);

  it('when a content is damaged or cut, then verify finds it, and the next backup uploads it again', async () => {
    await workspace.write({ sources: { work }, stores: { mirror } });
    await workspace.run(['backup']);
    for (const change of [
      (content: Buffer) => Buffer.from(content.map((byte) => byte ^ 1)),
      (content: Buffer) => content.subarray(1),
    ]) {
      const path = (
        await Promise.all(
          (await objectsIn()).map(async (name) => [name, (await stat(workspace.path('mirror', name))).size] as const),
        )
      ).find(([, size]) => size === 'another content'.length)?.[0] as string;
      const file = workspace.path('mirror', path);
      const { size } = await stat(file);
      await writeFile(file, change(await readFile(file)));
      expect((await workspace.run(['verify'])).status).toBe(4);
      expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
      expect(await workspace.run(['verify'])).toMatchObject({ status: 0 });
      expect((await stat(file)).size).toBe(size);
    }
  }, 60_000);

  it('when a run was killed before its mark, then its generation is not listed, and the next run clears it up', async () => {
    await workspace.write({ sources: { work }, stores: { mirror } });
    const [host] = await readdir(workspace.path('mirror', 'tested', 'whole'));
    const generations = workspace.path('mirror', 'tested', host as string, 'generations');
    const killed = '2026-01-01T00-00-00-000Z';
    await mkdir(join(generations, killed));
    await writeFile(join(generations, killed, 'manifest.json'), '{}');
    await mkdir(join(generations, 'a stranger'));
    const { json } = await workspace.run(['list', '--json']);
    expect(json.generations.map(({ generation }: { generation: string }) => generation)).not.toContain(killed);
    await workspace.run(['backup']);
    expect(await readdir(generations)).not.toContain(killed);
    expect(await readdir(generations)).toContain('a stranger');
  }, 30_000);
});

describe('given a mirror that cannot be used', () => {
  it('when its keys are wrong, then one sentence says so, no key is printed, and the other store has the generation', async () => {
    await workspace.write({ sources: { work }, stores: { disk, bucket: bucket() } });
    const { status, all } = await workspace.run(['backup'], { environment: { KEY_SECRET: 'a-wrong-secret-0453' } });
    expect(all).toMatch(/stored in disk/);
    expect(all).toMatch(
      /FAILED in bucket: the server, asked by rclone lsf, refuses its keys: (SignatureDoesNotMatch|AccessDenied)/,
    );
    expect(all).not.toContain('a-wrong-secret-0453');
    expect(status).toBe(8);
  }, 60_000);

  it('when the crypt password is another one, then no generation is seen, and nothing is harmed', async () => {
    await workspace.write({ sources: { work }, stores: { sealed } });
    const before = await photograph(workspace.path('sealed'));
    const answer = await workspace.run(['verify'], { environment: { CRYPT: 'another' } });
    expect(answer.status).not.toBe(0);
    expect(await photograph(workspace.path('sealed'))).toEqual(before);
  });
});
