import { type Connection, rows } from './connection.ts';
import type { ExtensionFingerprint } from './fingerprint.ts';

export async function readExtensions(connection: Connection): Promise<readonly ExtensionFingerprint[]> {
  return rows<ExtensionFingerprint>(
    connection,
    `select e.extname as name, e.extversion as version, n.nspname as schema
       from pg_extension e join pg_namespace n on n.oid = e.extnamespace
      order by e.extname collate "C"`,
  );
}
