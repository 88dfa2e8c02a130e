import { type Connection, rows } from '../connection.ts';
import { digestOf } from '../digest.ts';
import type { SchemaObject } from '../fingerprint.ts';
import { named, unquoted } from '../names.ts';
import { normaliseSql } from './normalise.ts';

/** What each catalog query returns. */
export interface CatalogRow {
  readonly kind: string;
  /** Identifiers quoted by the server. */
  readonly name: string;
  readonly of: string | null;
  /** As the catalog has it. */
  readonly owner: string | null;
  readonly grants: readonly string[] | null;
  /** Properties that are no SQL. Types and names in it are quoted by the server. */
  readonly facts: unknown;
  /** Expressions and statements, deparsed by the server. */
  readonly sql: readonly (string | null)[] | null;
}

/** One query, in bulk: never one per object. */
export async function readCatalog(connection: Connection, query: string): Promise<SchemaObject[]> {
  return (await rows<CatalogRow>(connection, query)).map(({ kind, name, of, owner, grants, facts, sql }) => ({
    kind,
    name: unquoted(name),
    ...(of === null ? {} : { of: unquoted(of) }),
    digest: digestOf(JSON.stringify([facts, sql?.map((text) => text && normaliseSql(text)) ?? null])).slice(0, 32),
    ...(owner === null ? {} : { owner: named(owner) }),
    ...(grants === null || grants.length === 0 ? {} : { grants: grants.map(unquoted) }),
  }));
}

/** SQL for a schema-qualified name. */
export function qualified(schema: string, name: string): string {
  return `quote_ident(${schema}) || '.' || quote_ident(${name})`;
}

/** SQL condition: the object was not made by an extension, which would make it again by itself. */
export function notOfExtension(catalog: string, oid: string): string {
  return `not exists (select from pg_depend e
                       where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;
}

/** SQL condition: a schema whose objects are the user's. */
export function userSchema(name: string): string {
  return `${name} not in ('pg_catalog', 'information_schema') and ${name} !~ '^pg_(toast|temp)'`;
}

/** SQL: the kind of a relation, as `kind` calls it. A partition is a table here. */
export function relationKind(relation: string): string {
  return `case ${relation}.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
               when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence'
               when 'c' then 'type' else 'index' end`;
}

/** SQL: options as an ordered list, those that look like a secret without their value, which shall not leave the server. */
export function options(list: string): string {
  return `(select json_agg(case when split_part(o, '=', 1) ~* 'pass|secret|key|token|cred'
                                then split_part(o, '=', 1) else o end order by o) from unnest(${list}) as o)`;
}
