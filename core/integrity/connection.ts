/**
 * What this folder needs of a PostgreSQL connection: the `query` of `pg`'s Client is one.
 * The caller opens it and closes it; nothing here knows a host or a password.
 */
export interface Connection {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Rows of a query whose columns the caller knows, because it wrote them. */
export async function rows<Row>(connection: Connection, text: string, values?: unknown[]): Promise<readonly Row[]> {
  return (await connection.query(text, values)).rows as readonly Row[];
}

/** The only row of a query that always returns one. */
export async function row<Row>(connection: Connection, text: string, values?: unknown[]): Promise<Row> {
  return (await rows<Row>(connection, text, values))[0] as Row;
}

/** What the server said, and its SQLSTATE, which unlike the sentence is the same in every language. */
export function refusal(error: unknown): { readonly code: string; readonly text: string } {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return { code: typeof code === 'string' ? code : '', text: String(message ?? error) };
}
