import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const commands = [
  'backup',
  'list',
  'verify --level identical',
  'compare work',
  'restore shop',
  'restore shop --in-place --yes',
  'undo --list',
  'init',
];

let server: LocalServer;
let workspace: LocalWorkspace;

beforeAll(async () => {
  server = await startLocalServer();
  await server.create('shop', 'CREATE TABLE a (id int)');
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: 'work' } },
      stores: {
        disk: { kind: 'generations', path: 'not/there/yet' },
        offsite: { kind: 'restic', repository: 'repository', password: 'command:echo right' },
      },
    },
    { SHOP_URL: server.url('shop') },
  );
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'a'), 'a');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

/** Everything that a command could have changed. restic's cache is its own affair. */
async function world() {
  const files = Object.entries(await photograph(workspace.home)).filter(([path]) => !path.startsWith('restic-cache'));
  return { databases: await server.names(), files: Object.fromEntries(files) };
}

describe('given nothing but a policy', () => {
  it('when a backup is tried dry, then it says what it would do and what is missing, and makes nothing', async () => {
    const before = await world();
    const { status, stdout } = await workspace.run(['backup', '--dry-run']);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^shop: would back up the database shop, [\d.]+ [kM]B.*, on PostgreSQL .*, with pg_dump /),
      expect.stringMatching(/^work: would back up the folder .*\/work without /),
      'disk: would store in generations',
      expect.stringMatching(/^offsite: the store offsite has no restic repository yet/),
      '    next: fukugen init offsite makes it, when the address is right',
    ]);
    expect(status).toBe(5);
    expect(await world()).toEqual(before);
  });

  it('when there is no generation yet, then that is said', async () => {
    expect(await workspace.run(['list', '--store', 'disk'])).toMatchObject({
      status: 0,
      stdout: 'no generation yet; fukugen backup takes the first\n',
    });
    expect(await workspace.run(['verify', '--store', 'disk'])).toMatchObject({
      status: 5,
      stderr: 'fukugen: the store disk has no generation yet\n  next: fukugen backup\n',
    });
  });
});

describe('given a generation', () => {
  beforeAll(async () => {
    expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  });

  it.each(commands)('when "fukugen %s" runs dry, then it leaves no trace', async (command) => {
    const before = await world();
    const { status, stdout, stderr } = await workspace.run([...command.split(' '), '--dry-run']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toBe('');
    expect(await world()).toEqual(before);
  });

  it.each(commands)(
    'when "fukugen %s" is told to print JSON, then it prints one object and nothing else',
    async (command) => {
      const { status, json, stderr } = await workspace.run([...command.split(' '), '--json']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(typeof json).toBe('object');
    },
  );

  it('when it is listed, then its age and its stores are shown', async () => {
    const { stdout } = await workspace.run(['list'], { environment: { TZ: 'Asia/Tokyo' } });
    expect(stdout).toMatch(
      /^GENERATION +LOCAL TIME +AGE +STORES\n\d{4}-\d\d-\d\dT\S+Z-safety +\S+ \S+ +[\d.]+ (s|min .*) +disk, taken right before a restore\n/,
    );
    const [, day, hour, minute, second] = /^(\S+)T(\d\d)-(\d\d)-(\d\d)-\d{3}Z-safety/m.exec(stdout) as string[];
    const there = new Date(Date.parse(`${day}T${hour}:${minute}:${second}Z`) + 9 * 3_600_000).toISOString();
    expect(stdout).toContain(` ${there.slice(0, 19).replace('T', ' ')} `);
  });
});

describe('given an error', () => {
  it('when JSON is asked for, then the error is one object with its code', async () => {
    const { status, json, stderr } = await workspace.run([
      'restore',
      'nothing',
      '--in-place',
      '--no-safety',
      '--yes',
      '--json',
    ]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(json).toEqual({
      error: { code: 'usage', message: 'there is no source nothing; there is shop, work', next: null },
    });
  });

  it('when JSON is asked for on a command line that is wrong, then that is one object too', async () => {
    expect(await workspace.run(['list', '--json', '--nonsense'])).toMatchObject({
      status: 2,
      stderr: '',
      json: { error: { code: 'usage', message: "unknown option '--nonsense'" } },
    });
  });

  it.each([
    [['nonsense'], /unknown command 'nonsense'/],
    [['backup', '--nonsense'], /unknown option '--nonsense'/],
    [['restore'], /nobody is there to be asked what to restore/],
    [['--config', 'nowhere.yaml', 'list'], undefined],
  ])('when the command line is %j, then the status is that of its mistake', async (args, message) => {
    const { status, stderr } = await workspace.run(args);
    expect(stderr).toMatch(message ?? /^fukugen: there is no policy at .*\/nowhere\.yaml\n {2}next: /);
    expect(status).toBe(message ? 2 : 5);
  });

  it('when the policy has no local part, then that is said with status 2', async () => {
    await writeFile(workspace.path('cloud.yaml'), JSON.stringify({ cloud: { databases: {} } }));
    const { status, stderr } = await workspace.run(['--config', 'cloud.yaml', 'list']);
    expect(stderr).toMatch(/cloud\.yaml (declares no local sources and stores|has \d+ mistake)/);
    expect(status).toBe(2);
  });

  it.each([[['--help']], [['backup', '--help']]])(
    'when help is asked for with %j, then the status is 0',
    async (args) => {
      const { status, stdout } = await workspace.run(args);
      expect(stdout).toMatch(/^Usage: fukugen/);
      expect(status).toBe(0);
    },
  );

  it('when the schema is asked for, then it is one JSON object', async () => {
    expect((await workspace.run(['schema'])).json).toMatchObject({ type: 'object' });
  });
});
