import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requireServer } from '../../../local/stores/reach.ts';
import { type ObjectStore, startObjectStore } from '../../../rehearsal/object-store.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;
let server: ObjectStore;

const anyone = new AbortController().signal;
const sources = { work: { kind: 'directory', path: 'work' } };
const disk = { kind: 'generations', path: 'disk' };

function offsite(settings: Readonly<Record<string, unknown>> = {}) {
  return {
    kind: 'restic',
    repository: `s3:${server.url}/${server.bucket}/laptop`,
    password: 'env:RESTIC',
    environment: { AWS_ACCESS_KEY_ID: 'env:KEY_ID', AWS_SECRET_ACCESS_KEY: 'env:KEY_SECRET' },
    caCertificate: 'certificate.pem',
    ...settings,
  };
}

beforeAll(async () => {
  server = await startObjectStore();
  workspace = await LocalWorkspace.open(
    { sources, stores: { disk, offsite: offsite() } },
    { RESTIC: 'right', KEY_ID: server.accessKeyId, KEY_SECRET: server.secretAccessKey },
  );
  // The server takes its own away when it ends.
  await copyFile(server.certificateFile, workspace.path('certificate.pem'));
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'a'), 'a');
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await server.stop();
  await workspace[Symbol.asyncDispose]();
});

describe('given a repository on an S3 server', () => {
  it('when the secret key is wrong, then it says so with status 8, without the key', async () => {
    const environment = { KEY_SECRET: 'a-wrong-key-of-S3' };
    const { status, stderr } = await workspace.run(['list', '--store', 'offsite'], { environment });
    expect(stderr).toMatch(
      /^fukugen: the server of the store offsite refuses its keys: SignatureDoesNotMatch\n {2}next: check/,
    );
    expect(stderr).not.toMatch(/a-wrong-key-of-S3/);
    expect(status).toBe(8);
  });

  it('when its certificate is not trusted, then it is not used', async () => {
    await workspace.write({ sources, stores: { offsite: { ...offsite(), caCertificate: undefined } } });
    const { status, stderr } = await workspace.run(['list']);
    expect(stderr).toMatch(
      /^fukugen: the certificate of the server of the store offsite is not trusted: x509: .*\n {2}next: .*caCertificate/,
    );
    expect(status).toBe(7);
    await workspace.write({ sources, stores: { disk, offsite: offsite() } });
  });

  it('when the file with the certificate is missing, then restic’s words are told, without its stack', async () => {
    await workspace.write({ sources, stores: { offsite: offsite({ caCertificate: 'nothing.pem' }) } });
    const { status, stderr } = await workspace.run(['list']);
    expect(stderr).toMatch(
      /^fukugen: restic snapshots failed for the store offsite with status 1: .*nothing\.pem: no such file or directory\n$/,
    );
    expect(status).toBe(7);
    await workspace.write({ sources, stores: { disk, offsite: offsite() } });
  });
});

/** restic 0.14 alone would try for a quarter of an hour, longer than a test may take. */
describe('given the server down', () => {
  beforeAll(() => server.stop());

  it('when a backup is taken, then the other store has it, and it says that nothing answers', async () => {
    const before = (await generationsIn(workspace.path('disk'))).length;
    const { status, stdout } = await workspace.run(['backup']);
    expect(stdout).toMatch(/FAILED in offsite: no server answers at 127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    expect(stdout).toMatch(/next: check the network and the address of the repository/);
    expect(status).toBe(7);
    expect(await generationsIn(workspace.path('disk'))).toHaveLength(before + 1);
  });

  it.each([
    ['list'],
    ['verify', '--store', 'offsite'],
    ['restore', 'work', '--store', 'offsite', '--in-place', '--no-safety', '--yes'],
    ['compare', 'work', '--store', 'offsite'],
    ['init', 'offsite'],
    ['backup', '--dry-run'],
  ])('when "fukugen %s" is typed, then it says so, with status 7', async (...command) => {
    const { status, all } = await workspace.run(command);
    expect(all).toMatch(/no server answers at 127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    expect(status).toBe(7);
  });

  it.each([
    's3:https://127.0.0.1:1/bucket',
    's3:127.0.0.1:1/bucket',
    'rest:https://127.0.0.1:1/',
    's3:https://[::1]:1/b',
  ])('when the repository is written as %s, then it is noticed too', async (repository) => {
    await expect(requireServer(repository, anyone)).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/^no server answers at \S+:1: connect E/),
    });
  });

  it('when the address is none, then that is said', async () => {
    await expect(requireServer('s3:https://not a host/bucket', anyone)).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(/has no address of a server in it$/),
    });
  });

  it.each(['/backup/repository', 'sftp:user@host:/path', 'b2:bucket:path'])(
    'when the repository is %s, then it is restic’s own affair',
    async (repository) => expect(await requireServer(repository, anyone)).toBeUndefined(),
  );
});

describe('given a server that takes the connection', () => {
  let silent: Server;

  beforeAll(async () => {
    silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => silent.close(resolve)));

  it('then it is there, whatever it says', async () => {
    const { port } = silent.address() as { port: number };
    expect(await requireServer(`s3:https://127.0.0.1:${port}/bucket`, anyone)).toBeUndefined();
  });

  it('when the run is stopped meanwhile, then it ends with the reason that it was given', async () => {
    const stop = new AbortController();
    // TEST-NET-1, where nobody is: the connection neither comes about nor fails at once. https://www.rfc-editor.org/rfc/rfc5737
    const waiting = requireServer('s3:https://192.0.2.1/bucket', stop.signal);
    stop.abort(new Error('stopped by the test'));
    await expect(waiting).rejects.toThrow(/stopped by the test|no server answers/);
  });
});
