import { type Connection, refusal } from './connection.ts';

/** lock_not_available: somebody held it for longer than lock_timeout. */
export const lockTimeout = '55P03';

/** SQLSTATEs that end the whole reading: cancelled, shut down, connection lost, no transaction. Anything else concerns one object. */
export function isFatal(code: string): boolean {
  return code === '' || /^(57|08|25)/.test(code);
}

/**
 * Runs a read that may fail without losing the transaction, and gives back the locks it took: the planner locks every index of a table
 * until the end, and five thousand tables would run the server out of lock space. Nothing is written, so nothing is undone.
 */
export async function attempt<T>(
  connection: Connection,
  read: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly refused: ReturnType<typeof refusal> }> {
  await connection.query('savepoint fukugen');
  let outcome: { readonly value: T } | { readonly refused: ReturnType<typeof refusal> };
  try {
    outcome = { value: await read() };
  } catch (error) {
    const refused = refusal(error);
    if (isFatal(refused.code)) throw error;
    outcome = { refused };
  }
  await connection.query('rollback to savepoint fukugen; release savepoint fukugen');
  return outcome;
}
