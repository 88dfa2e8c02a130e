import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checksums } from '../../../../core/integrity/checks/checksums.ts';
import { heap } from '../../../../core/integrity/checks/heap.ts';
import { indexes } from '../../../../core/integrity/checks/indexes.ts';
import { readable } from '../../../../core/integrity/checks/readable.ts';
import { type ScratchServer, startScratchServer } from '../../../../local/postgres/scratch-server.ts';
import { TestServer } from '../support.ts';
import { resultOf, summary } from './support.ts';

const page = 8192;
const table = { schema: 'public', name: 't' };
const index = { schema: 'public', name: 't_pkey' };
const rows = `create extension amcheck; create table t (id int primary key, b text);
  insert into t select i, repeat('x', 100) || i from generate_series(1, 5000) i;`;

/** Two real servers, one with checksums and one without, and a way to damage what they have on disk. */
const servers: Record<'with' | 'without', ScratchServer | undefined> = { with: undefined, without: undefined };
beforeAll(async () => {
  servers.with = await startScratchServer({ initArguments: ['--data-checksums'] });
  servers.without = await startScratchServer();
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server?.stop();
});
const tests = new Map<string, TestServer>();
function on(which: 'with' | 'without'): TestServer {
  const server = tests.get(which) ?? new TestServer(servers[which] as ScratchServer);
  tests.set(which, server);
  return server;
}

/** A copy, made file by file, of a database whose relation was damaged on disk: no page of it is in the server's memory. */
async function damaged(
  which: 'with' | 'without',
  sql: string,
  relation: string,
  damage: (file: Buffer) => void,
): Promise<string> {
  const server = on(which);
  const database = await server.database(sql);
  const found = await server.run(database, `select pg_relation_filepath('${relation}') as path`);
  await server.run('postgres', 'checkpoint');
  const path = join((servers[which] as ScratchServer).data, found.rows[0].path);
  const file = await readFile(path);
  damage(file);
  await writeFile(path, file);
  return server.database('', `template ${database} strategy file_copy`);
}

const nothing = () => {};

describe('a damaged page of a table, on a server with checksums', () => {
  const hit = (file: Buffer) => file.fill(0x5a, 3 * page + 4000, 3 * page + 4010);

  test('given one, reading and verifying fail, and the server has counted it', async () => {
    // GIVEN
    const database = await damaged('with', rows, 't', hit);
    // WHEN and THEN
    expect(summary(await resultOf(on('with'), database, readable([table])))).toEqual({
      outcome: 'failed',
      findings: [
        expect.stringMatching(/^public\.t cannot be read, it is damaged: the server said: invalid page in block 3/),
      ],
    });
    expect(summary(await resultOf(on('with'), database, heap([table])))).toEqual({
      outcome: 'failed',
      findings: [expect.stringMatching(/^public\.t the server said: invalid page in block 3/)],
    });
    const counted = await resultOf(on('with'), database, checksums);
    expect(summary(counted)).toEqual({
      outcome: 'failed',
      findings: [expect.stringMatching(/pages had a wrong checksum, the last at 20/)],
    });
  });

  test('given one, only the range with it fails, and names its pages', async () => {
    const database = await damaged('with', rows, 't', hit);
    const result = await resultOf(
      on('with'),
      database,
      readable([
        { ...table, pages: [0, 3] },
        { ...table, pages: [3, 6] },
      ]),
    );
    expect(summary(result).findings).toEqual([expect.stringMatching(/cannot be read in pages 3 to 5/)]);
  });

  test('given none, all of them pass', async () => {
    const database = await damaged('with', rows, 't', nothing);
    for (const check of [readable([table]), heap([table]), indexes([index]), checksums]) {
      expect(summary(await resultOf(on('with'), database, check))).toEqual({ outcome: 'passed', findings: [] });
    }
  });
});

describe('a damaged page of a table, on a server without checksums', () => {
  test('given a row with an impossible transaction, verifying finds it where reading does not say what it is', async () => {
    // The xmin of the first row: the line pointer says where the row begins.
    const database = await damaged('without', rows, 't', (file) => {
      const offset = file.readUInt32LE(page + 24) & 0x7fff;
      file.writeUInt32LE(0x7ffffff0, page + offset);
    });
    const result = await resultOf(on('without'), database, heap([table]));
    expect(result.outcome).toBe('failed');
    expect(summary(result).findings[0]).toMatch(
      /^public\.t 1 fault, the first in page 1: xmin \d+ equals or exceeds next valid transaction ID/,
    );
  });

  test('given none, checksums are told to be off', async () => {
    const result = await resultOf(on('without'), 'postgres', checksums);
    expect(result).toMatchObject({ outcome: 'skipped', text: 'data checksums are off on this server' });
  });
});

describe('a damaged page of an index', () => {
  test('given two entries that changed places, the walk finds it', async () => {
    // Two line pointers of a leaf page: both entries are whole, only their order is wrong.
    const database = await damaged('without', rows, 't_pkey', (file) => {
      const at = 1 * page + 24 + 4 * 5;
      const [one, other] = [file.readUInt32LE(at), file.readUInt32LE(at + 4)];
      file.writeUInt32LE(other, at);
      file.writeUInt32LE(one, at + 4);
    });
    expect(summary(await resultOf(on('without'), database, indexes([index])))).toEqual({
      outcome: 'failed',
      findings: [
        expect.stringMatching(
          /^public\.t_pkey the server said: (item order invariant violated for|could not find tuple using search from root page in) index "t_pkey"/,
        ),
      ],
    });
  });

  test('given an entry of the table that the index lacks, the walk finds it', async () => {
    // An index as sound as can be, of which the entry in the middle of a page points to another row.
    const database = await damaged('without', rows, 't_pkey', (file) => {
      const offset = file.readUInt32LE(page + 24 + 4 * 50) & 0x7fff;
      file.writeUInt16LE(file.readUInt16LE(page + offset + 2) + 1, page + offset + 2);
    });
    const { outcome, findings } = await resultOf(on('without'), database, indexes([index]));
    expect({ outcome, text: findings[0]?.text }).toEqual({
      outcome: 'failed',
      text: expect.stringMatching(/lacks matching index tuple/),
    });
  });

  test('given a page of zeroes, the walk finds it', async () => {
    const database = await damaged('without', rows, 't_pkey', (file) => file.fill(0, 2 * page, 3 * page));
    expect(summary(await resultOf(on('without'), database, indexes([index]))).outcome).toBe('failed');
  });

  test('given none, the walk passes, and verifies the catalogs as well', async () => {
    const database = await damaged('without', rows, 't_pkey', nothing);
    const catalog = { schema: 'pg_catalog', name: 'pg_class_oid_index' };
    expect(summary(await resultOf(on('without'), database, indexes([index, catalog])))).toEqual({
      outcome: 'passed',
      findings: [],
    });
  });
});

describe('without amcheck', () => {
  const plain = 'create table t (id int primary key); insert into t values (1);';

  test('indexes and heap are incomplete and not passed', async () => {
    const database = await on('without').database(plain);
    for (const check of [indexes([index]), heap([table])]) {
      expect(await resultOf(on('without'), database, check)).toMatchObject({
        outcome: 'incomplete',
        covered: 0,
        of: 1,
        text: expect.stringContaining('the extension amcheck is not installed, and could not be'),
      });
    }
  });

  test('for a role that may not use it they are incomplete, and name what was refused', async () => {
    const database = await on('without').database(`create extension amcheck; ${plain}
      do $$ begin create role plain login; exception when duplicate_object then null; end $$`);
    const result = await resultOf(on('without'), database, indexes([index]), { user: 'plain' });
    expect(summary(result)).toEqual({ outcome: 'incomplete', findings: [], notCovered: ['public.t_pkey'] });
    expect(result.text).toContain('permission denied for function bt_index_check');
  });

  test('for a role that may use the weaker function only, the indexes are walked without parents, which is said', async () => {
    const database = await on('without').database(`create extension amcheck; ${plain}
      do $$ begin create role half login; exception when duplicate_object then null; end $$;
      grant execute on function bt_index_check(regclass, boolean) to half`);
    expect(await resultOf(on('without'), database, indexes([index]), { user: 'half' })).toMatchObject({
      outcome: 'passed',
      text: '1 index walked and compared with the table, 1 of them without parents, which the server refused',
    });
  });
});
