import { describe, expect, test } from '@jest/globals';
import type { DatabaseFingerprint } from '../../../core/integrity/index.ts';
import { lines, useServer } from './support.ts';

const server = useServer();

const objectsOf = async (sql: string) => ((await server().states(sql)) as [DatabaseFingerprint])[0].largeObjects;
const bytes = (length: number) => `decode(repeat('ab', ${length}), 'hex')`;

describe('large objects', () => {
  test('are counted, weighed and hashed', async () => {
    const found = await objectsOf(
      `select lo_from_bytea(5001, ${bytes(5000)}), lo_from_bytea(5002, 'abc'), lo_create(5003)`,
    );
    expect(found).toMatchObject({ count: 3, bytes: 5003 });
    expect(found.content).not.toBe('0'.repeat(32));
  });

  test('hash the same for their owner, through functions, as for a superuser, from the catalog', async () => {
    const database = await server().database(`create role owner login;
      select lo_from_bytea(5001, ${bytes(2048)}), lo_from_bytea(5002, ${bytes(2049)}), lo_from_bytea(5003, 'abc'), lo_create(5004);
      select lo_put(lo_create(5005), 10000, 'far out'), lo_put(lo_create(5006), 2047, 'x');
      do $$ declare o oid; begin for o in select oid from pg_largeobject_metadata loop
        execute format('alter large object %s owner to owner', o); end loop; end $$;`);
    const superuser = await server().fingerprint(database);
    const owner = await server().fingerprint(database, { user: 'owner' });
    expect(superuser.largeObjects).toMatchObject({ count: 6, bytes: 2048 + 2049 + 3 + 10_007 + 2048 });
    expect(owner.largeObjects).toEqual(superuser.largeObjects);
    expect(owner.unseen).toEqual([]);
  });

  test('hash a hole like the zeroes that it reads as', async () => {
    const hole = await objectsOf(`select lo_put(lo_create(5001), 10000, 'end')`);
    const zeroes = await objectsOf(`select lo_from_bytea(5001, decode(repeat('00', 10000), 'hex') || 'end')`);
    expect(zeroes).toEqual(hole);
  });

  test.each([
    ['one more zero at the end', `select lo_from_bytea(5001, 'a')`, `select lo_from_bytea(5001, 'a\\000')`],
    ['an empty one and one of zeroes', 'select lo_create(5001)', `select lo_from_bytea(5001, '\\000')`],
    [
      'two that swapped contents',
      `select lo_from_bytea(5001, 'a'), lo_from_bytea(5002, 'b')`,
      `select lo_from_bytea(5001, 'b'), lo_from_bytea(5002, 'a')`,
    ],
    [
      'a byte on the second page',
      `select lo_from_bytea(5001, ${bytes(4000)})`,
      `select lo_put(lo_from_bytea(5001, ${bytes(4000)}), 3000, 'x')`,
    ],
  ])('tell apart %s', async (_what, one, other) => {
    expect((await objectsOf(one)).content).not.toBe((await objectsOf(other)).content);
  });

  test('come back from a dump the same', async () => {
    const database = await server().database(
      `select lo_from_bytea(5001, ${bytes(5000)}), lo_put(lo_create(5002), 10000, 'x')`,
    );
    const before = await server().fingerprint(database);
    const after = await server().fingerprint(await server().restored(database));
    expect(after.largeObjects).toEqual(before.largeObjects);
  });

  test.each([
    ['lost', 'select lo_unlink(5001)', 'difference: 0 large objects, recorded 1'],
    [
      'changed',
      `select lo_put(5001, 0, 'x')`,
      'difference: 1 large object as recorded, but not the same content (5000 bytes recorded, 5000 found)',
    ],
    ['granted', 'grant select on large object 5001 to public', 'difference: owners or grants of large objects differ'],
  ])('that are %s are said to be', async (_how, change, line) => {
    expect(lines(await server().changes(`select lo_from_bytea(5001, ${bytes(5000)})`, change))).toContain(line);
  });
});
