import { ask, type Subject } from '../../core/integrity/checks/subject.ts';
import { refusal } from '../../core/integrity/connection.ts';
import { withDatabase } from './connect.ts';
import type { CheckerConnection } from './messages.ts';

export interface ServerDatabase {
  readonly name: string;
  readonly bytes: number;
  readonly isOpen: boolean;
}

/** SQLSTATE of a database that is not there. */
const noSuchDatabase = '3D000';

/** In the database that RDS makes, or where somebody dropped it in the one that new ones are copied from. */
export async function withServer<T>(
  connection: CheckerConnection,
  deadline: number,
  use: (client: Subject['connection'], database: string) => Promise<T>,
): Promise<T> {
  try {
    return await withDatabase(connection, 'postgres', deadline, (client) => use(client, 'postgres'));
  } catch (error) {
    if (refusal(error).code !== noSuchDatabase) throw error;
    return withDatabase(connection, 'template1', deadline, (client) => use(client, 'template1'));
  }
}

/** All of the server's but templates, and but `rdsadmin`, which is RDS's own and lets nobody in. */
export async function listDatabases(subject: Subject): Promise<readonly ServerDatabase[]> {
  const found = await ask<{ readonly name: string; readonly bytes: string; readonly isOpen: boolean }>(
    subject,
    `select datname as name, datallowconn as "isOpen",
            case when has_database_privilege(oid, 'connect') or pg_has_role('pg_read_all_stats', 'usage')
                 then pg_database_size(oid) else 0 end::text as bytes
       from pg_database where not datistemplate and datname <> 'rdsadmin' order by datname collate "C"`,
  );
  return found.map(({ bytes, ...database }) => ({ ...database, bytes: Number(bytes) }));
}
