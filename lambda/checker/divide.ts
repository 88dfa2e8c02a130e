import type { Batch, IndexPart, KeyPart, TablePart } from '../../core/integrity/checks/batch.ts';

/** A table, an index or a key, and how much is read for it. */
export interface Sized<Part> {
  readonly part: Part;
  readonly bytes: number;
}

/** A table whose pages can be read range by range. */
export interface SizedTable<Part extends TablePart = TablePart> extends Sized<Part> {
  /** Of the heap, 8 KiB each. */
  readonly pages: number;
  /** Read again for every range: the table that a key refers to. @default 0 */
  readonly fixedBytes?: number;
}

export interface Inventory {
  readonly database: string;
  readonly tables: readonly SizedTable[];
  readonly indexes: readonly Sized<IndexPart>[];
  readonly keys: readonly SizedTable<KeyPart>[];
}

/**
 * How much one batch reads. A restored volume is loaded from S3 on first touch, at a rate that AWS does not publish
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html). Assumed are 10 MiB/s: 4 GiB then take 7 of the 13
 * minutes that a batch has. PostgreSQL itself is no hindrance: on two cores that others kept busy, a table of 476 MB was read and hashed
 * at 57 MB/s, verified at 680 MB/s, and its index walked and compared with it at 80 MB/s. What takes longer all the same ends at its
 * deadline and is named.
 */
export const batchBytes = 4 * 2 ** 30;

/** Each part costs a few round trips however small it is, and a line in the answer, which may have 6 MB. */
export const batchParts = 500;

/** Of one drill: each is seven of the 25,000 events that Step Functions lets the execution of a database have. */
export const mostBatches = 1_500;

/** The highest page that a table can have: the last range is open, whatever came after the survey. */
const end = 2 ** 32 - 1;

/**
 * Work in batches: many small tables in one, ranges of a large table in several. An index cannot be divided: one that is larger than a
 * batch, with its table, has one to itself and all the time of an invocation; when that is not enough, it is named as not covered.
 */
export function divide(
  { database, tables, indexes, keys }: Inventory,
  bytes = batchBytes,
  parts = batchParts,
): readonly Batch[] {
  const pack = <Part>(sized: readonly Sized<Part>[]) => packed(sized, bytes, parts);
  return [
    ...pack(tables.flatMap((table) => ranges(table, bytes))).map(
      (some) => ({ kind: 'tables', database, parts: some }) as const,
    ),
    // After the tables, which these read again: by then they are loaded.
    ...pack(indexes).map((some) => ({ kind: 'indexes', database, parts: some }) as const),
    ...pack(keys.flatMap((key) => ranges(key, bytes))).map(
      (some) => ({ kind: 'foreign-keys', database, parts: some }) as const,
    ),
  ];
}

/** Every database of a server: in larger batches, each with less hope of being done in time, before there are too many. */
export function divideAll(inventories: readonly Inventory[], bytes = batchBytes): readonly Batch[] {
  const batches = inventories.flatMap((inventory) => divide(inventory, bytes));
  const all = inventories.flatMap(({ tables, indexes, keys }) => [...tables, ...indexes, ...keys]);
  // Where all would fit into one, it is their number that keeps them apart.
  const isOne = all.reduce((sum, sized) => sum + sized.bytes, 0) <= bytes;
  return batches.length <= mostBatches || isOne ? batches : divideAll(inventories, 2 * bytes);
}

/** In the order given, so that a table's ranges stay together. */
function packed<Part>(
  sized: readonly Sized<Part>[],
  mostBytes: number,
  mostParts: number,
): readonly (readonly Part[])[] {
  const batches: Part[][] = [];
  let room = 0;
  for (const { part, bytes } of sized) {
    const last = batches.at(-1);
    if (last && bytes <= room && last.length < mostParts) {
      last.push(part);
      room -= bytes;
    } else {
      batches.push([part]);
      room = mostBytes - bytes;
    }
  }
  return batches;
}

function ranges<Part extends TablePart>(
  { part, bytes, pages, fixedBytes = 0 }: SizedTable<Part>,
  most: number,
): readonly Sized<Part>[] {
  const own = bytes - fixedBytes;
  // A fixed part that leaves no room is there in every range: then ranges of half a batch are as good as any.
  const room = Math.max(most - fixedBytes, most / 2);
  const count = Math.min(Math.ceil(own / room), pages);
  if (count <= 1) return [{ part, bytes }];
  const size = Math.ceil(pages / count);
  return Array.from({ length: Math.ceil(pages / size) }, (_, at) => {
    const isLast = (at + 1) * size >= pages;
    const range = [at * size, isLast ? end : (at + 1) * size] as const;
    const share = (own * (Math.min((at + 1) * size, pages) - at * size)) / pages;
    return { part: { ...part, pages: range }, bytes: share + fixedBytes };
  });
}
