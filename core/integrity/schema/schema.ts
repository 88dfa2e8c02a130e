import { FukugenError } from '../../errors.ts';
import { type Connection, refusal } from '../connection.ts';
import { digestOf } from '../digest.ts';
import type { SchemaFingerprint, SchemaObject } from '../fingerprint.ts';
import { lockTimeout } from '../savepoint.ts';
import { readCatalog } from './catalog.ts';
import { otherQueries } from './others.ts';
import { relationQueries } from './relations.ts';
import { routineQueries } from './routines.ts';
import { typeQueries } from './types.ts';

/**
 * Everything that DDL made in this database, in about thirty queries however many objects there are.
 *
 * Blind to what a dump does not carry or a restore makes up: physical storage (tablespaces, fill of pages, TOAST, statistics targets),
 * who granted a privilege, names of NOT NULL constraints (18), options of user mappings, values of options that look like secrets, and
 * what `normaliseSql` drops.
 */
export async function readSchema(connection: Connection, major: number): Promise<SchemaFingerprint> {
  const objects: SchemaObject[] = [];
  for (const query of [...relationQueries, ...routineQueries, ...typeQueries, ...otherQueries(major)]) {
    objects.push(...(await readCatalog(connection, query).catch(explained)));
  }
  objects.sort((a, b) => order(a.kind, b.kind) || order(a.name, b.name));
  return { digest: digestOf(JSON.stringify(objects)), objects };
}

/** The server locks the tables of a view while it prints the view. pg_dump, which prints them too, would wait for ever. */
function explained(cause: unknown): never {
  if (refusal(cause).code !== lockTimeout) throw cause;
  throw new FukugenError('source', 'a view could not be read, because another session has one of its tables locked', {
    cause,
    next: 'run it again when that session is done; select pid, state, query from pg_stat_activity shows who it is',
  });
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
