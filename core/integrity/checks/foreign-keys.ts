import { counted } from '../../counted.ts';
import { named, quoted } from '../names.ts';
import type { KeyPart } from './batch.ts';
import { type Check, lookAtEach, NotCovered } from './look.ts';
import { ask } from './subject.ts';

interface Key {
  readonly parentSchema: string;
  readonly parent: string;
  readonly partitioned: boolean;
  /** `f`: all columns of a row are NULL or none is. `s`: with one of them NULL the row refers to nothing. */
  readonly match: 'f' | 's';
  /** The last column is a period that must be covered (18). */
  readonly period: boolean;
  readonly columns: readonly { readonly child: string; readonly parent: string; readonly operator: string }[];
}

const keyQuery = `
  select pn.nspname as "parentSchema", p.relname as parent, p.relkind = 'p' as partitioned, k.confmatchtype as match,
         coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false) as period,
         (select json_agg(json_build_object('child', ca.attname, 'parent', pa.attname,
                            'operator', format('operator(%I.%s)', o_n.nspname, o.oprname)) order by u.at)
            from unnest(k.conkey, k.confkey, k.conpfeqop) with ordinality as u (child, parent, operator, at)
            join pg_attribute ca on ca.attrelid = k.conrelid and ca.attnum = u.child
            join pg_attribute pa on pa.attrelid = k.confrelid and pa.attnum = u.parent
            join pg_operator o on o.oid = u.operator
            join pg_namespace o_n on o_n.oid = o.oprnamespace) as columns
    from pg_constraint k
    join pg_class p on p.oid = k.confrelid
    join pg_namespace pn on pn.oid = p.relnamespace
   where k.contype = 'f' and k.conrelid = to_regclass($1) and k.conname = $2
   order by k.conparentid limit 1`;

/** Looks for rows that refer to one that is not there. */
export function foreignKeys(parts: readonly KeyPart[]): Check {
  return {
    check: 'foreign-keys',
    look: async (subject) => {
      const seen = await lookAtEach(parts, nameOfKey, async (part) => {
        const table = quoted(part.schema, part.name);
        const [key] = await ask<Key>(subject, keyQuery, [table, part.constraint]);
        if (!key) throw new NotCovered('it was there when the keys were listed, and is no more');
        const [found] = await ask<{ readonly orphans: string }>(subject, orphansQuery(table, key, part));
        if (found?.orphans === '0') return [];
        const partly = key.match === 'f' ? ', or are NULL in part' : '';
        const text = `${counted(Number(found?.orphans), 'row')} of ${named(part.schema, part.name)} refer to rows of ${named(key.parentSchema, key.parent)} that are not there${partly}`;
        return [{ object: nameOfKey(part), text }];
      });
      return {
        ...seen,
        text: `rows of ${counted(parts.length, 'foreign key')} looked up in the table that they refer to`,
      };
    },
  };
}

function nameOfKey({ schema, name, constraint }: KeyPart): string {
  return named(schema, name, constraint);
}

/**
 * A leaf is read by itself (ONLY): a partition has a key of its own, and tables that inherit have none. What it refers to is read with its
 * partitions. Compared as the key compares, by its own operators.
 */
function orphansQuery(table: string, { columns, match, period, ...key }: Key, { pages }: KeyPart): string {
  const own = columns.map(({ child }) => `c.${quoted(child)}`);
  const nulls = `num_nulls(${own.map((column) => `(${column})`).join(', ')})`;
  const parent = `${key.partitioned ? '' : 'only '}${quoted(key.parentSchema, key.parent)} as p`;
  const equal = columns.map((column) => `p.${quoted(column.parent)} ${column.operator} c.${quoted(column.child)}`);
  const last = columns.at(-1);
  const there =
    period && last
      ? `coalesce((select c.${quoted(last.child)} <@ range_agg(p.${quoted(last.parent)}) from ${parent}
                    where ${equal.slice(0, -1).join(' and ')}), false)`
      : `exists (select from ${parent} where ${equal.join(' and ')})`;
  const orphan =
    match === 'f' ? `${nulls} < ${own.length} and (${nulls} > 0 or not ${there})` : `${nulls} = 0 and not ${there}`;
  const range = pages ? `c.ctid >= '(${pages[0]},0)' and c.ctid < '(${pages[1]},0)' and ` : '';
  return `select count(*)::text as orphans from only ${table} as c where ${range}${orphan}`;
}
