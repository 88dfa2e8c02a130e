import { describe, expect, test } from '@jest/globals';
import { compareFingerprints, type DatabaseFingerprint } from '../../../core/integrity/index.ts';
import { lines, useServer } from './support.ts';

const server = useServer();

describe('the database itself', () => {
  test('is recorded with its encoding, collation and owner', async () => {
    const database = await server().database('', `encoding 'EUC_JP' lc_collate 'C' lc_ctype 'C' template template0`);
    expect((await server().fingerprint(database)).database).toMatchObject({
      name: database,
      owner: 'postgres',
      encoding: 'EUC_JP',
      collation: { provider: 'libc', collate: 'C', ctype: 'C', locale: null, actualVersion: null },
      connectionLimit: -1,
      comment: null,
    });
  });

  test('is recorded with its ICU locale and the version of that library', async () => {
    const database = await server().database('', `locale_provider icu icu_locale 'ja' locale 'C' template template0`);
    const { collation } = (await server().fingerprint(database)).database;
    expect(collation).toMatchObject({ provider: 'icu', locale: 'ja' });
    expect(collation.actualVersion).toMatch(/^\d/);
    expect(collation.recordedVersion).toBe(collation.actualVersion);
  });

  test('differs by encoding and by collation', async () => {
    const one = await server().fingerprint(
      await server().database('', `encoding 'UTF8' locale 'C' template template0`),
    );
    const other = await server().fingerprint(
      await server().database('', `encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8' template template0`),
    );
    const latin = await server().fingerprint(
      await server().database('', `encoding 'LATIN1' locale 'C' template template0`),
    );
    expect(lines(compareFingerprints(one, other, { restore: 'logical' }))).toEqual([
      "difference: the collation's ctype is C.UTF-8, recorded C",
    ]);
    expect(lines(compareFingerprints(one, latin, { restore: 'logical' }))).toEqual([
      'difference: the encoding is LATIN1, recorded UTF8',
    ]);
  });

  test('may differ by collation where the caller knows why', async () => {
    const one = await server().fingerprint(await server().database('', `locale 'C' template template0`));
    const other = await server().fingerprint(
      await server().database('', `lc_collate 'C' lc_ctype 'C.UTF-8' template template0`),
    );
    const comparison = compareFingerprints(one, other, { restore: 'logical', expected: ['collation'] });
    expect(comparison.verdict).toBe('identical-with-notes');
  });

  const before = `create role alice; create role bob login; grant alice to bob; alter database postgres set work_mem = '8MB';
    alter role bob in database postgres set search_path = app; grant connect on database postgres to bob;
    comment on database postgres is 'ours'; alter role bob set lock_timeout = '5s'; create table t (a int); grant select on t to bob;`;

  test.each([
    ['setting lost', 'alter database postgres reset work_mem', 'difference: database: setting work_mem = 8MB is lost'],
    [
      'setting changed',
      `alter database postgres set work_mem = '9MB'`,
      'difference: database: setting work_mem is 9MB, recorded 8MB',
    ],
    [
      'setting of a role lost',
      'alter role bob in database postgres reset search_path',
      'difference: database: setting search_path of role bob = app is lost',
    ],
    [
      'setting extra',
      `alter database postgres set jit = off`,
      'difference: database: setting jit = off was not there when the backup was taken',
    ],
    [
      'grant lost',
      'revoke connect on database postgres from bob',
      'difference: database: GRANT CONNECT TO bob is lost',
    ],
    [
      'grant extra',
      'revoke temporary on database postgres from public',
      'difference: database: REVOKE TEMPORARY FROM PUBLIC was not there when the backup was taken',
    ],
    ['comment', 'comment on database postgres is null', "difference: the database's comment is none, recorded ours"],
    [
      'connection limit',
      'alter database postgres connection limit 5',
      "difference: the database's connection limit is 5, recorded -1",
    ],
    ['owner', 'alter database postgres owner to alice', 'difference: the database belongs to alice, recorded postgres'],
    [
      'role missing',
      'alter role bob in database postgres reset all; revoke all on t from bob; revoke all on database postgres from bob',
      'difference: role bob is missing, or nothing belongs or is granted to it any more',
    ],
    [
      'role attributes',
      'alter role bob superuser',
      'difference: role bob: attributes are inherit, login, superuser, recorded inherit, login',
    ],
    ['role memberships', 'revoke alice from bob', 'difference: role bob: memberships are none, recorded alice'],
    ['role settings', 'alter role bob reset lock_timeout', 'difference: role bob: setting lock_timeout = 5s is lost'],
  ])('has a %s named', async (_what, change, line) => {
    expect(lines(await server().changes(before, change))).toContain(line);
  });

  test('has attributes of roles noted only, when they are another server’s', async () => {
    expect(lines(await server().changes(before, 'alter role bob superuser', 'logical'))).toEqual([
      'note: role bob: attributes are inherit, login, superuser, recorded inherit, login',
    ]);
  });

  test('keeps the value of an application’s own setting to itself, and sees it change', async () => {
    const change = await server().changes(
      `alter database postgres set app.key = 'one'`,
      `alter database postgres set app.key = 'two'`,
    );
    expect(lines(change)).toEqual([
      expect.stringMatching(
        /^difference: database: setting app.key is sha256:[0-9a-f]{64}, recorded sha256:[0-9a-f]{64}$/,
      ),
    ]);
  });
});

describe('an extension', () => {
  test.each([
    ['missing', 'create extension hstore', 'drop extension hstore', 'difference: extension hstore 1.8 is missing'],
    ['extra', '', 'create extension hstore', 'difference: extension hstore was not there when the backup was taken'],
    [
      'older',
      'create extension hstore',
      `drop extension hstore; create extension hstore version '1.4'`,
      'difference: extension hstore is 1.4, recorded 1.8',
    ],
    [
      'elsewhere',
      'create extension hstore; create schema s',
      'alter extension hstore set schema s',
      'difference: extension hstore is in schema s, recorded public',
    ],
  ])('that is %s is said to be', async (_how, before, change, line) => {
    expect(lines(await server().changes(before, change, 'logical'))).toContain(line);
  });

  test('newer than recorded is what CREATE EXTENSION gives', async () => {
    const older = `create extension hstore version '1.4'`;
    const update = 'alter extension hstore update';
    expect(lines(await server().changes(older, update, 'logical'))).toEqual([
      'note: extension hstore is 1.8, recorded 1.4',
    ]);
    expect(lines(await server().changes(older, update, 'physical'))).toEqual([
      'difference: extension hstore is 1.8, recorded 1.4',
    ]);
  });

  test('brings its objects by itself', async () => {
    const [without, withIt] = (await server().states('', 'create extension hstore')) as [
      DatabaseFingerprint,
      DatabaseFingerprint,
    ];
    expect(withIt.schema.digest).toBe(without.schema.digest);
  });
});
