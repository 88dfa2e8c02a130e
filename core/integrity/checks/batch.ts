import type { DrillCheck } from '../../policy/drills.ts';
import type { TableFingerprint } from '../fingerprint.ts';

/** Work that fits well within one invocation. Plain JSON. */
export type Batch =
  /** Tables, or ranges of pages of a large one, to be read end to end and verified. */
  | { readonly kind: 'tables'; readonly database: string; readonly parts: readonly TablePart[] }
  /** B-tree indexes to be walked, each against all rows of its table. */
  | { readonly kind: 'indexes'; readonly database: string; readonly parts: readonly IndexPart[] }
  /** Foreign keys whose rows are looked up in the table that they refer to. */
  | { readonly kind: 'foreign-keys'; readonly database: string; readonly parts: readonly KeyPart[] }
  /** Everything of a database that is not about one table's rows. */
  | { readonly kind: 'database'; readonly database: string }
  /** One own check. */
  | { readonly kind: 'own'; readonly database: string; readonly name: string };

/** Pages of 8 KiB, from inclusive, to exclusive. */
export type Pages = readonly [from: number, to: number];

export interface TablePart {
  readonly schema: string;
  readonly name: string;
  /** @default - the whole table */
  readonly pages?: Pages;
}

/** An index, by its own name. */
export interface IndexPart {
  readonly schema: string;
  readonly name: string;
}

/** A foreign key of this table, or of a range of its pages. */
export interface KeyPart extends TablePart {
  readonly constraint: string;
}

/** Sums of ranges of the same table add up to the table's. */
export interface TablePartFingerprint extends TablePart {
  readonly database: string;
  readonly kind: TableFingerprint['kind'];
  readonly persistence: TableFingerprint['persistence'];
  readonly rows: number;
  /** As `TableFingerprint.content`: two 64-bit lanes. */
  readonly content: string;
  /** Of the part. */
  readonly bytes: number;
}

export interface NewestValue {
  readonly database: string;
  readonly table: string;
  readonly column: string;
  /** ISO 8601; `null` in an empty table. */
  readonly newest: string | null;
}

/** What each kind of batch answers for: a batch without an answer leaves all of these incomplete. */
export const checksOfBatch = {
  tables: ['readable', 'heap'],
  indexes: ['indexes'],
  'foreign-keys': ['foreign-keys'],
  database: [
    'readable',
    'invalid-indexes',
    'constraints',
    'sequences',
    'extensions',
    'roles',
    'freshness',
    'checksums',
  ],
  own: ['own'],
} as const satisfies Record<Batch['kind'], readonly DrillCheck[]>;
