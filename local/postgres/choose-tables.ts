import type pg from 'pg';
import { FukugenError } from '../../core/errors.ts';
import { type DatabaseFingerprint, named } from '../../core/integrity/index.ts';

/** Some tables of a database, as a person names them. */
export interface TableSelection {
  /** As `schema.name`; without a schema in `public`. */
  readonly table?: readonly string[];
  readonly schema?: readonly string[];
}

export interface Table {
  readonly schema: string;
  readonly name: string;
}

/** Which tables of a database a selection means; the sets hold their keys. */
export interface Tables {
  /** Those whose rows are restored: the ones that are meant, with their partitions, and the tables of extensions, as far as the dump has them. */
  readonly filled: ReadonlySet<string>;
  /** Those that are meant, and what they are a part of or inherit from. */
  readonly kept: ReadonlySet<string>;
  /** The others, as DROP has them. */
  readonly dropped: readonly (Table & { readonly kind: 'TABLE' | 'FOREIGN TABLE' | 'MATERIALIZED VIEW' })[];
}

const shown = 20;

/** Of a table, in a set. */
export function keyOf({ schema, name }: Table): string {
  return JSON.stringify([schema, name]);
}

/** `orders` is `public.orders`; a name may have dots. */
export function tableFrom(written: string): Table {
  const dot = written.indexOf('.');
  return dot < 0
    ? { schema: 'public', name: written }
    : { schema: written.slice(0, dot), name: written.slice(dot + 1) };
}

/**
 * @throws FukugenError `missing` naming every table and schema that the backup does not have, and the tables that it has
 */
export function requireKnown(recorded: DatabaseFingerprint, { table = [], schema = [] }: TableSelection): void {
  const plain = recorded.tables.filter(({ kind }) => kind !== 'materialized view');
  const names = new Set(plain.map((one) => `${one.schema}.${one.name}`));
  // A partitioned table has no rows of its own, and is in the schema only.
  for (const { kind, name } of recorded.schema.objects)
    if (kind === 'partitioned table') names.add(name.replaceAll(/"((?:[^"]|"")*)"/g, '$1'));
  const schemas = new Set([...names].map((name) => tableFrom(name).schema));
  const missing = [
    ...table.map(tableFrom).flatMap((one) => {
      const name = `${one.schema}.${one.name}`;
      return names.has(name) ? [] : [`table ${name}`];
    }),
    ...schema.filter((name) => !schemas.has(name)).map((name) => `schema ${name} with tables`),
  ];
  if (missing.length === 0) return;
  const some = [...names].sort().slice(0, shown).join(', ');
  throw new FukugenError('missing', `the backup has no ${missing.join(', and no ')}`, {
    next: `it has ${some}${names.size > shown ? ` and ${names.size - shown} more` : ''}; for one that is gone, --at an older generation: fukugen list`,
  });
}

interface Row extends Table {
  readonly kind: string;
  readonly meant: boolean;
  readonly above: boolean;
  readonly extension: boolean;
  readonly parts: boolean;
}

/**
 * Reads the database that has the tables already: only there partitions and parents can be found.
 *
 * @param selection - `undefined`: every table that is recorded
 * @throws FukugenError `missing` when the dump has no rows of any of them: the policy left them out
 */
export async function chooseTables(
  client: pg.Client,
  selection: TableSelection | undefined,
  recorded: DatabaseFingerprint,
): Promise<Tables> {
  const asked = selection
    ? (selection.table ?? []).map(tableFrom)
    : recorded.tables.map(({ schema, name }) => ({ schema, name }));
  const { rows } = await client.query<Row>(
    `with recursive
       asked as (select * from json_to_recordset($1::json) as a (schema text, name text)),
       parts as (
         select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p', 'f', 'm')
            and (n.nspname = any ($2::text[]) or exists (select from asked where schema = n.nspname and name = c.relname))
         union
         select i.inhrelid from pg_catalog.pg_inherits i join parts p on p.oid = i.inhparent
           join pg_catalog.pg_class c on c.oid = i.inhrelid where c.relispartition),
       above as (
         select oid from parts
         union
         select i.inhparent from pg_catalog.pg_inherits i join above a on a.oid = i.inhrelid)
     select n.nspname as schema, c.relname as name, c.relkind as kind,
            c.oid in (select oid from parts) as meant, c.oid in (select oid from above) as above,
            exists (select from pg_catalog.pg_depend d
                     where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') as extension,
            exists (select from pg_catalog.pg_inherits i where i.inhparent = c.oid) as parts
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'f', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      order by c.relispartition, 1, 2`,
    [JSON.stringify(asked), selection?.schema ?? []],
  );
  const dumped = new Set(recorded.tables.map(keyOf));
  if (selection && !rows.some((row) => row.meant && dumped.has(keyOf(row)))) {
    const names = [...(selection.table ?? []), ...(selection.schema ?? []).map((name) => `the schema ${name}`)];
    throw new FukugenError('missing', `the backup has no rows of ${names.join(', ')}`, {
      next: 'fukugen list, then --at a generation that has them: the policy may have left them out of this one',
    });
  }
  const kinds: Readonly<Record<string, Tables['dropped'][number]['kind']>> = {
    f: 'FOREIGN TABLE',
    m: 'MATERIALIZED VIEW',
  };
  const leftOut = new Set(recorded.unseen.flatMap(({ why, name }) => (why === 'excluded' ? [name] : [])));
  // Of a dump without some tables everything stays but those, and what only they are parts of.
  const goes = (row: Row) =>
    selection !== undefined || leftOut.has(named(row.schema, row.name)) || (row.kind === 'p' && row.parts);
  return {
    filled: new Set(rows.filter((row) => (row.meant || row.extension) && dumped.has(keyOf(row))).map(keyOf)),
    kept: new Set(rows.filter(({ above }) => above).map(keyOf)),
    dropped: rows
      .filter((row) => !row.above && !row.extension && goes(row))
      .map((row) => ({ schema: row.schema, name: row.name, kind: kinds[row.kind] ?? 'TABLE' })),
  };
}
