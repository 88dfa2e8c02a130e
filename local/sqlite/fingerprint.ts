import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as breathe } from 'node:timers/promises';
import { quoted } from './database.ts';
import { RowHash, type Value } from './row-hash.ts';

/** What a database was at one moment: names, counts and hashes, and no row of any table. */
export interface SqliteFingerprint {
  readonly format: 1;
  readonly pragmas: SqlitePragmas;
  readonly schema: { readonly digest: string; readonly objects: readonly SqliteObject[] };
  readonly tables: readonly SqliteTable[];
}

export interface SqlitePragmas {
  /** Of the program's own migrations; `.dump` loses both of these. */
  readonly userVersion: number;
  readonly applicationId: number;
  /** Such as `UTF-8`. */
  readonly encoding: string;
  /** Bytes. */
  readonly pageSize: number;
  /** 0 none, 1 full, 2 incremental. */
  readonly autoVacuum: number;
}

export interface SqliteObject {
  /** `table`, `index`, `view` or `trigger`. */
  readonly kind: string;
  readonly name: string;
  /** SHA-256 of its SQL and of the table it is on. */
  readonly digest: string;
}

export interface SqliteTable {
  readonly name: string;
  readonly rows: number;
  /** 32 hexadecimal digits; see `RowHash`. */
  readonly content: string;
}

interface FingerprintOptions {
  readonly onTable?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How long other work waits while rows are hashed. */
const breathMilliseconds = 50;

/** Reads every row of every table, the shadow tables of virtual ones included; to be called in a transaction when others write. */
export async function fingerprintSqlite(
  database: DatabaseSync,
  { onTable, signal }: FingerprintOptions = {},
): Promise<SqliteFingerprint> {
  const objects = readObjects(database);
  const names = readTables(database);
  const tables: SqliteTable[] = [];
  for (const name of names) {
    tables.push(await readTable(database, name, signal));
    onTable?.(tables.length, names.length);
  }
  return {
    format: 1,
    pragmas: readPragmas(database),
    schema: { digest: hash('sha256', JSON.stringify(objects)), objects },
    tables,
  };
}

function readPragmas(database: DatabaseSync): SqlitePragmas {
  const pragma = <T extends number | string>(name: string) =>
    Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] as T;
  return {
    userVersion: pragma<number>('user_version'),
    applicationId: pragma<number>('application_id'),
    encoding: pragma<string>('encoding'),
    pageSize: pragma<number>('page_size'),
    autoVacuum: pragma<number>('auto_vacuum'),
  };
}

function readObjects(database: DatabaseSync): SqliteObject[] {
  const rows = database
    .prepare('SELECT type, name, tbl_name AS "on", sql FROM sqlite_schema ORDER BY type, name')
    .all() as unknown as { type: string; name: string; on: string; sql: string | null }[];
  return rows.map(({ type, name, on, sql }) => ({
    kind: type,
    name,
    digest: hash('sha256', JSON.stringify([on, sql])),
  }));
}

/** A virtual table keeps its rows in shadow tables, or not in this database. */
function readTables(database: DatabaseSync): string[] {
  const rows = database.prepare('PRAGMA main.table_list').all() as unknown as { name: string; type: string }[];
  return rows
    .filter(({ name, type }) => (type === 'table' || type === 'shadow') && name !== 'sqlite_schema')
    .map(({ name }) => name)
    .sort();
}

async function readTable(database: DatabaseSync, name: string, signal: AbortSignal | undefined): Promise<SqliteTable> {
  const columns = database.prepare(`PRAGMA main.table_xinfo(${quoted(name)})`).all() as unknown as {
    name: string;
    hidden: number;
  }[];
  // 0: a plain column, 3: a stored generated one; what is computed when it is read is in no file.
  const values = columns
    .filter(({ hidden }) => hidden === 0 || hidden === 3)
    .map(({ name }) => quoted(name))
    // As bytes: a decoder would make one letter of all bytes that are no UTF-8.
    .map(
      (column) =>
        `typeof(${column}), CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`,
    );
  const statement = database.prepare(`SELECT ${values.join(', ')} FROM main.${quoted(name)}`);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const hash = new RowHash();
  let breath = Date.now();
  for (const row of statement.iterate() as Iterable<unknown> as Iterable<(string | Value)[]>) {
    hash.add(row);
    if (hash.rows % 256 !== 0 || Date.now() - breath < breathMilliseconds) continue;
    await breathe();
    signal?.throwIfAborted();
    breath = Date.now();
  }
  return { name, rows: hash.rows, content: hash.content };
}
