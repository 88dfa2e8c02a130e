import type pg from 'pg';
import { FukugenError } from '../../core/errors.ts';
import { named } from '../../core/integrity/index.ts';
import type { SourcePolicy } from '../../core/policy/index.ts';
import { type Table, tableFrom } from './choose-tables.ts';

/** Whose rows are in a backup, as the policy says it; every definition of the database is in it all the same. */
export type DatabasePart = Partial<
  Pick<Extract<SourcePolicy, { kind: 'postgres' }>, 'schemas' | 'tables' | 'excludeTables'>
>;

interface Chosen {
  /** As a fingerprint names them. */
  readonly tables: ReadonlySet<string>;
  /** The others that have rows of their own. */
  readonly others: readonly Table[];
  /** What the policy names and the database does not have. */
  readonly unmatched: readonly string[];
}

/** `undefined`: the whole database. */
export function partOf({ schemas, tables, excludeTables }: DatabasePart): DatabasePart | undefined {
  const part = {
    ...(schemas ? { schemas } : {}),
    ...(tables ? { tables } : {}),
    ...(excludeTables ? { excludeTables } : {}),
  };
  return Object.keys(part).length > 0 ? part : undefined;
}

export function partText({ schemas = [], tables = [], excludeTables = [] }: DatabasePart): string {
  const chosen = [...schemas.map((name) => `schema ${name}`), ...tables].join(', ') || 'all tables';
  return excludeTables.length > 0 ? `${chosen} without ${excludeTables.join(', ')}` : chosen;
}

interface Relation extends Table {
  readonly kind: string;
  /** Which an extension made, and whose rows it asked to have dumped or not. */
  readonly extension: boolean;
  /** The tables that it is a partition of. */
  readonly above: readonly Table[];
}

/** A partition goes where its table goes. Materialized views and foreign tables are chosen like tables. */
export async function tablesOf(client: pg.Client, part: DatabasePart): Promise<Chosen> {
  const { rows } = await client.query<Relation>(
    `select n.nspname as schema, c.relname as name, c.relkind as kind,
            exists (select from pg_catalog.pg_depend d
                     where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') as extension,
            (select coalesce(json_agg(json_build_object('schema', an.nspname, 'name', a.relname)), '[]')
               from pg_catalog.pg_partition_ancestors(c.oid) p
               join pg_catalog.pg_class a on a.oid = p.relid and a.oid <> c.oid
               join pg_catalog.pg_namespace an on an.oid = a.relnamespace) as above
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm', 'f') and c.relpersistence <> 't'
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
      order by 1, 2`,
  );
  const { schemas = [], tables = [], excludeTables = [] } = part;
  const bySchema = (patterns: readonly string[]) => patterns.map((text) => ({ text, fits: schemaPattern(text) }));
  const byTable = (patterns: readonly string[]) => patterns.map((text) => ({ text, fits: tablePattern(text) }));
  const wanted = [...bySchema(schemas), ...byTable(tables)];
  const unwanted = byTable(excludeTables);
  const isIn = (patterns: typeof wanted, row: Relation) =>
    patterns.some(({ fits }) => [row, ...row.above].some((table) => fits(table)));
  const isChosen = (row: Relation) =>
    row.extension || ((wanted.length === 0 || isIn(wanted, row)) && !isIn(unwanted, row));
  const own = rows.filter(({ extension }) => !extension);
  return {
    tables: new Set(rows.filter(isChosen).map(({ schema, name }) => named(schema, name))),
    others: rows.filter((row) => row.kind === 'r' && !isChosen(row)),
    unmatched: [
      ...bySchema(schemas).flatMap(({ text, fits }) => (own.some(fits) ? [] : [`schema ${text} with tables`])),
      ...byTable([...tables, ...excludeTables]).flatMap(({ text, fits }) =>
        own.some(fits) ? [] : [`table ${text.includes('.') ? text : `public.${text}`}`],
      ),
      ...(own.some(isChosen) ? [] : ['table that is left in this part']),
    ],
  };
}

/**
 * As `tablesOf`, for a backup: a misspelt name would leave out in silence what nobody wanted to lose.
 *
 * @throws FukugenError `missing` naming everything that the database does not have
 */
export async function requireTables(client: pg.Client, part: DatabasePart, database: string): Promise<Chosen> {
  const chosen = await tablesOf(client, part);
  if (chosen.unmatched.length === 0) return chosen;
  throw new FukugenError('missing', `the database ${database} has no ${chosen.unmatched.join(', and no ')}`, {
    next: 'correct schemas, tables and excludeTables of the source in the policy; names are exact, and * stands for anything',
  });
}

function tablePattern(written: string): (table: Table) => boolean {
  const { schema, name } = tableFrom(written);
  const [schemaFits, nameFits] = [pattern(schema), pattern(name)];
  return (table) => schemaFits.test(table.schema) && nameFits.test(table.name);
}

function schemaPattern(written: string): (table: Table) => boolean {
  const fits = pattern(written);
  return ({ schema }) => fits.test(schema);
}

function pattern(text: string): RegExp {
  const literal = (part: string) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^${text.split('*').map(literal).join('.*')}$`, 's');
}
