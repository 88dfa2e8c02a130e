import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);
/** Quotes of both kinds: what is printed to be typed must survive them. */
const database = `the "shop's" 本店`;
const folder = `the "work's" folder`;

let server: LocalServer;
let workspace: LocalWorkspace;

async function words(): Promise<string[]> {
  return (await server.query(database, 'SELECT word FROM words ORDER BY 1')).map((row) => row.word);
}

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(database, `CREATE TABLE words (word text); INSERT INTO words VALUES ('one'), ('two')`);
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: folder } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url(database) },
  );
  await mkdir(workspace.path(folder));
  await writeFile(workspace.path(folder, 'note'), 'as backed up');
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  await server.query(database, `INSERT INTO words VALUES ('three')`);
  await writeFile(workspace.path(folder, 'note'), 'as changed');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given nobody to ask', () => {
  it.each(['shop', 'work'])(
    'when %s is restored in place without --yes, then it is refused before anything happens',
    async (name) => {
      const before = [await server.names(), await photograph(workspace.home)];
      const { status, stderr } = await workspace.run(['restore', name, '--in-place']);
      expect(stderr).toBe(
        'fukugen: this asks before it changes anything, and nobody is there to answer\n' +
          '  next: add --yes to go ahead\n',
      );
      expect(status).toBe(2);
      expect([await server.names(), await photograph(workspace.home)]).toEqual(before);
    },
  );
});

describe('given a terminal', () => {
  /** `script` gives the command a terminal of its own and types the answer. */
  async function answer(name: string, typed: string): Promise<string> {
    const command = `printf '${typed}\\n' | script -qec 'fukugen restore ${name} --in-place --no-safety' /dev/null`;
    const { stdout } = await run('sh', ['-c', `ln -sf ${process.cwd()}/bin/fukugen bin/fukugen; ${command}`], {
      cwd: workspace.home,
      env: workspace.environment,
    });
    return stdout;
  }

  it('when the question is answered with no, then what is there stays and the restored one stays beside it', async () => {
    const said = await answer('work', 'n');
    expect(said).toMatch(/Put it in place of .* and keep what is there now as .*\.before-.*\? \[y\/N\]/);
    expect(await readFile(workspace.path(folder, 'note'), 'utf8')).toBe('as changed');
    const [, beside] = /restored as (.*folder\.restored-\S+)/.exec(said) as unknown as [string, string];
    expect(await readFile(`${beside}/note`, 'utf8')).toBe('as backed up');
    await rm(beside, { recursive: true });
  });

  it('when the question about a database is answered with yes, then it is put in place, and it told how many sessions end', async () => {
    const client = new pg.Client(server.scratch.connection(database));
    client.on('error', () => {});
    await client.connect();
    const said = await answer('shop', 'y');
    expect(said).toMatch(/ending 1 session, and keep what is there now as/);
    expect(await words()).toEqual(['one', 'two']);
    await client.end().catch(() => {});
    const [, kept] = /ALTER DATABASE ("(?:[^"]|"")*_before_[^"]*") RENAME/.exec(said) as unknown as [string, string];
    await server.query('postgres', `DROP DATABASE ${pg.escapeIdentifier(database)}`);
    await server.query('postgres', `ALTER DATABASE ${kept} RENAME TO ${pg.escapeIdentifier(database)}`);
  });
});

/** A client that works in the live database; tells how its session ended. */
async function busyClient(): Promise<{ readonly ended: Promise<string> }> {
  const client = new pg.Client(server.scratch.connection(database));
  const ended = new Promise<string>((resolve) => client.once('error', (error) => resolve(error.message)));
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN; LOCK TABLE words IN ACCESS SHARE MODE');
  return { ended };
}

describe('given a live database with sessions in it', () => {
  it('when it is restored, then they are ended, the old one is kept, and the printed commands go back to it', async () => {
    const clients = await Promise.all([busyClient(), busyClient(), busyClient()]);
    const { status, json } = await workspace.run(['restore', 'shop', '--in-place', '--no-safety', '--yes', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true, kept: expect.stringMatching(/_before_/) });
    expect(status).toBe(0);
    for (const { ended } of clients) expect(await ended).toMatch(/terminating connection/);
    expect(await words()).toEqual(['one', 'two']);
    expect(await server.names()).toEqual(['postgres', json.kept, database].sort());

    const maintenance = server.url('postgres');
    for (const statement of json.undo) await run('psql', [maintenance, '-v', 'ON_ERROR_STOP=1', '-c', statement]);
    expect(await words()).toEqual(['one', 'three', 'two']);
    await server.query('postgres', `DROP DATABASE ${pg.escapeIdentifier(json.beside)}`);
  });

  it('when it is restored, then it stays as it is, and the restored one is there under the name that is told', async () => {
    const { ended } = await busyClient();
    const { status, json } = await workspace.run(['restore', 'shop', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: false });
    expect(status).toBe(0);
    expect(await words()).toEqual(['one', 'three', 'two']);
    const restored = await server.query(json.beside, 'SELECT count(*)::int AS rows FROM words');
    expect(restored).toEqual([{ rows: 2 }]);
    await server.query('postgres', `DROP DATABASE ${pg.escapeIdentifier(json.beside)}`);
    expect(await Promise.race([ended, 'still there'])).toBe('still there');
  });
});

describe('given a live folder', () => {
  it('when it is restored, then the old one is kept, and the printed commands go back to it', async () => {
    const { status, stdout } = await workspace.run(['restore', 'work', '--in-place', '--no-safety', '--yes']);
    expect(stdout).toMatch(
      / is restored from .* in disk\n.*: identical\nwhat was there is kept as .*; to go back: fukugen undo work, or by hand:\n/,
    );
    expect(status).toBe(0);
    expect(await readFile(workspace.path(folder, 'note'), 'utf8')).toBe('as backed up');

    const commands = [...stdout.matchAll(/^ {2}(mv .*)$/gm)].map((match) => match[1] as string);
    expect(commands).toHaveLength(2);
    for (const command of commands) await run('sh', ['-c', command]);
    expect(await readFile(workspace.path(folder, 'note'), 'utf8')).toBe('as changed');
  });

  it('when an edit is made in what was restored, then the backup does not change', async () => {
    const { json } = await workspace.run(['restore', 'work', '--json']);
    await writeFile(`${json.beside}/note`, 'edited');
    expect(await workspace.run(['verify'])).toMatchObject({ status: 0 });
  });
});

describe('given a name that is not there', () => {
  it.each([
    [
      'source',
      ['restore', 'nothing', '--in-place', '--no-safety', '--yes'],
      2,
      'fukugen: there is no source nothing; there is shop, work\n',
    ],
    [
      'store',
      ['restore', 'shop', '--in-place', '--no-safety', '--yes', '--store', 'moon'],
      2,
      'fukugen: there is no store moon; there is disk\n',
    ],
    [
      'generation',
      ['restore', 'shop', '--in-place', '--no-safety', '--yes', '--at', '2020-01-01T00-00-00-000Z'],
      5,
      expect.stringMatching(
        /no generation 2020-01-01T00-00-00-000Z\n {2}next: fukugen list; the nearest: \d{4}-\S+Z\n$/,
      ),
    ],
  ])('when the %s is unknown, then it is refused with what there is', async (_what, args, status, message) => {
    expect(await workspace.run(args)).toMatchObject({ status, stderr: message });
  });
});
