import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ObjectStore, startObjectStore } from '../../../rehearsal/object-store.ts';
import { watchedSteps } from '../../helpers/local-kills.ts';
import { eventually, processesOf, send } from '../../helpers/local-processes.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { filesHolding } from '../../helpers/local-tree.ts';
import { type Answer, LocalWorkspace } from '../../helpers/local-workspace.ts';

/** Distinctive, and with characters that look different inside of a URL. */
const resticPassword = 'restic-pass/örd-7d1f';
const databasePassword = 'database pass/wörd@9c2e';

let server: LocalServer;
let objects: ObjectStore;
let workspace: LocalWorkspace;
/** Everything that commands said so far. */
let said = '';
/** Every command line that was seen of them and of what they started, by looking again and again. */
const seen = new Set<string>();
/** Every command line that they wrote down before they started it. */
const started: string[] = [];

function secrets(): string[] {
  const all = [resticPassword, databasePassword, objects.secretAccessKey];
  return [...all, ...all.map(encodeURIComponent)];
}

/** Runs a command and looks at its processes as fast as it can meanwhile, as anyone on the machine may. */
async function watched(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const list = workspace.path('steps');
  await writeFile(list, '');
  const running = workspace.start(args, { environment: { ...watchedSteps(list), ...environment } });
  let isRunning = true;
  const ended = running.ended.finally(() => {
    isRunning = false;
  });
  while (isRunning) {
    for (const { commandLine } of await processesOf(workspace.home)) seen.add(commandLine);
    // As often as leaves the second core to the command.
    await sleep(5);
  }
  const answer = await ended;
  said += answer.all;
  const steps = (await readFile(list, 'utf8')).split('\n');
  started.push(...steps.filter((step) => step.startsWith('spawn ')));
  return answer;
}

beforeAll(async () => {
  server = await startLocalServer({ password: databasePassword });
  objects = await startObjectStore();
  await server.create('shop', 'CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 1000) g');
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: 'work' } },
      stores: {
        disk: { kind: 'generations', path: 'disk' },
        offsite: {
          kind: 'restic',
          repository: `s3:${objects.url}/${objects.bucket}/laptop`,
          password: 'env:RESTIC',
          environment: { AWS_ACCESS_KEY_ID: 'env:KEY_ID', AWS_SECRET_ACCESS_KEY: 'env:KEY_SECRET' },
          caCertificate: objects.certificateFile,
        },
      },
    },
    {
      SHOP_URL: server.url('shop', encodeURIComponent(databasePassword)),
      RESTIC: resticPassword,
      KEY_ID: objects.accessKeyId,
      KEY_SECRET: objects.secretAccessKey,
    },
  );
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'a'), 'a');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await objects.stop();
  await workspace[Symbol.asyncDispose]();
});

describe('given distinctive passwords for PostgreSQL, restic and S3', () => {
  it.each([
    [0, ['init', '--verbose']],
    [0, ['backup', '--verbose']],
    [0, ['verify', '--level', 'identical', '--verbose', '--json']],
    [0, ['compare', 'shop', '--verbose']],
    [0, ['restore', 'shop', '--store', 'offsite', '--in-place', '--no-safety', '--yes', '--verbose']],
    [0, ['restore', 'work', '--in-place', '--no-safety', '--yes', '--json']],
    [0, ['list', '--verbose']],
  ])('when it works, status %d, "fukugen %s"', async (status, args) => {
    expect(await watched(args)).toMatchObject({ status });
  });

  it.each([
    [8, ['backup', '--source', 'shop', '--verbose'], { SHOP_URL: 'postgres://postgres:WRONG@HOST/shop' }],
    [6, ['backup', '--source', 'shop', '--json'], { SHOP_URL: 'postgres://postgres:WRONG@127.0.0.1:1/shop' }],
    [8, ['list', '--verbose'], { RESTIC: 'WRONG' }],
    [8, ['list', '--json'], { KEY_SECRET: 'WRONG' }],
  ])('when it fails with status %d, "fukugen %s"', async (status, args, environment) => {
    // A wrong password is a password too, of another system perhaps.
    const host = `${server.scratch.host}:${server.scratch.port}`;
    const wrong = Object.entries(environment).map(([name, value]) => [
      name,
      value
        .replace('WRONG', name === 'SHOP_URL' ? encodeURIComponent(`${databasePassword}!`) : `${resticPassword}!`)
        .replace('HOST', host),
    ]);
    expect(await watched(args, Object.fromEntries(wrong))).toMatchObject({ status });
  });

  it('then no command line held one, of all the programs that were started', () => {
    for (const program of ['pg_dump', 'pg_restore', 'restic', 'initdb', 'keeper.ts'])
      expect([program, started.some((line) => line.includes(program))]).toEqual([program, true]);
    const lines = [...started, ...seen];
    for (const secret of secrets()) expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  });

  it('then pg_restore was never told to create, which would write into the database that the dump came from', () => {
    const restores = started.map((line) => line.split(' ')).filter(([, program]) => program?.endsWith('/pg_restore'));
    expect(restores.length).toBeGreaterThan(0);
    for (const words of restores) {
      expect(words).toContain('--exit-on-error');
      expect(words.filter((word) => /^(--create|-[a-zA-Z]*C)/.test(word))).toEqual([]);
    }
  });

  it('then nothing that was said held one', () => {
    expect(said.length).toBeGreaterThan(1_000);
    for (const secret of secrets()) expect(said.includes(secret)).toBe(false);
  });

  it('then no file that was left holds one, in the generations, the state, the cache or the temporary folder', async () => {
    for (const secret of secrets()) expect(await filesHolding(workspace.home, secret)).toEqual([]);
  });

  it('then the search does find what is there', async () => {
    await writeFile(workspace.path('tmp', 'leak'), `before ${resticPassword} after`);
    expect(await filesHolding(workspace.home, resticPassword)).toEqual(['tmp/leak']);
    const leaking = workspace.start(['list'], {
      through: ['env', `LEAK=${resticPassword}`, 'sh', '-c', 'sleep 600; :', resticPassword],
    });
    await eventually(
      () => processesOf(workspace.home),
      (running) => running.some(({ commandLine }) => commandLine.includes(resticPassword)),
    );
    send('SIGKILL', -leaking.id);
    await leaking.ended;
  });
});
