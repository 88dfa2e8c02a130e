import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TablePartFingerprint } from '../../../../core/integrity/checks/batch.ts';
import { readable } from '../../../../core/integrity/checks/readable.ts';
import { useServer } from '../support.ts';
import { ran } from './support.ts';

const server = useServer();
const table = { schema: 'public', name: 't' };
const end = 2 ** 32 - 1;

/** Two lanes of 64 bits. */
function added(parts: readonly TablePartFingerprint[]): string {
  const lane = (from: number) =>
    BigInt.asUintN(
      64,
      parts.reduce((sum, { content }) => sum + BigInt(`0x${content.slice(from, from + 16)}`), 0n),
    )
      .toString(16)
      .padStart(16, '0');
  return lane(0) + lane(16);
}

describe('ranges of pages of a table', () => {
  test('add up to the whole table, wherever it is cut', async () => {
    // GIVEN rows of all sizes, some of them in TOAST, and holes where others were
    const database = await server().database(`
      create table t (id int primary key, b text);
      insert into t select i, repeat(chr(97 + i % 26), (i * 37) % 3000) from generate_series(1, 4000) i;
      delete from t where id % 7 = 0; update t set b = b || 'x' where id % 11 = 0;`);
    const [whole] = (await ran(server(), database, readable([table]))).tables ?? [];
    const { rows } = await server().run(database, `select pg_relation_size('t') / 8192 as pages`);
    const pages = Number(rows[0].pages);
    expect(pages).toBeGreaterThan(20);
    // WHEN it is cut anywhere THEN rows, contents and bytes add up
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: pages + 5 }), { maxLength: 5 }), async (cuts) => {
        const edges = [0, ...cuts.sort((one, other) => one - other), end];
        const parts = edges.slice(1).map((to, at) => ({ ...table, pages: [edges[at] as number, to] as const }));
        const { tables = [] } = await ran(server(), database, readable(parts));
        const sum = (key: 'rows' | 'bytes') => tables.reduce((total, part) => total + part[key], 0);
        expect({ rows: sum('rows'), content: added(tables) }).toEqual({ rows: whole?.rows, content: whole?.content });
        if (cuts.every((cut) => cut < pages)) expect(sum('bytes')).toBe(whole?.bytes);
      }),
      { numRuns: 25 },
    );
  });

  test('are the only pages that the server reads', async () => {
    const database = await server().database(
      `create table t as select i, repeat('x', 500) from generate_series(1, 5000) i`,
    );
    const { rows } = await server().run(
      database,
      `explain (format text) select from only t as r where r.ctid >= '(1,0)' and r.ctid < '(3,0)'`,
    );
    expect(JSON.stringify(rows)).toContain('Tid Range Scan');
  });

  test('of a table of an extension hold only the rows that the extension wants dumped', async () => {
    const database = await server().database(`
      create extension citext; create table t (id int); insert into t values (1), (2), (3);
      alter extension citext add table t;
      update pg_extension set extconfig = array['t'::regclass::oid], extcondition = array['WHERE id = 1 or id = 2'] where extname = 'citext';`);
    const { tables } = await ran(
      server(),
      database,
      readable([
        { ...table, pages: [0, end] },
        { ...table, pages: [1, end] },
      ]),
    );
    expect(tables?.map(({ rows }) => rows)).toEqual([2, 0]);
  });

  test('without one row add up to something else', async () => {
    const database = await server().database('create table t as select i from generate_series(1, 2000) i');
    const parts = [
      { ...table, pages: [0, 3] as const },
      { ...table, pages: [3, end] as const },
    ];
    const before = (await ran(server(), database, readable(parts))).tables ?? [];
    await server().run(database, 'delete from t where i = 1000');
    const after = (await ran(server(), database, readable(parts))).tables ?? [];
    expect(added(after)).not.toBe(added(before));
  });
});
