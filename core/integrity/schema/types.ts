import { grantsSql } from '../grants.ts';
import { notOfExtension, qualified, userSchema } from './catalog.ts';

const typeName = qualified('n.nspname', 't.typname');
const userType = `${userSchema('n.nspname')} and ${notOfExtension('pg_type', 't.oid')}`;

/** Without those that come by themselves: array types, multiranges, row types of tables. */
const types = `
  select 'type' as kind, ${typeName} as name, null as of, pg_get_userbyid(t.typowner) as owner,
         ${grantsSql('t.typacl', `'T'`, 't.typowner')} as grants,
         json_build_array(
           t.typtype,
           (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
           (select json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), nullif(a.attcollation, 0)::regcollation)
                            order by a.attnum)
              from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped),
           (select json_build_array(r.rngsubtype::regtype, nullif(r.rngcollation, 0)::regcollation,
                                    (select opcname from pg_opclass o where o.oid = r.rngsubopc), r.rngcanonical, r.rngsubdiff)
              from pg_range r where r.rngtypid = t.oid),
           case t.typtype when 'd' then json_build_array(format_type(t.typbasetype, t.typtypmod), t.typnotnull,
                                                         nullif(t.typcollation, 0)::regcollation) end,
           case t.typtype when 'b' then json_build_array(t.typinput, t.typoutput, t.typreceive, t.typsend, t.typlen, t.typbyval,
                                                         t.typalign, t.typcategory, t.typispreferred, t.typdelim) end
         ) as facts,
         array[case when t.typdefaultbin is not null then pg_get_expr(t.typdefaultbin, 0) else t.typdefault end] as sql
    from pg_type t
    join pg_namespace n on n.oid = t.typnamespace
    left join pg_class c on c.oid = t.typrelid
   where (c.oid is null or c.relkind = 'c') and t.typtype not in ('m', 'p')
     and not exists (select from pg_type element where element.oid = t.typelem and element.typarray = t.oid) and ${userType}`;

const domainConstraints = `
  select 'constraint' as kind, ${typeName} || '.' || quote_ident(k.conname) as name, 'type ' || ${typeName} as of, null as owner,
         null::text[] as grants, null::json as facts, array[pg_get_constraintdef(k.oid)] as sql
    from pg_constraint k
    join pg_type t on t.oid = k.contypid
    join pg_namespace n on n.oid = t.typnamespace
   where k.contype = 'c' and ${userType}`;

/** Without the version of the library, which belongs to a machine. */
const collations = `
  select 'collation' as kind, ${qualified('n.nspname', 'c.collname')} as name, null as of, pg_get_userbyid(c.collowner) as owner,
         null::text[] as grants,
         json_build_array(c.collprovider, c.collisdeterministic, c.collcollate, c.collctype,
                          coalesce(j.c ->> 'colllocale', j.c ->> 'colliculocale'), j.c ->> 'collicurules') as facts,
         null::text[] as sql
    from pg_collation c
    join pg_namespace n on n.oid = c.collnamespace
   cross join lateral (select to_jsonb(c) as c) j
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_collation', 'c.oid')}`;

const conversions = `
  select 'conversion' as kind, ${qualified('n.nspname', 'c.conname')} as name, null as of, pg_get_userbyid(c.conowner) as owner,
         null::text[] as grants,
         json_build_array(c.conforencoding, c.contoencoding, c.conproc, c.condefault) as facts, null::text[] as sql
    from pg_conversion c
    join pg_namespace n on n.oid = c.connamespace
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_conversion', 'c.oid')}`;

export const typeQueries = [types, domainConstraints, collations, conversions] as const;
