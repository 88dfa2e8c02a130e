import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { localhostCertificate } from '../../../rehearsal/aws/certificate.ts';
import { FaultProxy } from '../../helpers/fault-proxy.ts';
import { eventually } from '../../helpers/local-processes.ts';
import { expectRoundTrip } from '../../helpers/local-round-trip.ts';
import { generationsIn, photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { runs } from '../../helpers/thorough.ts';

const run = promisify(execFile);

/** Each kind of sign that means something in an address. */
const serverPassword = "p:a'%41ss/@?#";

let workspace: LocalWorkspace;
let server: RestServer;
let proxy: FaultProxy;

const work = { kind: 'directory', path: 'work' };
const sources = { work };
const disk = { kind: 'generations', path: 'disk' };

function offsite(repository = `rest:${proxy.url}/laptop/`) {
  return {
    kind: 'restic',
    repository,
    password: 'env:RESTIC',
    environment: { RESTIC_REST_USERNAME: 'env:SERVER_USER', RESTIC_REST_PASSWORD: 'env:SERVER_PASSWORD' },
    caCertificate: 'certificate.pem',
  };
}

interface RestServer {
  /** `https://127.0.0.1:port`. */
  readonly url: string;
  kill(): Promise<void>;
}

/** restic's own protocol over HTTPS, as rest-server speaks it too. */
async function startRestServer(): Promise<RestServer> {
  const { key, certificate } = await localhostCertificate();
  const [keyFile, certificateFile] = [workspace.path('server-key.pem'), workspace.path('server-certificate.pem')];
  await writeFile(keyFile, key);
  await writeFile(certificateFile, certificate);
  const options = ['--addr', '127.0.0.1:0', '--key', keyFile, '--cert', certificateFile, '--use-json-log'];
  const environment = { ...workspace.environment, RCLONE_USER: 'laptop', RCLONE_PASS: serverPassword };
  const child = spawn('rclone', ['serve', 'restic', ...options, workspace.path('server')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: environment,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    url: await addressOf(child),
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

async function addressOf({ stderr }: ChildProcess): Promise<string> {
  for await (const line of createInterface(stderr as NonNullable<typeof stderr>)) {
    const address = /Serving restic REST API on (https:\S+?)\/?"/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('rclone serve restic did not say where it listens');
}

async function change(content: string): Promise<void> {
  for (const name of 'abc') await writeFile(workspace.path('work', name), `${name}${content}`.repeat(1_000));
}

/** As a person looks at it who sits at the server. */
function restic(...args: string[]) {
  const environment = { RESTIC_REPOSITORY: workspace.path('server', 'laptop'), RESTIC_PASSWORD: 'right' };
  return run('restic', args, { env: { ...workspace.environment, ...environment } });
}

beforeAll(async () => {
  workspace = await LocalWorkspace.open(
    { sources, stores: { disk } },
    { RESTIC: 'right', SERVER_USER: 'laptop', SERVER_PASSWORD: serverPassword },
  );
  await mkdir(workspace.path('server'));
  server = await startRestServer();
  proxy = await FaultProxy.open(server.url);
  await copyFile(proxy.certificateFile, workspace.path('certificate.pem'));
  await mkdir(workspace.path('work'));
  await change('first');
  await workspace.write({ sources, stores: { offsite: offsite() } });
}, 120_000);

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await server.kill();
  await workspace[Symbol.asyncDispose]();
});

describe('given a REST server that asks for a name and a password', () => {
  it('when a repository is made there and a generation stored, then it verifies, and comes back identical', async () => {
    await expectRoundTrip(workspace);
  }, 120_000);

  it('when the policy keeps fewer, then the rest goes, and the repository is sound to the last byte', async () => {
    await workspace.write({ sources, stores: { offsite: offsite() }, retention: { last: 1 } });
    for (const content of ['second', 'third']) {
      await change(content);
      expect(await workspace.run(['backup'])).toMatchObject({ status: 0, stderr: '' });
    }
    // The newest, and the newest that was verified.
    expect((await workspace.run(['list', '--json'])).json.generations).toHaveLength(2);
    await restic('check', '--read-data', '--quiet');
  }, 120_000);

  it('when its own password is wrong, then that is said with status 8, without it', async () => {
    const environment = { SERVER_PASSWORD: 'not%this@one' };
    for (const command of ['list', 'init', 'backup']) {
      const { status, all } = await workspace.run([command], { environment });
      expect(all).toMatch(
        /the server of the store offsite refuses its keys: 401 Unauthorized\n +next: check the secrets/,
      );
      expect(all).not.toMatch(/not%|%25this/);
      expect(status).toBe(8);
    }
  }, 30_000);

  it('when the password of the repository is wrong, then that is said with status 8, and nothing in it changes', async () => {
    const before = await photograph(workspace.path('server'));
    const { status, stderr } = await workspace.run(['list'], { environment: { RESTIC: 'another-one' } });
    expect(stderr).toMatch(
      /^fukugen: the repository of the store offsite does not open with this password\n {2}next: /,
    );
    expect(status).toBe(8);
    expect(await photograph(workspace.path('server'))).toEqual(before);
  });

  it('when the address says http, then the way to write it is told, and no repository is made', async () => {
    await workspace.write({ sources, stores: { offsite: offsite(`rest:${server.url.replace('https:', 'http:')}/`) } });
    for (const command of ['list', 'init']) {
      const { status, stderr } = await workspace.run([command]);
      expect(stderr).toMatch(
        /^fukugen: the server of the store offsite does not speak http at this address\n {2}next: .*https:\/\//,
      );
      expect(status).toBe(7);
    }
    await workspace.write({ sources, stores: { offsite: offsite() } });
  }, 30_000);

  it('when its certificate is not trusted, then the way to trust it is told', async () => {
    await workspace.write({ sources, stores: { offsite: { ...offsite(), caCertificate: undefined } } });
    const { status, stderr } = await workspace.run(['list']);
    expect(stderr).toMatch(
      /^fukugen: the certificate of the server .* is not trusted: x509: .*\n {2}next: .*caCertificate/,
    );
    expect(status).toBe(7);
    await workspace.write({ sources, stores: { offsite: offsite() } });
  });
});

describe('given a server that is gone in the middle of an upload', () => {
  const upload = /^POST .*\/data\//;

  it('when it comes back, then the same run succeeds, and nobody hears of it', async () => {
    await change('while it is gone');
    const seen = proxy.requests.length;
    proxy.inject({ cut: 'request' }, { matching: upload });
    const running = workspace.start(['backup']);
    await eventually(
      async () => proxy.requests.slice(seen).filter(({ line }) => upload.test(line)).length,
      (count) => count > 1,
    );
    proxy.mend();
    expect(await running.ended).toMatchObject({ status: 0, stderr: '' });
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  }, 120_000);

  // restic tries for the better part of a minute.
  const thoroughly = [
    ['backup', '--verbose'],
    ['restore', 'work', '--store', 'offsite'],
  ] as const;
  for (const command of thoroughly.slice(0, runs(0, thoroughly.length)))
    it(`when it is killed during "fukugen ${command[0]}" and stays away, then one sentence says so, and with the server all is well again`, async () => {
      await workspace.write({ sources, stores: { disk, offsite: offsite() } });
      await change(`killed in ${command[0]}`);
      const before = (await generationsIn(workspace.path('disk')).catch(() => [])).length;
      await rm(workspace.path('restic-cache'), { recursive: true, force: true });
      const seen = proxy.requests.length;
      const matching = command[0] === 'backup' ? upload : /^GET .*\/data\//;
      // None of it arrives, however quick this machine is.
      proxy.inject({ cut: command[0] === 'backup' ? 'request' : 'answer' }, { matching });
      const running = workspace.start(command);
      await eventually(
        async () => proxy.requests.slice(seen).some(({ line }) => matching.test(line)),
        (isUnderWay) => isUnderWay,
      );
      await server.kill();
      const { status, all } = await running.ended;
      expect(all).toMatch(/the server of the store offsite kept failing: .*\n +next: run it again later/);
      expect(status).toBe(7);
      if (command[0] === 'backup') expect(await generationsIn(workspace.path('disk'))).toHaveLength(before + 1);
      server = await startRestServer();
      await proxy[Symbol.asyncDispose]();
      proxy = await FaultProxy.open(server.url);
      await copyFile(proxy.certificateFile, workspace.path('certificate.pem'));
      await workspace.write({ sources, stores: { offsite: offsite() } });
      expect(await workspace.run(['backup'])).toMatchObject({ status: 0, stderr: '' });
      expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
      expect(await readdir(join(workspace.path('server'), 'laptop', 'locks'))).toEqual([]);
      await restic('check', '--read-data', '--quiet');
    }, 300_000);
});
