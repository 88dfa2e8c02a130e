import { type Connection, row, rows } from './connection.ts';
import { digestOf } from './digest.ts';
import type { CollationProperties, DatabaseFingerprint, DatabaseProperties, Setting } from './fingerprint.ts';
import { grantsSql } from './grants.ts';
import { unquoted } from './names.ts';

const serverQuery = `
  select current_setting('server_version') as version,
         current_setting('server_version_num')::int / 10000 as major,
         to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "takenAt"`;

type Server = DatabaseFingerprint['server'] & Pick<DatabaseFingerprint, 'takenAt'>;

export async function readServer(connection: Connection): Promise<Server> {
  return row<Server>(connection, serverQuery);
}

type DatabaseRow = Omit<DatabaseProperties, 'collation' | 'settings'> &
  Omit<CollationProperties, 'provider'> & { readonly provider: 'c' | 'i' | 'b' };

/**
 * pg_database gained and renamed columns (provider and recorded version in 15, daticulocale until 16, datlocale since 17), so its row
 * is read as JSON. Before 15 every database was libc's, and the library's version is that of a built-in collation with the same locale.
 */
const databaseQuery = (major: number) => `
  select d.datname as name, pg_get_userbyid(d.datdba) as owner, pg_encoding_to_char(d.encoding) as encoding,
         d.datcollate as "collate", d.datctype as ctype,
         coalesce(j.d ->> 'datlocprovider', 'c') as provider,
         coalesce(j.d ->> 'datlocale', j.d ->> 'daticulocale') as locale,
         j.d ->> 'daticurules' as rules,
         j.d ->> 'datcollversion' as "recordedVersion",
         ${
           major >= 15
             ? 'pg_database_collation_actual_version(d.oid)'
             : `(select pg_collation_actual_version(c.oid) from pg_collation c
                  where c.collcollate = d.datcollate and c.collprovider = 'c' and c.collnamespace = 'pg_catalog'::regnamespace
                  order by c.oid limit 1)`
         } as "actualVersion",
         coalesce(${grantsSql('d.datacl', `'d'`, 'd.datdba')}, '{}') as grants,
         shobj_description(d.oid, 'pg_database') as comment,
         d.datconnlimit as "connectionLimit"
    from pg_database d cross join lateral (select to_jsonb(d) as d) j
   where d.datname = current_database()`;

const settingsQuery = `
  select r.rolname as role, split_part(setting, '=', 1) as name, substr(setting, strpos(setting, '=') + 1) as value
    from pg_db_role_setting s
    join pg_database d on d.oid = s.setdatabase and d.datname = current_database()
    left join pg_roles r on r.oid = s.setrole
   cross join unnest(s.setconfig) as setting
   order by r.rolname collate "C" nulls first, setting collate "C"`;

const providers = { c: 'libc', i: 'icu', b: 'builtin' } as const;

export async function readDatabase(connection: Connection, major: number): Promise<DatabaseProperties> {
  const { name, owner, encoding, grants, comment, connectionLimit, provider, ...collation } = await row<DatabaseRow>(
    connection,
    databaseQuery(major),
  );
  const settings = (await rows<Setting>(connection, settingsQuery)).map(discreet);
  return {
    name,
    owner,
    encoding,
    collation: { provider: providers[provider], ...collation },
    settings,
    grants: grants.map(unquoted),
    comment,
    connectionLimit,
  };
}

/** A parameter with a dot in its name is an application's or an extension's own, and some of those hold keys. */
export function discreet(setting: Setting): Setting {
  return setting.name.includes('.') ? { ...setting, value: `sha256:${digestOf(setting.value)}` } : setting;
}
