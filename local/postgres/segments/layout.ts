import { join } from 'node:path';
import type { Segment } from './splitter.ts';

/** Where things lie inside a dump. */
export const dumpLayout = {
  /** Everything but rows: a custom-format archive, for pg_restore. */
  schema: 'schema.dump',
  /** Rows, sequences and large objects: plain SQL in order of the names, for psql. */
  data: 'data',
  readme: 'README.txt',
} as const;

export const readme = `A PostgreSQL database, to be restored without fukugen:

  createdb --template=template0 restored
  pg_restore --exit-on-error --section=pre-data --dbname=restored schema.dump
  zstd -dc data/*/*.zst | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=restored
  pg_restore --exit-on-error --section=post-data --jobs=2 --dbname=restored schema.dump

One table: zstd -dc data/*-table-public.orders/*.zst | psql ...
Where there are more files than one command line takes: find data -name '*.zst' | sort | xargs zstd -dc | psql ...
Roles, and settings, grants and the comment of the database itself, are not in a dump: see settings.json and fingerprint.json.
`;

const digits = 6;
const hashDigits = 32;

/** `data/000003-table-public.orders/000001-<hash of its text>.sql.zst`: names sort as the dump goes on. */
export function pathOf({ part, kind, name, number, sha256 }: Segment): string {
  const padded = (value: number) => String(value).padStart(digits, '0');
  // A name for people only: what files cannot be called is left out.
  const label = [...name.replace(/[^\p{L}\p{N}._-]+/gu, '')].slice(0, 50).join('');
  const folder = [padded(part), kind, ...(label ? [label] : [])].join('-');
  return join(dumpLayout.data, folder, `${padded(number)}-${sha256.slice(0, hashDigits)}.sql.zst`);
}

/** Of a stored segment's path; `undefined` for any other file. */
export function hashIn(path: string): string | undefined {
  return /\/\d{6}-([0-9a-f]{32})\.sql\.zst$/.exec(path)?.[1];
}

export function shortHash({ sha256 }: Pick<Segment, 'sha256'>): string {
  return sha256.slice(0, hashDigits);
}

export function kindIn(folder: string): Segment['kind'] {
  return (/^\d{6}-(table|large-objects)/.exec(folder)?.[1] as Segment['kind'] | undefined) ?? 'statements';
}
