import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ExecaError, execa } from 'execa';
import { type ObjectStore, startObjectStore } from '../../rehearsal/object-store.ts';
import { eventually } from '../helpers/local-processes.ts';

// One repository for the file: every restic command derives a key, which costs 0.65 s and more.
let store: ObjectStore;
let work: string;

async function restic(args: readonly string[], keys: { readonly secretAccessKey?: string } = {}) {
  return execa('restic', ['--cacert', store.certificateFile, '--no-cache', ...args], {
    all: true,
    env: {
      RESTIC_REPOSITORY: `s3:${store.url}/${store.bucket}/repository`,
      RESTIC_PASSWORD: 'rehearsal',
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey ?? store.secretAccessKey,
    },
  });
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'object-store-test-'));
  store = await startObjectStore();
  await mkdir(join(work, 'source'));
  await writeFile(join(work, 'source', 'ノート 1.md'), '# 復元\n'.repeat(20_000));
  await restic(['init']);
  await restic(['backup', join(work, 'source')]);
});

afterAll(async () => {
  await store.stop();
  await rm(work, { recursive: true });
});

describe('given a restic repository in the object store', () => {
  it('when it is checked and restored, then what comes out is what went in', async () => {
    await restic(['check', '--read-data']);
    await restic(['restore', 'latest', '--target', join(work, 'restored')]);
    const restored = await readFile(join(work, 'restored', work, 'source', 'ノート 1.md'));
    expect(restored.equals(await readFile(join(work, 'source', 'ノート 1.md')))).toBe(true);
  });

  it('when the secret key is wrong, then it is refused', async () => {
    const refused = restic(['snapshots'], { secretAccessKey: 'not this one' });
    await expect(refused).rejects.toMatchObject({ all: expect.stringContaining('SignatureDoesNotMatch') });
  });

  it('when a request is not signed, then it is refused', async () => {
    const ca = await readFile(store.certificateFile);
    const status = await new Promise((resolve, reject) => {
      get(`${store.url}/${store.bucket}`, { ca }, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      );
    });
    expect(status).toBe(403);
  });

  it('when a listing is longer than a page of 1,000, then all of it is listed', async () => {
    const folder = join(store.folder, 'repository', 'data', '00');
    await mkdir(folder, { recursive: true });
    const strays = Array.from({ length: 1_001 }, (_, n) => `00${n.toString(16).padStart(62, '0')}._S3rver_object`);
    for (const name of strays) await writeFile(join(folder, name), '');
    const { all } = await restic(['check']);
    for (const name of await readdir(folder)) if (name.startsWith('000000')) await rm(join(folder, name));
    expect(all).toContain('1001 additional files');
  });

  it('when one byte of a stored pack changes, then a full check notices', async () => {
    const packs = (await readdir(join(store.folder, 'repository', 'data'), { recursive: true }))
      .filter((name) => name.endsWith('._S3rver_object'))
      .map((name) => join(store.folder, 'repository', 'data', name));
    const pack = packs[0] as string;
    const content = await readFile(pack);
    content[10] = (content[10] as number) ^ 1;
    await writeFile(pack, content);
    const checked = await restic(['check', '--read-data']).catch((error: ExecaError) => error);
    expect(checked.exitCode).toBe(1);
  });
});

describe('given an object store that is no longer needed', () => {
  it('when it is stopped, then its objects are gone', async () => {
    const other = await startObjectStore();
    await stat(other.folder);
    await other.stop();
    expect(existsSync(dirname(other.certificateFile))).toBe(false);
  });

  it('when the process that asked for it is killed, then the server ends and its objects go', async () => {
    const asker = execa(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { startObjectStore } from '${new URL('../../rehearsal/object-store.ts', import.meta.url)}';
         console.log((await startObjectStore()).certificateFile); setInterval(() => {}, 1000);`,
      ],
      { reject: false },
    );
    const file = await new Promise<string>((resolve) =>
      asker.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
    );
    expect(existsSync(file)).toBe(true);
    asker.kill('SIGKILL');
    await asker;
    await eventually(
      async () => existsSync(dirname(file)),
      (isThere) => !isThere,
    );
  });
});
