import type { SqliteFingerprint, SqlitePragmas } from './fingerprint.ts';

/** One way in which a database is not what was recorded. */
export interface SqliteDifference {
  readonly kind: 'pragma' | 'schema' | 'table';
  readonly name: string;
  readonly text: string;
}

const pragmaNames: Readonly<Record<keyof SqlitePragmas, string>> = {
  userVersion: 'user_version',
  applicationId: 'application_id',
  encoding: 'encoding',
  pageSize: 'page_size',
  autoVacuum: 'auto_vacuum',
};

/** Names every difference; none means that every row of every table is the same. */
export function compareSqlite(recorded: SqliteFingerprint, found: SqliteFingerprint): SqliteDifference[] {
  return [...pragmas(recorded, found), ...schema(recorded, found), ...tables(recorded, found)];
}

function pragmas(recorded: SqliteFingerprint, found: SqliteFingerprint): SqliteDifference[] {
  return (Object.keys(pragmaNames) as (keyof SqlitePragmas)[])
    .filter((key) => recorded.pragmas[key] !== found.pragmas[key])
    .map((key) => ({
      kind: 'pragma',
      name: pragmaNames[key],
      text: `was ${recorded.pragmas[key]}, is ${found.pragmas[key]}`,
    }));
}

function schema(recorded: SqliteFingerprint, found: SqliteFingerprint): SqliteDifference[] {
  const label = ({ kind, name }: { readonly kind: string; readonly name: string }) => `${kind} ${name}`;
  const before = new Map(recorded.schema.objects.map((object) => [label(object), object.digest]));
  const after = new Map(found.schema.objects.map((object) => [label(object), object.digest]));
  return changes(before, after).map(([name, text]) => ({
    kind: 'schema',
    name,
    text: text ?? 'is defined differently',
  }));
}

function tables(recorded: SqliteFingerprint, found: SqliteFingerprint): SqliteDifference[] {
  const before = new Map(recorded.tables.map((table) => [table.name, table]));
  const after = new Map(found.tables.map((table) => [table.name, table]));
  const contents = (all: typeof before) =>
    new Map([...all].map(([name, { rows, content }]) => [name, `${rows} ${content}`] as const));
  return changes(contents(before), contents(after)).map(([name, text]) => {
    const [was, is] = [before.get(name)?.rows, after.get(name)?.rows];
    const rows = was === is ? `${was} rows as recorded, but not the same content` : `had ${was} rows, has ${is}`;
    return { kind: 'table', name, text: text ?? rows };
  });
}

/** Names with what happened to them; `undefined` where both have it, but not the same. */
function changes(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): (readonly [string, string | undefined])[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map(
      (name) => [name, !after.has(name) ? 'is missing' : before.has(name) ? undefined : 'was not recorded'] as const,
    );
}
