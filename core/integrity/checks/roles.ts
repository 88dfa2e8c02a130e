import type { CheckFinding } from './check.ts';
import type { Check } from './look.ts';
import { ask } from './subject.ts';

interface Reference {
  readonly object: string;
  readonly role: string;
  readonly as: 'owner' | 'grantee';
}

/** Catalogs with an owner, and those with an access list. A role that is missing shows as its number. */
const owned = {
  pg_class: 'relowner',
  pg_proc: 'proowner',
  pg_type: 'typowner',
  pg_namespace: 'nspowner',
  pg_extension: 'extowner',
  pg_foreign_server: 'srvowner',
  pg_event_trigger: 'evtowner',
  pg_default_acl: 'defaclrole',
  pg_largeobject_metadata: 'lomowner',
} as const;
const granted = {
  pg_class: 'relacl',
  pg_proc: 'proacl',
  pg_type: 'typacl',
  pg_namespace: 'nspacl',
  pg_foreign_server: 'srvacl',
  pg_default_acl: 'defaclacl',
  pg_largeobject_metadata: 'lomacl',
} as const;

const described = (catalog: string) =>
  catalog === 'pg_largeobject_metadata'
    ? `'large object ' || o.oid`
    : `pg_describe_object('${catalog}'::regclass, o.oid, 0)`;

const dangling = [
  ...Object.entries(owned).map(
    ([catalog, owner]) => `
      select ${described(catalog)} as object, o.${owner}::text as role, 'owner' as as
        from ${catalog} o where not exists (select from pg_roles r where r.oid = o.${owner})`,
  ),
  ...Object.entries(granted).map(
    ([catalog, acl]) => `
      select ${described(catalog)}, a.grantee::text, 'grantee' from ${catalog} o, aclexplode(o.${acl}) a
       where a.grantee <> 0 and not exists (select from pg_roles r where r.oid = a.grantee)`,
  ),
  `select pg_describe_object('pg_class'::regclass, o.attrelid, o.attnum), a.grantee::text, 'grantee'
     from pg_attribute o, aclexplode(o.attacl) a
    where a.grantee <> 0 and not exists (select from pg_roles r where r.oid = a.grantee)`,
  `select 'database ' || o.datname, o.datdba::text, 'owner'
     from pg_database o where o.datname = current_database() and not exists (select from pg_roles r where r.oid = o.datdba)`,
  `select 'database ' || o.datname, a.grantee::text, 'grantee'
     from pg_database o, aclexplode(o.datacl) a
    where o.datname = current_database() and a.grantee <> 0 and not exists (select from pg_roles r where r.oid = a.grantee)`,
].join(' union all ');

/** Every role that something in the database belongs to or is granted to exists. */
export const roles: Check = {
  check: 'roles',
  async look(subject) {
    const found = await ask<Reference>(subject, `select * from (${dangling}) as reference order by object, role`);
    const findings = found.map(
      ({ object, role, as }): CheckFinding => ({
        object,
        text:
          as === 'owner'
            ? `belongs to role ${role}, which is not there`
            : `is granted to role ${role}, which is not there`,
      }),
    );
    return { findings, covered: 1, of: 1, notCovered: [], text: 'owners and grantees looked up' };
  },
};
