import { quoted } from './names.ts';

/**
 * Types whose binary form is a pure function of the value, on every major since 13 and on every machine. They are hashed as they are
 * stored, which costs a fraction of their text. Left out on purpose: floating point (a NaN has many bit patterns), everything that
 * carries an OID of this database (enums, composites, arrays, domains, regclass), and what is rare.
 */
const binary: ReadonlySet<string> = new Set(
  'bool bytea int2 int4 int8 numeric text varchar bpchar json jsonb uuid date time timestamp timestamptz'.split(' '),
);

export interface HashedColumn {
  readonly name: string;
  /** pg_type.typname when the type is in pg_catalog. */
  readonly type: string | null;
}

/**
 * One row as bytes: columns by name, so that their physical order and dropped ones do not matter; NULL and lengths marked, so that no
 * two different rows read alike. The rest goes as one composite's text: the type's own output function, as in pg_dump, and never a cast.
 */
function rowBytes(columns: readonly HashedColumn[], alias: string): string {
  const ordered = [...columns].sort((a, b) => (a.name < b.name ? -1 : 1));
  const reference = (column: HashedColumn) => quoted(alias, column.name);
  const asStored = ordered.filter((column) => column.type !== null && binary.has(column.type)).map(reference);
  const asText = ordered.filter((column) => column.type === null || !binary.has(column.type)).map(reference);
  const parts = asText.length > 0 ? [...asStored, `row(${asText.join(', ')})::pg_catalog.text`] : asStored;
  return `record_send(row(${parts.join(', ')}))`;
}

/** The columns of the outer query over `hashedRows`. */
export const lanes = `
  count(*)::text as rows,
  sum(substring(h from 1 for 64)::bigint)::text as high,
  sum(substring(h from 65 for 64)::bigint)::text as low`;

export interface Lanes {
  readonly rows: string;
  /** `null` over no rows. */
  readonly high: string | null;
  readonly low: string | null;
}

/** 128 bits of the SHA-256 of some bytes. clock_timestamp() is volatile: it keeps the planner from computing the hash once per lane. */
export function hashed(bytes: string): string {
  return `('x' || encode(substr(sha256(${bytes}), 1, 16), 'hex'))::bit(128) as h,
          clock_timestamp()`;
}

/** One pass over one relation, without the tables that inherit from it. `condition` is a WHERE clause or empty. */
export function contentQuery(relation: string, columns: readonly HashedColumn[], condition: string): string {
  return `select ${lanes} from (select ${hashed(rowBytes(columns, 'r'))} from only ${relation} as r ${condition}) as hashed`;
}

/** 32 hexadecimal digits; exact sums, so that adding and removing rows adds and removes their hashes. */
export function contentOf(sums: Lanes): string {
  const lane = (sum: string | null) =>
    BigInt.asUintN(64, BigInt(sum ?? 0))
      .toString(16)
      .padStart(16, '0');
  return lane(sums.high) + lane(sums.low);
}
