import { execFile } from 'node:child_process';
import { chmod, link, lstat, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { clientFor } from '../../local/postgres/programs.ts';
import { type ObjectStore, startObjectStore } from '../../rehearsal/object-store.ts';
import { type LocalServer, startLocalServer } from '../helpers/local-server.ts';
import { writeStrangeFiles } from '../helpers/local-strange-files.ts';
import { filesHolding, generationsIn, photograph } from '../helpers/local-tree.ts';
import { LocalWorkspace } from '../helpers/local-workspace.ts';

/**
 * A whole laptop, as its owner would type it: every kind of source into every kind of store, and each back from each. What comes back
 * is judged by fukugen, and once more by programs that know nothing of it.
 */
const run = promisify(execFile);

/** Stands in a file of secrets, and nowhere else. */
const secret = 'a-secret-that-only-encrypted-stores-may-hold-0815';

const printed = 'what a program prints\n'.repeat(2_000);

let server: LocalServer;
let objects: ObjectStore;
let workspace: LocalWorkspace;
let generation: string;
/** Of what was backed up: the database as text, the folder as a photograph, the rows of the other database. */
let text: string;
let picture: Record<string, string>;
let rows: unknown;

const stores = ['disk', 'offsite', 'mirror', 'handover'] as const;
const encrypted = ['offsite', 'mirror', 'handover'] as const;

const shop = `
  CREATE EXTENSION pgcrypto;
  CREATE TYPE state AS ENUM ('new', 'paid', 'sent');
  CREATE TABLE customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, since timestamptz);
  CREATE TABLE "注文" (id bigserial PRIMARY KEY, customer int REFERENCES customer, state state, price numeric, note jsonb, raw bytea);
  INSERT INTO customer (name, since) SELECT '顧客 ' || g || E'\\t\\\\', timestamptz '2026-01-01' + g * interval '1 hour' FROM generate_series(1, 500) g;
  INSERT INTO "注文" (customer, state, price, note, raw)
    SELECT 1 + g % 500, (enum_range(NULL::state))[1 + g % 3], g / 7.0, jsonb_build_object('n', g), decode(md5(g::text), 'hex') FROM generate_series(1, 3000) g;
  CREATE INDEX ON "注文" (state, price);
  CREATE VIEW paid AS SELECT * FROM "注文" WHERE state = 'paid';
  CREATE MATERIALIZED VIEW total AS SELECT customer, sum(price) FROM "注文" GROUP BY 1;
  SELECT lo_from_bytea(0, decode(repeat('ab', 5000), 'hex'));
`;

/** What pg_dump says of a database, without what differs from dump to dump (`\restrict` has a random key). */
async function dumped(database: string): Promise<string> {
  const { bin } = await clientFor(0);
  const { host, port, user } = server.scratch;
  const args = ['--host', host, '--port', String(port), '--username', user, '--no-password', database];
  const { stdout } = await run(join(bin, 'pg_dump'), args, {
    env: { PATH: process.env.PATH, PGPASSWORD: server.password },
    maxBuffer: 2 ** 27,
  });
  return stdout.replace(/^\\(un)?restrict .*$/gm, '');
}

function rowsOf(path: string): unknown {
  using database = new DatabaseSync(path, { readOnly: true });
  const read = (sql: string) => database.prepare(sql).all();
  return [
    read('SELECT * FROM note ORDER BY id'),
    read('SELECT type, name, sql FROM sqlite_schema ORDER BY name'),
    read('PRAGMA user_version'),
    read('PRAGMA application_id'),
    read('PRAGMA integrity_check'),
  ];
}

/** Restores to a new place; fukugen's own comparison must agree. */
async function restored(source: string, store: string): Promise<string> {
  const { status, json } = await workspace.run(['restore', source, '--store', store, '--at', generation, '--json']);
  expect([json.verdict, json.inPlace, status]).toEqual(['identical', false, 0]);
  return json.beside;
}

beforeAll(async () => {
  [server, objects] = await Promise.all([startLocalServer(), startObjectStore()]);
  await server.create('shop', shop);
  const identity = await generateX25519Identity();
  workspace = await LocalWorkspace.open(
    {
      sources: {
        shop: { kind: 'postgres', url: 'env:SHOP_URL' },
        notes: { kind: 'sqlite', path: 'notes.sqlite' },
        work: { kind: 'directory', path: 'work' },
        settings: { kind: 'files', files: ['.env', 'docker-compose.yml'] },
        programs: { kind: 'command', command: ['cat', 'printed'], output: 'programs.txt' },
      },
      stores: {
        disk: { kind: 'generations', path: 'disk' },
        offsite: {
          kind: 'restic',
          repository: `s3:${objects.url}/${objects.bucket}/restic`,
          password: 'env:PASSWORD',
          environment: { AWS_ACCESS_KEY_ID: 'env:KEY_ID', AWS_SECRET_ACCESS_KEY: 'env:KEY_SECRET' },
          caCertificate: objects.certificateFile,
        },
        mirror: {
          kind: 'rclone',
          remote: `r2:${objects.bucket}/rclone`,
          options: { type: 's3', provider: 'Other', endpoint: objects.url, force_path_style: 'true' },
          secrets: { access_key_id: 'env:KEY_ID', secret_access_key: 'env:KEY_SECRET' },
          crypt: { password: 'env:PASSWORD' },
          caCertificate: objects.certificateFile,
        },
        handover: {
          kind: 'archive',
          path: 'handover',
          recipients: [await identityToRecipient(identity)],
          identity: 'env:AGE_KEY',
        },
      },
    },
    {
      SHOP_URL: server.url('shop'),
      PASSWORD: 'right',
      KEY_ID: objects.accessKeyId,
      KEY_SECRET: objects.secretAccessKey,
      AGE_KEY: identity,
    },
  );
  const notes = new DatabaseSync(workspace.path('notes.sqlite'));
  notes.exec(
    `PRAGMA journal_mode = WAL; PRAGMA user_version = 42; PRAGMA application_id = 77;
     CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT, picture BLOB);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
     INSERT INTO note SELECT i, 'メモ ' || i, randomblob(20) FROM n`,
  );
  notes.close();
  await writeStrangeFiles(workspace.path('work'));
  await link(workspace.path('work', 'nothing.txt'), workspace.path('work', 'another name'));
  await writeFile(workspace.path('work', 'hole'), 'begins');
  await truncate(workspace.path('work', 'hole'), 10_000_000);
  await writeFile(workspace.path('.env'), `TOKEN=${secret}\n`);
  await chmod(workspace.path('.env'), 0o600);
  await writeFile(workspace.path('docker-compose.yml'), 'services:\n  db:\n    image: postgres:15\n');
  await writeFile(workspace.path('printed'), printed);
  text = await dumped('shop');
  picture = await photograph(workspace.path('work'));
  rows = rowsOf(workspace.path('notes.sqlite'));
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
  const { status, json } = await workspace.run(['backup', '--json']);
  expect([status, json.stores.map(({ stored }: { stored: boolean }) => stored)]).toEqual([0, stores.map(() => true)]);
  generation = json.generation;
}, 120_000);

afterAll(async () => {
  await objects.stop();
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given every kind of source in every kind of store', () => {
  it.each(stores)('when the database comes back from %s, then pg_dump says the same of both', async (store) => {
    const database = await restored('shop', store);
    expect(await dumped(database)).toBe(text);
    await server.query('postgres', `DROP DATABASE ${database}`);
  });

  it.each(stores)(
    'when the SQLite database comes back from %s, then every row, number and name is there',
    async (store) => {
      expect(rowsOf(await restored('notes', store))).toEqual(rows);
    },
  );

  it.each(stores)(
    'when the folder comes back from %s, then diff finds nothing, nor does a look at what diff passes over',
    async (store) => {
      const folder = await restored('work', store);
      // Exits 1 at a difference. Of a dangling link it compares the target.
      await run('diff', ['-r', '--no-dereference', workspace.path('work'), folder]);
      expect(await photograph(folder)).toEqual(picture);
      expect((await stat(join(folder, 'another name'))).ino).toBe((await stat(join(folder, 'nothing.txt'))).ino);
      expect((await lstat(join(folder, 'hole'))).blocks * 512).toBeLessThan(1_000_000);
    },
  );

  it.each(stores)('when what the program printed comes back from %s, then it is that', async (store) => {
    expect(await readFile(await restored('programs', store), 'utf8')).toBe(printed);
  });

  it.each(encrypted)(
    'when the files with a secret come back from %s, then they are the same, for nobody else to read',
    async (store) => {
      const [env, compose] = (await restored('settings', store)).split(', ') as [string, string];
      expect(await readFile(env)).toEqual(await readFile(workspace.path('.env')));
      expect(await readFile(compose)).toEqual(await readFile(workspace.path('docker-compose.yml')));
      expect((await stat(env)).mode & 0o777).toBe(0o600);
    },
  );

  it('when the stores are searched, then the secret is in none of them in plain, and a plain one has what is no secret', async () => {
    for (const folder of [workspace.path('disk'), workspace.path('handover'), objects.folder])
      expect([folder, await filesHolding(folder, secret)]).toEqual([folder, []]);
    expect(await filesHolding(workspace.path('disk'), '日本語のメモ.md')).not.toEqual([]);
    expect(await generationsIn(workspace.path('disk'))).toEqual([generation]);
    expect((await readdir(workspace.path('handover'))).filter((name) => name.endsWith('.age'))).toHaveLength(1);
  });

  it('when the plain one is asked for the secret, then it says that it has none', async () => {
    const { status, stderr } = await workspace.run(['restore', 'settings', '--store', 'disk', '--at', generation]);
    expect(stderr).toMatch(/the store disk does not encrypt, so it holds no file of settings\n {2}next: add --store/);
    expect(status).toBe(5);
  });
});

describe('given what was backed up', () => {
  it('when one value of it changes, then what the restored ones were judged by sees it', async () => {
    await server.query('shop', `UPDATE customer SET name = 'x' WHERE id = 7`);
    expect(await dumped('shop')).not.toBe(text);
    const notes = new DatabaseSync(workspace.path('notes.sqlite'));
    notes.exec(`UPDATE note SET picture = x'00' WHERE id = 7`);
    expect(rowsOf(workspace.path('notes.sqlite'))).not.toEqual(rows);
    notes.close();
    await writeFile(workspace.path('work', 'nothing.txt'), 'x');
    expect(await photograph(workspace.path('work'))).not.toEqual(picture);
  });
});
