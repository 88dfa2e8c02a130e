import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);
let workspace: LocalWorkspace;
let path: string;

beforeEach(async () => {
  workspace = await LocalWorkspace.open({
    sources: { app: { kind: 'sqlite', path: 'data/app.db' } },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  await mkdir(workspace.path('data'));
  path = workspace.path('data', 'app.db');
});

afterEach(() => workspace[Symbol.asyncDispose]());

/** Runs statements and closes, which leaves no WAL behind. */
function write(sql: string, file = path): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function read(sql: string, file = path): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => Object.values(row)[0]);
  } finally {
    database.close();
  }
}

async function stored(name = 'database.sqlite'): Promise<string> {
  const newest = (await generationsIn(workspace.path('disk'))).at(-1) as string;
  return workspace.path('disk', newest, 'sources', 'app', 'data', name);
}

const words = (count: number) =>
  `CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT);
   WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < ${count})
   INSERT INTO words SELECT i, hex(i) FROM g`;

describe('given 5,000 rows that only stand in the WAL', () => {
  let application: DatabaseSync;

  beforeEach(() => {
    application = new DatabaseSync(path);
    application.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    application.exec(words(5_000));
  });

  afterEach(() => application.close());

  it('when the main file alone is copied, then no row is in it and the integrity check says ok', async () => {
    const copy = workspace.path('copy.db');
    await copyFile(path, copy);
    expect(read('PRAGMA integrity_check', copy)).toEqual(['ok']);
    expect(read('SELECT count(*) FROM sqlite_schema', copy)).toEqual([0]);
  });

  it('when it is backed up, then all of them are, the WAL stays as it is, and the restored one is in WAL mode', async () => {
    const before = await stat(`${path}-wal`);
    const { status, json } = await workspace.run(['backup', '--json']);
    expect(json.sources[0].detail).toMatchObject({ tables: 1, rows: 5_000, journalMode: 'wal', integrity: 'ok' });
    expect(status).toBe(0);
    expect((await stat(`${path}-wal`)).size).toBe(before.size);
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });

    const { json: restored } = await workspace.run(['restore', 'app', '--json']);
    expect(restored).toMatchObject({ verdict: 'identical', inPlace: false });
    expect(read('SELECT count(*) FROM words', restored.beside)).toEqual([5_000]);
    expect(read('PRAGMA journal_mode', restored.beside)).toEqual(['wal']);
  });

  it('when it is restored in place while the program has it open, then it is refused and stays as it is', async () => {
    await workspace.run(['backup']);
    application.exec('DELETE FROM words WHERE id > 10');
    const { status, stderr } = await workspace.run(['restore', 'app', '--in-place', '--no-safety', '--yes']);
    expect(stderr).toMatch(
      /another program has the database .*app\.db open; it is as it was\n {2}next: stop that program/,
    );
    expect(status).toBe(9);
    expect(read('SELECT count(*) FROM words')).toEqual([10]);
  });
});

describe('given a program that writes while the database is backed up', () => {
  it.each(['wal', 'delete'])('when its journal mode is %s, then each generation holds one moment', async (mode) => {
    write(`PRAGMA journal_mode = ${mode}; ${words(20_000)};
      CREATE TABLE accounts (name TEXT PRIMARY KEY, balance INTEGER); INSERT INTO accounts VALUES ('a', 500), ('b', 500)`);
    const application = new DatabaseSync(path, { timeout: 20_000 });
    let isDone = false;
    const transferring = (async () => {
      while (!isDone) {
        application.exec(`BEGIN IMMEDIATE; UPDATE accounts SET balance = balance - 1 WHERE name = 'a';
          UPDATE accounts SET balance = balance + 1 WHERE name = 'b'; COMMIT`);
        await sleep(1);
      }
    })();
    try {
      for (let round = 0; round < 3; round += 1) {
        expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
        const copy = `file:${await stored()}?immutable=1`;
        const database = new DatabaseSync(new URL(copy), { readOnly: true });
        expect(database.prepare('SELECT sum(balance) AS sum FROM accounts').get()).toMatchObject({ sum: 1_000 });
        database.close();
      }
    } finally {
      isDone = true;
      await transferring;
      application.close();
    }
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  });
});

describe('given a user_version and an application_id, which a dump as SQL loses', () => {
  it('when it is lost and restored, then both are back, and so are permissions and the kinds of every value', async () => {
    write(`PRAGMA user_version = 42; PRAGMA application_id = 77; PRAGMA auto_vacuum = 2; PRAGMA page_size = 8192; VACUUM;
      CREATE TABLE kinds (value); CREATE TABLE "の ""表" (id INTEGER PRIMARY KEY, "列" TEXT AS (id || 'x') STORED) STRICT;
      INSERT INTO kinds VALUES (NULL), (1), (9223372036854775807), (1.5), ('text'), (x'00ff'), (CAST(x'ff41' AS TEXT));
      INSERT INTO "の ""表" (id) VALUES (1), (2); CREATE VIEW v AS SELECT 1; CREATE INDEX i ON kinds (value);
      CREATE VIRTUAL TABLE search USING fts5 (body); INSERT INTO search VALUES ('bird fish')`);
    await chmod(path, 0o640);
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    await rm(path);
    const { status, json } = await workspace.run(['restore', 'app', '--in-place', '--no-safety', '--yes', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true, kept: null, undo: [] });
    expect(status).toBe(0);
    expect([read('PRAGMA user_version'), read('PRAGMA application_id'), read('PRAGMA page_size')]).toEqual([
      [42],
      [77],
      [8192],
    ]);
    expect(read("SELECT rowid FROM search WHERE search MATCH 'fish'")).toEqual([1]);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await workspace.run(['compare', 'app'])).toMatchObject({ status: 0 });
  });
});

describe('given a database that changed after its backup', () => {
  beforeEach(async () => {
    write(`PRAGMA user_version = 1; ${words(10)}; CREATE TABLE kinds (value); INSERT INTO kinds VALUES ('1'), (2);
      CREATE TABLE gone (a); CREATE VIEW v AS SELECT 1`);
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  });

  it.each([
    ['one row is new', "INSERT INTO words VALUES (11, 'x')", /^table words: had 10 rows, has 11$/m],
    ['one letter', "UPDATE words SET word = '3x' WHERE id = 3", /^table words: 10 rows as recorded, but not the same/m],
    [
      'a text becomes a number',
      "UPDATE kinds SET value = 1 WHERE value = '1'",
      /^table kinds: 2 rows as recorded, but/m,
    ],
    ['a text becomes bytes', "UPDATE kinds SET value = x'31' WHERE value = '1'", /^table kinds: 2 rows as recorded/m],
    ['two rows swap a value', 'UPDATE words SET id = CASE id WHEN 1 THEN -2 ELSE -1 END WHERE id < 3', /^table words/m],
    ['a table is gone', 'DROP TABLE gone', /^schema table gone: is missing\ntable gone: is missing$/m],
    ['a table is new', 'CREATE TABLE new (a)', /^schema table new: was not recorded\ntable new: was not recorded$/m],
    ['a view is another', 'DROP VIEW v; CREATE VIEW v AS SELECT 2', /^schema view v: is defined differently$/m],
    ['the version', 'PRAGMA user_version = 2', /^pragma user_version: was 1, is 2$/m],
  ])('when %s is the change, then a comparison names it with status 4', async (_what, sql, message) => {
    write(sql);
    const { status, stdout } = await workspace.run(['compare', 'app']);
    expect(stdout).toMatch(message);
    expect(status).toBe(4);
  });

  it('when only its order on disk changed, then a comparison finds nothing', async () => {
    write('DELETE FROM words WHERE id = 1; INSERT INTO words VALUES (1, hex(1)); VACUUM');
    expect(await workspace.run(['compare', 'app'])).toMatchObject({ status: 0 });
  });

  it('when it is restored in place, then the old one is kept, and the printed commands go back to it', async () => {
    write("PRAGMA journal_mode = WAL; INSERT INTO words VALUES (11, 'x')");
    const { status, json } = await workspace.run(['restore', 'app', '--in-place', '--no-safety', '--yes', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true });
    expect(status).toBe(0);
    expect(read('SELECT count(*) FROM words')).toEqual([10]);
    expect(read('SELECT count(*) FROM words', json.kept)).toEqual([11]);
    // A program that was killed leaves a WAL: what goes back must take it along.
    await writeFile(`${path}-wal`, 'of the restored one');
    for (const command of json.undo) await run('sh', ['-c', command]);
    expect(read('SELECT count(*) FROM words')).toEqual([11]);
    expect(await readFile(`${json.beside}-wal`, 'utf8')).toBe('of the restored one');
  });

  it('when nothing has changed, then the next generation links the copy', async () => {
    const before = await stat(await stored());
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect((await stat(await stored())).ino).toBe(before.ino);
  });
});

describe('given a WAL whose database is gone', () => {
  it('when the database is restored, then the WAL is set aside and does not reach the restored one', async () => {
    write(`PRAGMA journal_mode = WAL; ${words(10)}`);
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const application = new DatabaseSync(path);
    application.exec('DELETE FROM words');
    await copyFile(`${path}-wal`, workspace.path('wal'));
    application.close();
    await rm(path);
    await copyFile(workspace.path('wal'), `${path}-wal`);
    expect(await workspace.run(['restore', 'app', '--in-place', '--no-safety', '--yes'])).toMatchObject({ status: 0 });
    expect(read('SELECT count(*) FROM words')).toEqual([10]);
    const names = await readdir(workspace.path('data'));
    expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^app\.db\.before-.*-wal$/)]));
  });
});

describe('given a database that is not fit to be backed up', () => {
  it('when its file is missing, then the status is 5, and no empty one is made or kept', async () => {
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(/^fukugen: the database .*app\.db cannot be read: ENOENT.*\n {2}next: correct its path/);
    expect(status).toBe(5);
    expect(await readdir(workspace.path('data'))).toEqual([]);
    expect(await workspace.run(['backup', '--dry-run'])).toMatchObject({ status: 5 });
  });

  it('when it is no database, then the status is 6', async () => {
    await writeFile(path, 'x'.repeat(10_000));
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(/the database .*app\.db is damaged: file is not a database\n {2}next: restore it/);
    expect(status).toBe(6);
  });

  it('when an index lacks a row, then the integrity check fails the source', async () => {
    write(`PRAGMA page_size = 4096; ${words(100)}; CREATE INDEX by_word ON words (word)`);
    const [root] = read("SELECT rootpage FROM sqlite_schema WHERE name = 'by_word'") as [number];
    const bytes = await readFile(path);
    // The last byte of the index's only page is in the row that was put into it first.
    const place = root * 4096 - 2;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    await writeFile(path, bytes);
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(/the database .*app\.db is damaged: .*by_word/);
    expect(status).toBe(6);
  });

  it('when a row has lost its parent, then it fails, and where the policy says report it is backed up and named', async () => {
    write(`PRAGMA foreign_keys = OFF; CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (parent INTEGER REFERENCES parent); INSERT INTO child VALUES (1), (2)`);
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(
      /breaks its own foreign keys: child refers to parent, where 2 rows are missing\n {2}next: mend/,
    );
    expect(status).toBe(6);
    await workspace.write({
      sources: { app: { kind: 'sqlite', path: 'data/app.db', foreignKeys: 'report' } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    });
    const reported = await workspace.run(['backup', '--verbose']);
    expect(reported.stdout).toMatch(/app: 2 tables, 2 rows, .*; child refers to parent, where 2 rows are missing/);
    expect(reported.status).toBe(0);
  });

  it('when another program keeps it locked, then that is said with status 6', async () => {
    write(words(1));
    const application = new DatabaseSync(path);
    application.exec('BEGIN EXCLUSIVE');
    try {
      const { status, stderr } = await workspace.run(['backup']);
      expect(stderr).toMatch(/another program keeps the database .*app\.db locked\n {2}next: run again/);
      expect(status).toBe(6);
    } finally {
      application.close();
    }
  });
});

describe('given a damaged copy in the generation', () => {
  it('when it is restored, then it is refused before anything is put beside the original', async () => {
    write(words(100));
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const copy = await stored();
    await chmod(copy, 0o600);
    const bytes = await readFile(copy);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 1, bytes.length - 20);
    await writeFile(copy, bytes);
    const { status, stderr } = await workspace.run(['restore', 'app', '--in-place', '--no-safety', '--yes']);
    expect(stderr).toMatch(/the backup is damaged: database\.sqlite: content differs/);
    expect(status).toBe(4);
    expect(await readdir(workspace.path('data'))).toEqual(['app.db']);
    expect(await workspace.run(['verify'])).toMatchObject({ status: 4 });
  });
});
