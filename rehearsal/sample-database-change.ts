import pg from 'pg';
import { FukugenError } from '../core/errors.ts';

/** One value of a database that is no longer what it was. */
export interface ChangedValue {
  readonly table: string;
  readonly column: string;
  /** The row's primary key. */
  readonly key: string;
  /** Of equal length, different in one byte. */
  readonly before: string;
  readonly after: string;
}

/**
 * Changes one digit in one comment of a sample database, so that whatever says "identical" afterwards does not look. Row counts
 * and sizes stay, and no trigger, index or generated column passes the change on. Calling it again changes it back.
 *
 * @throws FukugenError `source` when there is no such comment
 */
export async function changeOneByte(connection: pg.ClientConfig): Promise<ChangedValue> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
    // In the middle of the table: neither a look at the first rows nor one at the newest finds it.
    const found = await client.query<{ key: string; before: string }>(
      `SELECT comment_id::text AS key, body AS before FROM content.comments WHERE body ~ '[0-9]' ORDER BY comment_id
       OFFSET (SELECT count(*) / 2 FROM content.comments WHERE body ~ '[0-9]') LIMIT 1`,
    );
    const [row] = found.rows;
    if (row === undefined) throw new FukugenError('source', 'the sample database has no comment to change');
    const { key, before } = row;
    // The lowest bit of a digit: 2 and 3, 8 and 9 change places.
    const after = before.replace(/[0-9]/, (digit) => String.fromCharCode(digit.charCodeAt(0) ^ 1));
    await client.query('UPDATE content.comments SET body = $2 WHERE comment_id = $1', [key, after]);
    return { table: 'content.comments', column: 'body', key, before, after };
  } finally {
    await client.end().catch(() => {});
  }
}
