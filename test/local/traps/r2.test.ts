import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ObjectStore, startObjectStore } from '../../../rehearsal/object-store.ts';
import { FaultProxy } from '../../helpers/fault-proxy.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);

let objects: ObjectStore;
let proxy: FaultProxy;
let workspace: LocalWorkspace;

const denied = { status: 403, code: 'AccessDenied', message: 'Access Denied' };
const notImplemented = { status: 501, code: 'NotImplemented', message: 'A header you provided implies functionality' };

/** rclone as it is told in most places, without what R2 needs. */
function plainRclone(...args: string[]) {
  const remote = {
    TYPE: 's3',
    PROVIDER: 'Other',
    ENDPOINT: proxy.url,
    FORCE_PATH_STYLE: 'true',
    ACCESS_KEY_ID: objects.accessKeyId,
    SECRET_ACCESS_KEY: objects.secretAccessKey,
  };
  const environment = Object.fromEntries(
    Object.entries(remote).map(([name, value]) => [`RCLONE_CONFIG_R2_${name}`, value]),
  );
  return run('rclone', [`--ca-cert=${proxy.certificateFile}`, '--retries=1', '--low-level-retries=1', ...args], {
    env: { ...workspace.environment, ...environment },
  });
}

beforeAll(async () => {
  objects = await startObjectStore();
  proxy = await FaultProxy.open(objects.url);
  workspace = await LocalWorkspace.open(
    {
      sources: { work: { kind: 'directory', path: 'work' } },
      stores: {
        offsite: {
          kind: 'restic',
          repository: `s3:${proxy.url}/${objects.bucket}/restic`,
          password: 'env:PASSWORD',
          environment: { AWS_ACCESS_KEY_ID: 'env:KEY_ID', AWS_SECRET_ACCESS_KEY: 'env:KEY_SECRET' },
          caCertificate: 'certificate.pem',
        },
        mirror: {
          kind: 'rclone',
          remote: `r2:${objects.bucket}/rclone`,
          options: { type: 's3', provider: 'Other', endpoint: proxy.url, force_path_style: 'true' },
          secrets: { access_key_id: 'env:KEY_ID', secret_access_key: 'env:KEY_SECRET' },
          caCertificate: 'certificate.pem',
        },
      },
    },
    { PASSWORD: 'right', KEY_ID: objects.accessKeyId, KEY_SECRET: objects.secretAccessKey },
  );
  await copyFile(proxy.certificateFile, workspace.path('certificate.pem'));
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'a'), 'a');
}, 60_000);

afterEach(() => {
  proxy.mend();
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await objects.stop();
  await workspace[Symbol.asyncDispose]();
});

describe('the trap of keys for one bucket, which may neither list nor make buckets', () => {
  const bucketsThemselves = () => new RegExp(`^(GET /(\\?|$)|PUT /${objects.bucket}/?(\\?|$))`);

  it('when somebody asks which buckets there are, to see whether the keys work, then they seem not to', async () => {
    proxy.inject(denied, { matching: bucketsThemselves() });
    await expect(plainRclone('lsd', 'r2:')).rejects.toMatchObject({ stderr: expect.stringContaining('AccessDenied') });
  });

  it('when fukugen makes, stores and verifies, then it never asks', async () => {
    proxy.inject(denied, { matching: bucketsThemselves() });
    for (const command of ['init', 'backup', 'verify'])
      expect(await workspace.run([command])).toMatchObject({ status: 0 });
    expect(proxy.mend()).toEqual([0]);
  }, 60_000);
});

describe('the trap of the 501 that R2 gives to a look right after an upload', () => {
  const look = /^HEAD .*(plain\/a|objects\/..\/[0-9a-f]{64}|manifest\.json)$/;

  it('when rclone is used plainly, then it looks, and the upload counts as failed', async () => {
    proxy.inject(notImplemented, { matching: look });
    await expect(
      plainRclone('copy', '--s3-no-check-bucket', workspace.path('work'), `r2:${objects.bucket}/plain`),
    ).rejects.toMatchObject({ stderr: expect.stringMatching(/501|NotImplemented|Not Implemented/) });
  });

  it('when fukugen stores a generation, then it does not look', async () => {
    proxy.inject(notImplemented, { matching: look });
    await writeFile(workspace.path('work', 'b'), 'b');
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0, stderr: '' });
    expect(proxy.mend()).toEqual([0]);
  }, 60_000);
});

describe('the trap of headers that R2 does not know', () => {
  it('then nothing that was uploaded so far had an empty storage class, or a checksum that R2 rejects', () => {
    const uploads = proxy.requests.filter(({ line }) => /^PUT .*\/(restic|rclone)\//.test(line));
    expect(uploads.length).toBeGreaterThan(5);
    for (const { line, headers } of uploads) {
      expect([line, headers['x-amz-storage-class']]).not.toEqual([line, '']);
      expect(Object.keys(headers).filter((name) => /^x-amz-(sdk-)?checksum/.test(name))).toEqual([]);
      expect(headers['x-amz-content-sha256']).not.toMatch(/^STREAMING-.*TRAILER/);
    }
  });
});
