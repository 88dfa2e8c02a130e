import pg from 'pg';
import type { DatabaseFingerprint } from '../../core/integrity/index.ts';

const { escapeIdentifier: name, escapeLiteral: literal } = pg;

/**
 * The shell around a database's content: what `pg_dump` leaves out unless the restore may call the database by its old name.
 * https://www.postgresql.org/docs/current/app-pgdump.html (settings, grants and comment of the database come with --create only)
 */

/** A setting with its value; the fingerprint keeps only a hash of those that may hold a secret. */
export interface DatabaseSetting {
  /** `null`: for every role. */
  readonly role: string | null;
  readonly name: string;
  readonly value: string;
}

/** Reads the settings of the current database; to be called in the snapshot of its dump. */
export async function readSettings(client: pg.Client): Promise<DatabaseSetting[]> {
  const { rows } = await client.query<{ role: string | null; setting: string }>(
    `select case when s.setrole = 0 then null else pg_catalog.pg_get_userbyid(s.setrole) end as role, c.setting
       from pg_catalog.pg_db_role_setting s
       join pg_catalog.pg_database d on d.oid = s.setdatabase and d.datname = pg_catalog.current_database()
      cross join lateral pg_catalog.unnest(s.setconfig) as c (setting)
      order by 1 nulls first, 2`,
  );
  return rows.map(({ role, setting }) => {
    const equals = setting.indexOf('=');
    return { role, name: setting.slice(0, equals), value: setting.slice(equals + 1) };
  });
}

/**
 * CREATE DATABASE with the encoding and the collation that were recorded.
 *
 * @param locale - another one, where the machine lacks the recorded one
 */
export function creation(
  recorded: DatabaseFingerprint,
  database: string,
  serverMajor: number,
  locale?: string,
): string {
  const { encoding, collation } = recorded.database;
  const options = ['TEMPLATE template0', `ENCODING ${literal(encoding)}`];
  if (locale !== undefined) {
    options.push(`LC_COLLATE ${literal(locale)}`, `LC_CTYPE ${literal(locale)}`);
  } else {
    options.push(`LC_COLLATE ${literal(collation.collate)}`, `LC_CTYPE ${literal(collation.ctype)}`);
    // Providers came with 15, the built-in one with 17.
    if (serverMajor >= 15) options.push(`LOCALE_PROVIDER ${collation.provider}`);
    if (serverMajor >= 15 && collation.provider === 'icu' && collation.locale)
      options.push(`ICU_LOCALE ${literal(collation.locale)}`);
    if (serverMajor >= 17 && collation.provider === 'builtin' && collation.locale)
      options.push(`BUILTIN_LOCALE ${literal(collation.locale)}`);
  }
  return `CREATE DATABASE ${name(database)} ${options.join(' ')}`;
}

/** What brings owner, limit, comment, grants and settings back, under the database's present name. */
export function shellStatements(
  recorded: DatabaseFingerprint,
  settings: readonly DatabaseSetting[],
  database: string,
): string[] {
  const { owner, connectionLimit, comment, grants } = recorded.database;
  const target = name(database);
  return [
    `ALTER DATABASE ${target} OWNER TO ${name(owner)}`,
    `ALTER DATABASE ${target} CONNECTION LIMIT ${connectionLimit}`,
    ...(comment === null ? [] : [`COMMENT ON DATABASE ${target} IS ${literal(comment)}`]),
    ...grants.map((grant) => grantStatement(grant, target)),
    ...settings.map(({ role, name: setting, value }) => {
      const subject = role === null ? `DATABASE ${target}` : `ROLE ${name(role)} IN DATABASE ${target}`;
      return `ALTER ${subject} SET ${setting.split('.').map(name).join('.')} TO ${settingValue(setting, value)}`;
    }),
  ];
}

/** `+alice CONNECT WITH GRANT OPTION` or `-PUBLIC CONNECT`, as the fingerprint writes it. */
function grantStatement(grant: string, target: string): string {
  const match = /^([+-])((?:"(?:[^"]|"")*")|\S+) (.+?)( WITH GRANT OPTION)?$/.exec(grant);
  if (!match) throw new Error(`not a grant: ${grant}`);
  const [, sign, grantee, privilege, option] = match as unknown as [string, string, string, string, string | undefined];
  const role = grantee === 'PUBLIC' || grantee.startsWith('"') ? grantee : name(grantee);
  return sign === '+'
    ? `GRANT ${privilege} ON DATABASE ${target} TO ${role}${option ?? ''}`
    : `REVOKE ${privilege} ON DATABASE ${target} FROM ${role}`;
}

/** The settings whose stored form is a list of identifiers; one literal would be taken for one long name. */
const lists = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
]);

function settingValue(setting: string, value: string): string {
  if (!lists.has(setting.toLowerCase())) return literal(value);
  const items = [...value.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map((match) =>
    literal(match[1]?.replaceAll('""', '"') ?? (match[2] as string)),
  );
  return items.length > 0 ? items.join(', ') : `''`;
}

/** Roles that the server makes by itself. */
export function isPredefined(role: string): boolean {
  return role.startsWith('pg_');
}

/**
 * Roles as they were, without their passwords, which no backup of a database holds. All are made before any is granted to another.
 *
 * @param present - names of the roles that the server has
 */
export function roleStatements(roles: DatabaseFingerprint['roles'], present: ReadonlySet<string>): string[] {
  const known = new Set([...present, ...roles.map((role) => role.name)]);
  // A group that nothing in the database names: its name is all that was recorded of it.
  const groups = new Set(roles.flatMap((role) => role.memberOf).filter((group) => !known.has(group)));
  return [
    ...[...groups].map((group) => `CREATE ROLE ${name(group)}`),
    ...roles.map(({ name: role, attributes, connectionLimit }) => {
      const words = attributes.map((attribute) => attribute.toUpperCase()).join(' ');
      const inherit = attributes.includes('inherit') ? '' : ' NOINHERIT';
      return `CREATE ROLE ${name(role)} ${words}${inherit} CONNECTION LIMIT ${connectionLimit}`;
    }),
    ...roles.flatMap((role) => role.memberOf.map((group) => `GRANT ${name(group)} TO ${name(role.name)}`)),
  ];
}
