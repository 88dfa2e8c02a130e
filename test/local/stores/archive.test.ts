import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { pack } from 'tar-stream';
import { unpackArchive } from '../../../local/stores/archive-file.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let server: LocalServer;
let workspace: LocalWorkspace;
let identity: string;
let recipient: string;

const shop = { kind: 'postgres', url: 'env:SHOP_URL' };
const work = { kind: 'directory', path: 'work' };
const sources = { shop, work };
const disk = { kind: 'generations', path: 'disk' };
const plain = { kind: 'archive', path: 'plain', compression: 'gzip' };
const sealed = () => ({ kind: 'archive', path: 'sealed', recipients: [recipient], identity: 'env:AGE_KEY' });
const signal = new AbortController().signal;

async function fileIn(store: string): Promise<string> {
  const [name] = (await readdir(workspace.path(store)))
    .filter((file) => !/^\.|\.sha256$/.test(file))
    .sort()
    .reverse();
  return workspace.path(store, name as string);
}

beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  server = await startLocalServer();
  await server.create('shop', `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 5000) g`);
  workspace = await LocalWorkspace.open(
    { sources, stores: { disk, plain, sealed: sealed() } },
    { SHOP_URL: server.url('shop'), AGE_KEY: identity },
  );
  await mkdir(workspace.path('work', 'フォルダ'.repeat(15)), { recursive: true });
  await writeFile(workspace.path('work', 'フォルダ'.repeat(15), '長い名前'.repeat(15)), 'content');
  await writeFile(workspace.path('work', 'big'), 'big'.repeat(300_000));
  await writeFile(workspace.path('work', 'program'), '#!', { mode: 0o755 });
  await symlink('../outside', workspace.path('work', 'link'));
  await mkdir(workspace.path('work', 'empty'));
}, 60_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given archives, encrypted and not, beside a store of generations', () => {
  it('when a backup is taken, then each holds the whole generation, which verifies and restores from each', async () => {
    const { status, json } = await workspace.run(['backup', '--json']);
    expect(status).toBe(0);
    expect(await fileIn('plain')).toMatch(new RegExp(`/tested_[^_]+_${json.generation}\\.tar\\.gz$`));
    expect(await fileIn('sealed')).toMatch(new RegExp(`/tested_[^_]+_${json.generation}\\.tar\\.zst\\.age$`));
    const verified = await workspace.run(['verify', '--level', 'identical', '--json']);
    expect(verified.json.findings.filter(({ level }: { level: string }) => level === 'identical')).toHaveLength(6);
    expect(verified.status).toBe(0);
    const before = await photograph(workspace.path('work'));
    for (const store of ['plain', 'sealed']) {
      await rm(workspace.path('work'), { recursive: true });
      expect(
        await workspace.run(['restore', 'work', '--store', store, '--in-place', '--no-safety', '--yes']),
      ).toMatchObject({ status: 0 });
      expect(await photograph(workspace.path('work'))).toEqual(before);
    }
  }, 60_000);

  it('when tar alone unpacks it, then it is the generation, and its manifest checks', async () => {
    const folder = workspace.path('by hand');
    await mkdir(folder);
    execFileSync('tar', ['-xzf', await fileIn('plain'), '-C', folder]);
    execFileSync('sha256sum', ['-c', 'manifest.json.sha256'], { cwd: folder });
    expect(await readFile(join(folder, 'sources/work/data/big'), 'utf8')).toBe('big'.repeat(300_000));
  });

  it('when somebody opens the encrypted one with age, then it is the same, and without the key it tells nothing', async () => {
    const file = await readFile(await fileIn('sealed'));
    expect(file.toString('latin1')).not.toMatch(/manifest|postgres|tested/);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(zstdDecompressSync(await decrypter.decrypt(file)).toString('latin1')).toMatch(/^manifest\.json\0/);
  });

  it('when the policy names no identity, then backups go on, and verify says what to do', async () => {
    const { identity: _without, ...forOthers } = sealed();
    await workspace.write({ sources: { work }, stores: { sealed: forOthers }, retention: { last: 1 } });
    for (let run = 0; run < 2; run += 1) expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const { status, stderr, stdout } = await workspace.run(['verify']);
    expect(`${stdout}${stderr}`).toMatch(/is encrypted, and the policy names no identity/);
    expect(status).toBe(8);
    // What is inside is not known, and the count goes on all the same: the newest, and the one that was verified above.
    expect((await workspace.run(['list', '--json'])).json.generations).toHaveLength(2);
  });

  it('when the identity is another one, then it is refused by name, with status 8', async () => {
    await workspace.write({ sources, stores: { sealed: sealed() } });
    const environment = { AGE_KEY: await generateX25519Identity() };
    const { status, all } = await workspace.run(['verify'], { environment });
    expect(all).toMatch(/does not open with this identity/);
    expect(all).not.toContain(environment.AGE_KEY);
    expect(status).toBe(8);
  });

  it('when retention keeps fewer, then the older ones go, and strangers stay', async () => {
    await workspace.write({ sources: { work }, stores: { plain }, retention: { last: 2 } });
    await writeFile(workspace.path('plain', 'holiday.tar.gz'), 'mine');
    // What a kill leaves between digest and archive.
    const alone = (await fileIn('plain')).replace(/_[^_]+\.tar\.gz$/, '_2026-01-01T00-00-00-000Z.tar.gz.sha256');
    await writeFile(alone, 'digest');
    for (let run = 0; run < 3; run += 1) expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const names = await readdir(workspace.path('plain'));
    // The first one was verified above, and is the only one that holds the database.
    expect(names.filter((name) => /^tested_.*\.tar\.gz$/.test(name))).toHaveLength(3);
    expect(names.filter((name) => /^tested_.*\.tar\.gz\.sha256$/.test(name))).toHaveLength(3);
    expect(names).toContain('holiday.tar.gz');
    expect(existsSync(alone)).toBe(false);
  });
});

describe('given an archive that is not what it was', () => {
  it('when it has no digest beside it, then verify says so, and a restore takes what there is', async () => {
    await workspace.write({ sources: { work }, stores: { plain } });
    await rename(`${await fileIn('plain')}.sha256`, workspace.path('away'));
    const { status, stdout } = await workspace.run(['verify']);
    expect([status, stdout]).toEqual([4, expect.stringMatching(/tested_\S+\.tar\.gz has no \.sha256 beside it/)]);
    expect(await workspace.run(['restore', 'work', '--store', 'plain'])).toMatchObject({ status: 0 });
    await rename(workspace.path('away'), `${await fileIn('plain')}.sha256`);
  });

  it.each([
    ['cut', (content: Buffer) => content.subarray(0, content.length / 2)],
    [
      'changed in one byte',
      (content: Buffer) =>
        Buffer.concat([content.subarray(0, 9_000), Buffer.of((content[9_000] as number) ^ 1), content.subarray(9_001)]),
    ],
    ['empty', () => Buffer.alloc(0)],
  ])(
    'when it is %s, then verify finds it, encrypted or not',
    async (_what, change) => {
      for (const [name, store] of [
        ['plain', plain],
        ['sealed', sealed()],
      ] as const) {
        await workspace.write({ sources: { work }, stores: { [name]: store } });
        await workspace.run(['backup']);
        const file = await fileIn(name);
        const whole = await readFile(file);
        await writeFile(file, change(whole));
        const { status, stdout } = await workspace.run(['verify']);
        expect([name, status, stdout]).toEqual([name, 4, expect.stringMatching(new RegExp(`^FAILED {2}${name}`, 'm'))]);
        await writeFile(file, whole);
      }
    },
    30_000,
  );

  it.each(['../outside', '/tmp/outside', 'sources/../../outside'])(
    'when it names the path %s, then nothing is written there',
    async (name) => {
      const file = workspace.path('evil.tar.gz');
      const tar = pack();
      tar.entry({ name }, 'evil');
      tar.finalize();
      await pipeline(tar, createGzip(), createWriteStream(file));
      const into = workspace.path('evil');
      await mkdir(into, { recursive: true });
      await expect(unpackArchive(file, into, undefined, signal)).rejects.toThrow(/is none of ours: it names the path/);
      expect(await readdir(into)).toEqual([]);
    },
  );

  it('when a link in it points out of the folder and a file goes through it, then the file is not written there', async () => {
    const file = workspace.path('evil.tar.gz');
    const outside = workspace.path('outside');
    await mkdir(outside);
    const tar = pack();
    tar.entry({ name: 'door', type: 'symlink', linkname: outside });
    tar.entry({ name: 'door/evil' }, 'evil');
    tar.finalize();
    await pipeline(tar, createGzip(), createWriteStream(file));
    const into = workspace.path('evil link');
    await mkdir(into);
    await expect(unpackArchive(file, into, undefined, signal)).rejects.toThrow();
    expect(await readdir(outside)).toEqual([]);
  });
});

describe('given a store of archives that cannot be written', () => {
  it('when a backup is taken, then the other store has it, and no half archive is left', async () => {
    await workspace.write({ sources: { work }, stores: { disk, plain: { ...plain, path: 'file/inside' } } });
    await writeFile(workspace.path('file'), '');
    const { status, stdout } = await workspace.run(['backup']);
    expect(stdout).toMatch(/^ {2}stored in disk$/m);
    expect(stdout).toMatch(/^ {2}FAILED in plain: the store plain cannot be written/m);
    expect(status).toBe(7);
    await chmod(workspace.path('file'), 0o600);
  });
});
