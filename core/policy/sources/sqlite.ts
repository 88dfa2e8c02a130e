import { z } from 'zod';
import { path } from '../fields.ts';
import { common } from './common.ts';

export const sqlite = z.strictObject({
  kind: z.literal('sqlite'),
  /** The database's main file; its -wal and -shm go with it. */
  path,
  /**
   * What a row means whose parent is missing: SQLite enforces foreign keys only where a program asks for it.
   * `fail`: the source fails. `report`: the backup is taken as it is, and the rows are named.
   */
  foreignKeys: z.enum(['fail', 'report']).default('fail'),
  ...common,
});
