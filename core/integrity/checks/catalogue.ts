import type { Connection } from '../connection.ts';
import type { DatabaseFingerprint, Unseen } from '../fingerprint.ts';
import { fingerprintDatabase } from '../fingerprint-database.ts';
import { named } from '../names.ts';
import { describeTables, type ListedTable } from '../tables.ts';

export interface Catalogue {
  /** Without tables. Those that nobody could read are in `unseen`. */
  readonly fingerprint: DatabaseFingerprint;
  /** Those that can be read. */
  readonly tables: readonly ListedTable[];
}

/** Everything of a database but the rows of its tables: inside a transaction, as `fingerprintDatabase` needs it. */
export async function readCatalogue(connection: Connection): Promise<Catalogue> {
  // No table is locked: this also reads production.
  const frame = await fingerprintDatabase(connection, { tables: () => false });
  const listed = await describeTables(connection, {});
  const obstructed = listed.flatMap(({ schema, name, obstacle }): Unseen[] =>
    obstacle ? [{ kind: 'table', name: named(schema, name), why: obstacle.why, text: obstacle.text }] : [],
  );
  const others = frame.unseen.filter(({ why }) => why !== 'excluded');
  return {
    fingerprint: { ...frame, unseen: [...obstructed, ...others] },
    tables: listed.filter(({ obstacle }) => !obstacle),
  };
}
