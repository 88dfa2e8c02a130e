/**
 * What a database was at one moment, in enough detail to say later whether a restored one is the same, and if not, where.
 * Plain JSON, in a stable order: two fingerprints of equal databases differ in `takenAt`, `bytes` and the server's version only.
 * It holds names, counts and hashes, and no row of any table.
 */
export interface DatabaseFingerprint {
  /** Raised when a reader of the older form would misread this one, and whenever a hash is made differently. */
  readonly format: 1;
  /** The transaction's time by the server's clock, ISO 8601 in UTC. */
  readonly takenAt: string;
  readonly server: ServerFingerprint;
  readonly database: DatabaseProperties;
  readonly extensions: readonly ExtensionFingerprint[];
  readonly schema: SchemaFingerprint;
  readonly tables: readonly TableFingerprint[];
  readonly sequences: readonly SequenceFingerprint[];
  readonly largeObjects: LargeObjectsFingerprint;
  /** Every role that something in the database names: owners, grantees, policies, settings. */
  readonly roles: readonly RoleFingerprint[];
  /** What was not read. A comparison never counts any of it as equal. */
  readonly unseen: readonly Unseen[];
}

export interface ServerFingerprint {
  /** As the server reports it, such as `15.20 (Debian 15.20-0+deb12u1)`. */
  readonly version: string;
  /** 13 to 18, and what comes after. */
  readonly major: number;
}

export interface DatabaseProperties {
  readonly name: string;
  readonly owner: string;
  /** Such as `UTF8`. */
  readonly encoding: string;
  readonly collation: CollationProperties;
  /** ALTER DATABASE … SET and ALTER ROLE … IN DATABASE … SET. A plain pg_dump carries none of them. */
  readonly settings: readonly Setting[];
  /** See `SchemaObject.grants`. */
  readonly grants: readonly string[];
  readonly comment: string | null;
  /** -1: no limit. */
  readonly connectionLimit: number;
}

export interface CollationProperties {
  readonly provider: 'libc' | 'icu' | 'builtin';
  readonly collate: string;
  readonly ctype: string;
  /** ICU's or the built-in provider's locale. */
  readonly locale: string | null;
  /** ICU's tailoring rules, since 16. */
  readonly rules: string | null;
  /** In the catalog since 15: the version the indexes were built with. */
  readonly recordedVersion: string | null;
  /** What the operating system's library is now. A newer one sorts differently: indexes on text need REINDEX. */
  readonly actualVersion: string | null;
}

export interface Setting {
  /** `null`: for every role. */
  readonly role: string | null;
  readonly name: string;
  /** Of an application's own parameter (`app.jwt_secret`) the SHA-256 only, as `sha256:…`: people keep secrets in those. */
  readonly value: string;
}

export interface ExtensionFingerprint {
  readonly name: string;
  readonly version: string;
  readonly schema: string;
}

export interface SchemaFingerprint {
  /** SHA-256 over all objects. */
  readonly digest: string;
  /** Sorted by kind and name. Objects that belong to an extension are not in it: the extension makes them. */
  readonly objects: readonly SchemaObject[];
}

/** One thing that DDL makes, so that a difference can be named. */
export interface SchemaObject {
  /** Such as `index`. */
  readonly kind: string;
  /** Such as `public.orders_pkey`. */
  readonly name: string;
  /** The object that this one goes with, as kind and name: `table public.orders`. Where that is missing, this is not news. */
  readonly of?: string;
  /** SHA-256 (32 hexadecimal digits of it) of the normalised definition. */
  readonly digest: string;
  /** Absent where the kind has no owner of its own. */
  readonly owner?: string;
  /**
   * Against what the owner and PUBLIC have without any GRANT: `+alice SELECT`, `+alice SELECT WITH GRANT OPTION`, `-PUBLIC EXECUTE`.
   * So it does not matter whether the catalog says NULL or spells the default out, nor that 17 added MAINTAIN to the default.
   */
  readonly grants?: readonly string[];
}

export interface TableFingerprint {
  readonly schema: string;
  readonly name: string;
  /** A partitioned table has no rows of its own and is in the schema only; its leaves are here. */
  readonly kind: 'table' | 'partition' | 'materialized view';
  readonly persistence: 'permanent' | 'unlogged';
  readonly rows: number;
  /**
   * 32 hexadecimal digits: the sum over all rows of the first 128 bits of SHA-256, in two lanes of 64 bits.
   * The order of rows does not matter, their number does. See docs/adr/0001-content-hash.md.
   */
  readonly content: string;
  /** pg_table_size: heap, TOAST and maps without indexes. For information; a restored table is smaller. */
  readonly bytes: number;
  /** Of a materialized view created or refreshed WITH NO DATA: `false`, and nothing was read. */
  readonly populated?: false;
}

export interface SequenceFingerprint {
  readonly schema: string;
  readonly name: string;
  /** bigint as decimal digits, here and below. */
  readonly last: string;
  /** `false`: the next value is `last` itself. */
  readonly called: boolean;
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cache: string;
  readonly cycle: boolean;
  /** The column of a serial or identity. */
  readonly column: string | null;
}

export interface LargeObjectsFingerprint {
  readonly count: number;
  /** Sum of their lengths. */
  readonly bytes: number;
  /** As a table's, over identifiers, lengths and contents. */
  readonly content: string;
  /** Over identifiers, owners and grants. */
  readonly access: string;
}

export interface RoleFingerprint {
  readonly name: string;
  /** Those that are set, sorted: `superuser`, `inherit`, `createrole`, `createdb`, `login`, `replication`, `bypassrls`. */
  readonly attributes: readonly string[];
  /** -1: no limit. */
  readonly connectionLimit: number;
  /** Direct memberships. */
  readonly memberOf: readonly string[];
  /** ALTER ROLE … SET, in every database. */
  readonly settings: readonly Setting[];
}

export interface Unseen {
  readonly kind: 'table' | 'sequence' | 'large objects' | 'schema';
  /** Such as `public.orders`. */
  readonly name: string;
  readonly why: UnseenReason;
  /** A sentence. */
  readonly text: string;
}

export type UnseenReason =
  /** This role may not read it. */
  | 'permission'
  /** Row-level security would hide rows from this role. */
  | 'row security'
  /** A foreign table: its rows live on another server and are not in a backup of this one. */
  | 'foreign'
  /** The caller asked to leave it out. */
  | 'excluded'
  /** The server reported an error while reading. */
  | 'error';
