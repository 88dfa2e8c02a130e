import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Batch, TablePart } from '../../../core/integrity/checks/batch.ts';
import {
  batchBytes,
  batchParts,
  divide,
  divideAll,
  type Inventory,
  mostBatches,
} from '../../../lambda/checker/divide.ts';

const page = 8192;
const end = 2 ** 32 - 1;
const limit = 1_000 * page;

/** Tables without TOAST, so that bytes are pages. */
const tables = fc
  .array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 30 })
  .map((sizes) =>
    sizes.map((pages, at) => ({ part: { schema: 'public', name: `t${at}` }, bytes: pages * page, pages })),
  );

const inventory = (more: Partial<Inventory>): Inventory => ({
  database: 'shop',
  tables: [],
  indexes: [],
  keys: [],
  ...more,
});
const partsOf = (batches: readonly Batch[]) =>
  batches.flatMap((batch) => ('parts' in batch ? (batch.parts as readonly TablePart[]) : []));

describe('work in batches', () => {
  test('covers every page of every table once, and no batch is larger than the limit', () => {
    fc.assert(
      fc.property(tables, (given) => {
        const batches = divide(inventory({ tables: given }), limit, 10);
        const parts = partsOf(batches);
        for (const { part, pages } of given) {
          const ranges = parts.filter(({ name }) => name === part.name).map((one) => one.pages ?? [0, end]);
          const edges = ranges.map(([from]) => from);
          expect(edges[0]).toBe(0);
          expect(ranges.map(([, to]) => to)).toEqual([...edges.slice(1), end]);
          expect(edges.every((edge) => edge === 0 || edge < pages)).toBe(true);
        }
        for (const batch of batches) {
          const some = 'parts' in batch ? (batch.parts as readonly TablePart[]) : [];
          expect(some.length).toBeLessThanOrEqual(10);
          const bytes = some.map(({ name, pages }) => {
            const all = given.find(({ part }) => part.name === name)?.pages ?? 0;
            return (Math.min(pages?.[1] ?? all, all) - (pages?.[0] ?? 0)) * page;
          });
          expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  test('puts many small tables into one, and gives a terabyte about as many as it has batches', () => {
    const small = Array.from({ length: batchParts }, (_, at) => ({
      part: { schema: 'public', name: `t${at}` },
      bytes: page,
      pages: 1,
    }));
    expect(divide(inventory({ tables: small }))).toHaveLength(1);
    const terabyte = { part: { schema: 'public', name: 'big' }, bytes: 2 ** 40, pages: 2 ** 40 / page };
    expect(divide(inventory({ tables: [terabyte] }))).toHaveLength(2 ** 40 / batchBytes);
  });

  test('of twenty terabytes is larger, so that there is no more of it than one execution can hold', () => {
    const large = (name: string) => ({
      part: { schema: 'public', name },
      bytes: 10 * 2 ** 40,
      pages: (10 * 2 ** 40) / page,
    });
    const batches = divideAll([inventory({ tables: [large('a')] }), inventory({ tables: [large('b')] })]);
    expect(batches.length).toBeLessThanOrEqual(mostBatches);
    expect(batches.length).toBeGreaterThan(mostBatches / 2);
    expect(partsOf(batches).filter(({ name, pages }) => name === 'b' && pages?.[1] === end)).toHaveLength(1);
  });

  test('of more databases than that is one each, however small they are', () => {
    const tables = [{ part: { schema: 'public', name: 't' }, bytes: page, pages: 1 }];
    const many = Array.from({ length: mostBatches + 1 }, () => inventory({ tables }));
    expect(divideAll(many)).toHaveLength(mostBatches + 1);
  });

  test('counts TOAST with the pages that it belongs to', () => {
    const toasted = { part: { schema: 'public', name: 'docs' }, bytes: 10 * limit, pages: 100 };
    const batches = divide(inventory({ tables: [toasted] }), limit);
    expect(partsOf(batches).map(({ pages }) => pages?.[0])).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  test('gives an index that is too large a batch to itself', () => {
    const index = (name: string, bytes: number) => ({ part: { schema: 'public', name }, bytes });
    const batches = divide(inventory({ indexes: [index('a', 10), index('huge', 5 * limit), index('b', 10)] }), limit);
    expect(batches.map((batch) => ('parts' in batch ? batch.parts.map((part) => part.name) : []))).toEqual([
      ['a'],
      ['huge'],
      ['b'],
    ]);
  });

  test('reads a large table with a foreign key range by range, and what it refers to each time', () => {
    const key = (fixedBytes: number) => ({
      part: { schema: 'public', name: 'lines', constraint: 'fk' },
      bytes: 4 * limit + fixedBytes,
      pages: 4_000,
      fixedBytes,
    });
    expect(divide(inventory({ keys: [key(0)] }), limit)).toHaveLength(4);
    expect(divide(inventory({ keys: [key(limit / 2)] }), limit)).toHaveLength(8);
    expect(divide(inventory({ keys: [key(9 * limit)] }), limit)).toHaveLength(8);
  });

  test('comes in the order in which it warms the volume: tables first', () => {
    const batches = divide(
      inventory({
        tables: [{ part: { schema: 'public', name: 't' }, bytes: 1, pages: 1 }],
        indexes: [{ part: { schema: 'public', name: 'i' }, bytes: 1 }],
        keys: [{ part: { schema: 'public', name: 't', constraint: 'fk' }, bytes: 1, pages: 1 }],
      }),
    );
    expect(batches.map(({ kind }) => kind)).toEqual(['tables', 'indexes', 'foreign-keys']);
  });
});
