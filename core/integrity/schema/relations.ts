import { grantsSql } from '../grants.ts';
import { notOfExtension, options, qualified, relationKind, userSchema } from './catalog.ts';

const relationName = qualified('n.nspname', 'c.relname');
const ofRelation = `${relationKind('c')} || ' ' || ${relationName}`;
const userRelation = `${userSchema('n.nspname')} and c.relpersistence <> 't' and ${notOfExtension('pg_class', 'c.oid')}`;

const schemas = `
  select 'schema' as kind, quote_ident(n.nspname) as name, null as of, pg_get_userbyid(n.nspowner) as owner,
         ${grantsSql('n.nspacl', `'n'`, 'n.nspowner')} as grants, null::json as facts, null::text[] as sql
    from pg_namespace n
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_namespace', 'n.oid')}`;

/**
 * Tables of every kind, views and sequences, without their columns. Tablespaces are left out: they are places on one machine. So is
 * where a sequence stands, and its definition, which the fingerprint has by itself.
 */
const relations = `
  select ${relationKind('c')} as kind, ${relationName} as name, null as of, pg_get_userbyid(c.relowner) as owner,
         ${grantsSql('c.relacl', `case c.relkind when 'S' then 's'::"char" else 'r' end`, 'c.relowner')} as grants,
         json_build_array(
           c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, ${options('c.reloptions')},
           am.amname, (select srvname from pg_foreign_server s where s.oid = f.ftserver), ${options('f.ftoptions')},
           nullif(c.reloftype, 0)::regtype,
           (select json_agg(i.inhparent::regclass order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid)
         ) as facts,
         array[pg_get_expr(c.relpartbound, c.oid), case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
               case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end] as sql
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_am am on am.oid = c.relam
    left join pg_foreign_table f on f.ftrelid = c.oid
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${userRelation}`;

/** 'n' constraints (18 made NOT NULL one) count by what they do to the column; their names are made up by a restore. */
const columns = `
  select 'column' as kind, ${relationName} || '.' || quote_ident(a.attname) as name, ${ofRelation} as of, null as owner,
         ${grantsSql('a.attacl', `'c'`, 'c.relowner')} as grants,
         json_build_array(
           format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
           case when a.attcollation <> t.typcollation then a.attcollation::regcollation end,
           ${options('a.attfdwoptions')},
           exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'n' and k.conkey = array[a.attnum]
                      and not k.convalidated)
         ) as facts,
         array[pg_get_expr(d.adbin, d.adrelid)] as sql
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${userRelation}`;

/** INSERT without a column list depends on it. A table that inherits gets its parents' columns first when it is made again. */
const columnOrders = `
  select 'column order' as kind, ${relationName} as name, ${ofRelation} as of, null as owner, null::text[] as grants,
         json_agg(a.attname order by a.attnum) as facts, null::text[] as sql
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
   where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f') and ${userRelation}
     and (c.relispartition or not exists (select from pg_inherits i where i.inhrelid = c.oid))
   group by c.oid, c.relname, c.relkind, n.nspname`;

/** A foreign key of a partitioned table is cloned into its partitions under names that a restore makes up: the original counts. */
const constraints = `
  select 'constraint' as kind, ${relationName} || '.' || quote_ident(k.conname) as name, ${ofRelation} as of, null as owner,
         null::text[] as grants, null::json as facts, array[pg_get_constraintdef(k.oid)] as sql
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace
   where k.contype in ('c', 'f', 'p', 'u', 'x') and not (k.contype = 'f' and k.conparentid <> 0) and ${userRelation}`;

/** An index that makes a constraint goes with the constraint. One that is not valid (a failed CREATE INDEX CONCURRENTLY) is no index. */
const indexes = `
  select case when i.indisvalid or x.relkind = 'I' then 'index' else 'invalid index' end as kind,
         ${qualified('n.nspname', 'x.relname')} as name,
         coalesce((select 'constraint ' || ${relationName} || '.' || quote_ident(k.conname) from pg_constraint k
                    where k.conindid = x.oid and k.conrelid = c.oid and k.contype in ('p', 'u', 'x') limit 1), ${ofRelation}) as of,
         null as owner, null::text[] as grants,
         json_build_array(i.indisclustered, i.indisreplident, ${options('x.reloptions')},
                          (select h.inhparent::regclass from pg_inherits h where h.inhrelid = x.oid)) as facts,
         array[pg_get_indexdef(x.oid)] as sql
    from pg_index i
    join pg_class x on x.oid = i.indexrelid
    join pg_class c on c.oid = i.indrelid
    join pg_namespace n on n.oid = c.relnamespace
   where ${userRelation}`;

const triggers = `
  select 'trigger' as kind, ${relationName} || '.' || quote_ident(t.tgname) as name, ${ofRelation} as of, null as owner,
         null::text[] as grants, json_build_array(t.tgenabled) as facts, array[pg_get_triggerdef(t.oid)] as sql
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace
   where not t.tgisinternal and t.tgparentid = 0 and ${userRelation}`;

const rules = `
  select 'rule' as kind, ${relationName} || '.' || quote_ident(r.rulename) as name, ${ofRelation} as of, null as owner,
         null::text[] as grants, json_build_array(r.ev_enabled) as facts, array[pg_get_ruledef(r.oid)] as sql
    from pg_rewrite r
    join pg_class c on c.oid = r.ev_class
    join pg_namespace n on n.oid = c.relnamespace
   where r.rulename <> '_RETURN' and ${userRelation}`;

const policies = `
  select 'policy' as kind, ${relationName} || '.' || quote_ident(p.polname) as name, ${ofRelation} as of, null as owner,
         null::text[] as grants,
         json_build_array(p.polcmd, p.polpermissive,
                          (select json_agg(case r when 0 then 'PUBLIC' else pg_get_userbyid(r) end order by 1)
                             from unnest(p.polroles) as r)) as facts,
         array[pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)] as sql
    from pg_policy p
    join pg_class c on c.oid = p.polrelid
    join pg_namespace n on n.oid = c.relnamespace
   where ${userRelation}`;

const statistics = `
  select 'statistics' as kind, ${qualified('sn.nspname', 's.stxname')} as name, ${ofRelation} as of,
         pg_get_userbyid(s.stxowner) as owner, null::text[] as grants, null::json as facts,
         array[pg_get_statisticsobjdef(s.oid)] as sql
    from pg_statistic_ext s
    join pg_namespace sn on sn.oid = s.stxnamespace
    join pg_class c on c.oid = s.stxrelid
    join pg_namespace n on n.oid = c.relnamespace
   where ${userRelation}`;

export const relationQueries = [
  schemas,
  relations,
  columns,
  columnOrders,
  constraints,
  indexes,
  triggers,
  rules,
  policies,
  statistics,
] as const;
