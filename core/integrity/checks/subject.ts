import { type Connection, refusal, rows } from '../connection.ts';
import type { CheckSettings } from './settings.ts';

/** What a check looks at, and until when. */
export interface Subject {
  readonly connection: Connection;
  readonly database: string;
  readonly settings: CheckSettings;
  /** Milliseconds since 1970: a statement that still runs then is cancelled. */
  readonly deadline: number;
}

/** The deadline came first: what was being looked at, and all after it, is not covered. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
  constructor(options?: ErrorOptions) {
    super('the time was over', options);
  }
}

/** SQLSTATE of a statement that statement_timeout cancelled. */
const cancelled = '57014';

/** The server ends what is still running at the deadline: a clock on this side could only stop listening. */
async function limit({ connection, deadline }: Subject): Promise<void> {
  const left = Math.floor(deadline - Date.now());
  if (left < 1) throw new OutOfTime();
  await connection.query(`set statement_timeout = ${left}`);
}

/**
 * Rows of a query, by the deadline.
 *
 * @throws OutOfTime, and what the server refuses
 */
export async function ask<Row>(subject: Subject, text: string, values?: unknown[]): Promise<readonly Row[]> {
  await limit(subject);
  return rows<Row>(subject.connection, text, values).catch((cause) => {
    throw refusal(cause).code === cancelled ? new OutOfTime({ cause }) : cause;
  });
}

/** The same connection, each of whose statements ends at the deadline; for code that knows nothing of one. */
export function timeBoxed(subject: Subject): Connection {
  const isFree = /^\s*(begin|commit|rollback|savepoint|release|set)\b/i;
  return {
    query: async (text, values) =>
      isFree.test(text) ? subject.connection.query(text, values) : { rows: await ask(subject, text, values) },
  };
}

/**
 * Everything inside sees one moment and can write nothing. Ends with a rollback, whatever happened.
 */
export async function readOnly<T>({ connection }: Subject, read: () => Promise<T>): Promise<T> {
  await connection.query('begin transaction isolation level repeatable read read only');
  try {
    return await read();
  } finally {
    // Fails only with the connection itself, whose own error is then the one to tell.
    await connection.query('rollback').catch(() => {});
  }
}
