import type { IndexPart, KeyPart } from '../../core/integrity/checks/batch.ts';
import { ask, type Subject, timeBoxed } from '../../core/integrity/checks/subject.ts';
import { named } from '../../core/integrity/names.ts';
import { describeTables } from '../../core/integrity/tables.ts';
import type { Inventory, Sized, SizedTable } from './divide.ts';

interface Size {
  readonly schema: string;
  readonly name: string;
  readonly bytes: string;
  readonly pages: string;
}

const sizes = `
  select n.nspname as schema, c.relname as name, pg_table_size(c.oid)::text as bytes,
         (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::text as pages
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'm') and c.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema')
     and n.nspname !~ '^pg_(toast|temp)'`;

/** Those of the catalogs and of TOAST too: damage does not ask whose index it is. Every row of the table is looked up, so it is read as well. */
const indexes = `
  select n.nspname as schema, c.relname as name, (pg_relation_size(c.oid) + pg_relation_size(i.indrelid))::text as bytes, '0' as pages
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_am a on a.oid = c.relam
   where c.relkind = 'i' and a.amname = 'btree' and c.relpersistence <> 't' and i.indisvalid and i.indisready
   order by n.nspname collate "C", c.relname collate "C"`;

interface KeySize extends Size {
  readonly constraint: string;
  readonly parentBytes: string;
}

/**
 * Keys of tables that hold rows: a partitioned table's own is in each of its partitions. A key to a partitioned table has copies to its
 * partitions, which are left out. One that was never validated, or is not enforced (18), promises nothing: that is another check's finding.
 */
const keys = `
  select n.nspname as schema, c.relname as name, k.conname as constraint, pg_relation_size(c.oid)::text as bytes,
         (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::text as pages,
         greatest((select sum(pg_relation_size(t.relid)) from pg_partition_tree(k.confrelid) t), pg_relation_size(k.confrelid))::text as "parentBytes"
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid and c.relkind = 'r'
    join pg_namespace n on n.oid = c.relnamespace
   where k.contype = 'f' and k.convalidated
     and not exists (select from pg_constraint o where o.oid = k.conparentid and o.conrelid = k.conrelid)
   order by n.nspname collate "C", c.relname collate "C", k.conname collate "C"`;

/** What there is to read in one database, and how much. */
export async function takeInventory(subject: Subject): Promise<Inventory> {
  const measured = new Map((await ask<Size>(subject, sizes)).map((size) => [named(size.schema, size.name), size]));
  const listed = (await describeTables(timeBoxed(subject), {})).filter(({ foreign }) => !foreign);
  return {
    database: subject.database,
    tables: listed.map(({ schema, name, condition }): SizedTable => {
      const { bytes = '0', pages = '0' } = measured.get(named(schema, name)) ?? {};
      // A table of an extension, of which only some rows count, is small.
      return { part: { schema, name }, bytes: Number(bytes), pages: condition === '' ? Number(pages) : 0 };
    }),
    indexes: (await ask<Size>(subject, indexes)).map(
      ({ schema, name, bytes }): Sized<IndexPart> => ({ part: { schema, name }, bytes: Number(bytes) }),
    ),
    keys: (await ask<KeySize>(subject, keys)).map(
      ({ schema, name, constraint, bytes, pages, parentBytes }): SizedTable<KeyPart> => ({
        part: { schema, name, constraint },
        bytes: Number(bytes) + Number(parentBytes),
        pages: Number(pages),
        fixedBytes: Number(parentBytes),
      }),
    ),
  };
}
