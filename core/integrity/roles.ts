import { type Connection, rows } from './connection.ts';
import { discreet } from './database.ts';
import type { RoleFingerprint, Setting } from './fingerprint.ts';

/**
 * pg_shdepend holds who owns, was granted or is named by what (https://www.postgresql.org/docs/current/catalog-pg-shdepend.html), except
 * for the bootstrap superuser, which cannot be dropped: it counts when it owns something that was not there from the start (OID 16384 on).
 * Attributes come from pg_roles, which shows no password to anybody.
 */
const referencedRoles = `
  with here as (select oid, datdba from pg_database where datname = current_database()),
  referenced as (
    select s.refobjid as oid from pg_shdepend s, here
     where s.refclassid = 'pg_authid'::regclass
       and (s.dbid = here.oid or (s.dbid = 0 and s.classid = 'pg_database'::regclass and s.objid = here.oid))
    union select datdba from here
    union select setrole from pg_db_role_setting s, here where s.setdatabase = here.oid and s.setrole <> 0
    union select relowner from pg_class where oid >= 16384
    union select proowner from pg_proc where oid >= 16384
    union select typowner from pg_type where oid >= 16384
    union select nspowner from pg_namespace where oid >= 16384
  )
  select r.rolname as name,
         array_remove(array[
           case when rolbypassrls then 'bypassrls' end, case when rolcreatedb then 'createdb' end,
           case when rolcreaterole then 'createrole' end, case when rolinherit then 'inherit' end,
           case when rolcanlogin then 'login' end, case when rolreplication then 'replication' end,
           case when rolsuper then 'superuser' end], null) as attributes,
         r.rolconnlimit as "connectionLimit",
         coalesce((select array_agg(distinct g.rolname::text order by g.rolname::text)
                     from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid), '{}') as "memberOf",
         coalesce((select json_agg(json_build_object('role', null, 'name', split_part(s, '=', 1),
                                                     'value', substr(s, strpos(s, '=') + 1)) order by s)
                     from pg_db_role_setting g, unnest(g.setconfig) s
                    where g.setdatabase = 0 and g.setrole = r.oid), '[]') as settings
    from pg_roles r
   where r.oid in (select oid from referenced)
   order by r.rolname collate "C"`;

export async function readRoles(connection: Connection): Promise<readonly RoleFingerprint[]> {
  const found = await rows<RoleFingerprint>(connection, referencedRoles);
  return found.map((role) => ({ ...role, settings: role.settings.map((setting: Setting) => discreet(setting)) }));
}
