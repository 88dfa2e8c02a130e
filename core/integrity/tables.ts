import { FukugenError } from '../errors.ts';
import { type Connection, type refusal, row, rows } from './connection.ts';
import { contentOf, contentQuery, type HashedColumn, type Lanes } from './content.ts';
import type { TableFingerprint, Unseen } from './fingerprint.ts';
import { lockTables } from './lock-tables.ts';
import { named, quoted } from './names.ts';
import { attempt } from './savepoint.ts';

/** A relation that stores rows, and how to read them. */
export interface StoredTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: TableFingerprint['kind'];
  readonly persistence: TableFingerprint['persistence'];
  readonly oid: string;
  readonly populated: boolean;
  readonly foreign: boolean;
  readonly readable: boolean;
  readonly filtered: boolean;
  /** Of a table that an extension made and asked to have dumped: which rows, as a WHERE clause or empty. */
  readonly condition: string;
  readonly columns: readonly HashedColumn[];
}

/**
 * Tables whose rows pg_dump would dump. A table that belongs to an extension counts only where the extension registered it, with the
 * rows it registered (https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-CONFIG-TABLES).
 * Virtual generated columns (18) store nothing and are left out.
 */
const storedTables = `
  select n.nspname as schema, c.relname as name,
         case when c.relkind = 'm' then 'materialized view' when c.relispartition then 'partition' else 'table' end as kind,
         case c.relpersistence when 'u' then 'unlogged' else 'permanent' end as persistence,
         c.oid::text as oid,
         c.relispopulated as populated,
         c.relkind = 'f' as foreign,
         has_schema_privilege(n.oid, 'usage')
           and (has_table_privilege(c.oid, 'select') or coalesce(column_list.readable, false)) as readable,
         row_security_active(c.oid) as filtered,
         coalesce(config.condition, '') as condition,
         coalesce(column_list.columns, '[]') as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join lateral (
      select json_agg(json_build_object('name', a.attname, 'type',
                                        case when t.typnamespace = 'pg_catalog'::regnamespace then t.typname end)) as columns,
             bool_and(has_column_privilege(c.oid, a.attnum, 'select')) as readable
        from pg_attribute a join pg_type t on t.oid = a.atttypid
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
    ) column_list on true
    left join pg_depend member
      on member.classid = 'pg_class'::regclass and member.objid = c.oid and member.objsubid = 0 and member.deptype = 'e'
    left join lateral (
      select coalesce(e.extcondition[array_position(e.extconfig, c.oid)], '') as condition
        from pg_extension e where e.oid = member.refobjid and c.oid = any (e.extconfig)
    ) config on true
   where c.relkind in ('r', 'm', 'f') and c.relpersistence <> 't'
     and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
     and (member.objid is null or config.condition is not null)
   order by n.nspname collate "C", c.relname collate "C"`;

export interface TablesOptions {
  /** Called after each table. `done` counts the unreadable ones too. */
  readonly onTable?: (name: string, done: number, total: number) => void;
  /** By name, such as `public.orders`. @default - every table */
  readonly tables?: (name: string) => boolean;
  readonly signal?: AbortSignal;
}

interface Obstacle extends Pick<Unseen, 'why' | 'text'> {
  /** What the server refused with, where it was asked. */
  readonly refused?: ReturnType<typeof refusal>;
}

/** A table, and why it will not be read, if so: an error in the middle would cost a round trip and say less. */
export interface ListedTable extends StoredTable {
  readonly obstacle?: Obstacle;
}

/** Lists the tables without locking any. */
export async function describeTables(connection: Connection, options: TablesOptions): Promise<readonly ListedTable[]> {
  return (await rows<StoredTable>(connection, storedTables)).map((table) => withObstacle(table, options));
}

/** Lists the tables and locks those that will be read. To be called as early as can be. */
export async function listTables(connection: Connection, options: TablesOptions): Promise<readonly ListedTable[]> {
  const listed = await describeTables(connection, options);
  // LOCK TABLE takes no materialized views; nobody truncates those.
  const lockable = listed.filter((table) => table.kind !== 'materialized view' && table.obstacle === undefined);
  const locked = await lockTables(connection, lockable);
  return listed.map((table) => {
    const text = locked.get(table);
    return text === undefined ? table : { ...table, obstacle: { why: 'error', text } };
  });
}

function withObstacle(table: StoredTable, { tables: isWanted }: TablesOptions): ListedTable {
  const obstacle = (why: Obstacle['why'], text: string) => ({ ...table, obstacle: { why, text } });
  if (isWanted?.(nameOf(table)) === false) return obstacle('excluded', 'left out by choice');
  if (table.foreign) return obstacle('foreign', 'its rows live on another server');
  if (!table.readable) return obstacle('permission', 'this role has no SELECT on it');
  if (table.filtered) return obstacle('row security', 'row-level security would hide rows from this role');
  return table;
}

function nameOf({ schema, name }: StoredTable): string {
  return named(schema, name);
}

interface ReadTables {
  readonly tables: readonly TableFingerprint[];
  readonly unseen: readonly Unseen[];
}

export async function readTables(
  connection: Connection,
  listed: readonly ListedTable[],
  options: TablesOptions,
): Promise<ReadTables> {
  const tables: TableFingerprint[] = [];
  const unseen: Unseen[] = [];
  for (const [index, table] of listed.entries()) {
    if (options.signal?.aborted) {
      throw new FukugenError('cancelled', 'the fingerprint was cancelled', { cause: options.signal.reason });
    }
    const name = nameOf(table);
    const result = table.obstacle ?? (await readTable(connection, table));
    if ('why' in result) unseen.push({ kind: 'table', name, why: result.why, text: result.text });
    else tables.push(result);
    options.onTable?.(name, index + 1, listed.length);
  }
  return { tables, unseen };
}

/** Pages of 8 KiB, from inclusive, to exclusive. Beyond the end there is nothing. */
export interface PageRange {
  readonly from: number;
  readonly to: number;
}

/**
 * One table, or a range of its pages: the sums of ranges add up to the whole table's, because a row is on one page only. While somebody
 * writes they need not: an updated row moves, so ranges of a table that changes are read in one snapshot.
 * Since 14 the server reads no other pages: https://www.postgresql.org/docs/release/14.0/ ("TID range scans").
 */
export async function readTable(
  connection: Connection,
  table: StoredTable,
  range?: PageRange,
): Promise<TableFingerprint | Obstacle> {
  const { schema, name, kind, persistence } = table;
  const known = { schema, name, kind, persistence };
  if (!table.populated) {
    return { ...known, rows: 0, content: contentOf({ rows: '0', high: null, low: null }), bytes: 0, populated: false };
  }
  const content = contentQuery(quoted(schema, name), table.columns, conditionOf(table, range));
  // The size here and not in the list: it opens the table, and would wait for whoever has it locked.
  const query = `select *, ${bytesOf(table, range)}::text as bytes from (${content}) as content`;
  const sums = await attempt(connection, () => row<Lanes & { readonly bytes: string }>(connection, query));
  if ('refused' in sums) return { why: 'error', text: sums.refused.text, refused: sums.refused };
  return { ...known, rows: Number(sums.value.rows), content: contentOf(sums.value), bytes: Number(sums.value.bytes) };
}

function conditionOf({ condition }: StoredTable, range: PageRange | undefined): string {
  if (!range) return condition;
  const pages = `r.ctid >= '(${range.from},0)' and r.ctid < '(${range.to},0)'`;
  return condition === '' ? `where ${pages}` : `where ${pages} and (${condition.replace(/^\s*where\b/i, '')})`;
}

/** The range that reaches the end has the rest, TOAST and maps, so that ranges add up to `pg_table_size`. */
function bytesOf({ oid }: StoredTable, range: PageRange | undefined): string {
  if (!range) return `pg_table_size(${oid}::oid)`;
  const page = `current_setting('block_size')::bigint`;
  return `case when pg_relation_size(${oid}::oid) <= ${range.to} * ${page}
               then greatest(pg_table_size(${oid}::oid) - ${range.from} * ${page}, 0) else ${range.to - range.from} * ${page} end`;
}
