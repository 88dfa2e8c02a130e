import type { Connection } from './connection.ts';
import { readDatabase, readServer } from './database.ts';
import { readExtensions } from './extensions.ts';
import type { DatabaseFingerprint } from './fingerprint.ts';
import { readLargeObjects } from './large-objects.ts';
import { readRoles } from './roles.ts';
import { readSchema } from './schema/schema.ts';
import { readSequences } from './sequences.ts';
import { pinSettings } from './snapshot.ts';
import { listTables, readTables, type TablesOptions } from './tables.ts';

export interface FingerprintOptions extends TablesOptions {
  /**
   * Sequences, which do not follow snapshots, have been read: pg_dump may start and run beside the rest.
   * It then dumps them where they were recorded, or further on.
   */
  readonly onSequencesRead?: () => void;
}

/**
 * Reads the whole database through one connection, inside the transaction that `openSnapshot` began. It writes nothing, and one table
 * that cannot be read ends up in `unseen` instead of breaking the transaction.
 *
 * A cancelled signal takes effect between two tables; to stop within one, close the connection.
 *
 * @throws FukugenError `usage` outside such a transaction, `cancelled` by the signal
 */
export async function fingerprintDatabase(
  connection: Connection,
  options: FingerprintOptions = {},
): Promise<DatabaseFingerprint> {
  await pinSettings(connection);
  const { takenAt, ...server } = await readServer(connection);
  const { sequences, unseen: unseenSequences } = await readSequences(connection);
  options.onSequencesRead?.();
  const listed = await listTables(connection, options);
  const database = await readDatabase(connection, server.major);
  const extensions = await readExtensions(connection);
  const schema = await readSchema(connection, server.major);
  const roles = await readRoles(connection);
  const { largeObjects, unseen: unseenObjects } = await readLargeObjects(connection);
  const { tables, unseen: unseenTables } = await readTables(connection, listed, options);
  return {
    format: 1,
    takenAt,
    server,
    database,
    extensions,
    schema,
    tables,
    sequences,
    largeObjects,
    roles,
    unseen: [...unseenTables, ...unseenSequences, ...unseenObjects],
  };
}
