import { FukugenError } from '../errors.ts';
import { type Connection, row, rows } from './connection.ts';

/**
 * Begins the transaction that a fingerprint is taken in and exports its snapshot, so that `pg_dump --snapshot=<name>` sees the very
 * same rows. The name is good until the transaction ends; end it with COMMIT or ROLLBACK.
 *
 * Sequences do not follow snapshots: read the fingerprint's before pg_dump starts (see `FingerprintOptions.onSequencesRead`).
 */
export async function openSnapshot(connection: Connection): Promise<string> {
  await connection.query('begin transaction isolation level repeatable read read only');
  // pg_dump may need hours while this session has nothing to do.
  await pinSettings(connection);
  const { snapshot } = await row<{ snapshot: string }>(connection, 'select pg_export_snapshot() as snapshot');
  return snapshot;
}

/** What the text and binary form of a value, or what a session may see, depends on. The value is the same on every server compared. */
const pins: Readonly<Record<string, string>> = {
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  // 1 or more: the shortest digits that read back as the same number, since 12.
  extra_float_digits: '3',
  bytea_output: 'hex',
  xmlbinary: 'base64',
  xmloption: 'content',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
  standard_conforming_strings: 'on',
  default_text_search_config: 'pg_catalog.simple',
  // Which words are reserved changes with the major; quoting all of them does not.
  quote_all_identifiers: 'on',
  // An error instead of the rows that a policy lets through.
  row_security: 'off',
  // A row is read from the table, not from an index that happens to hold all of its columns.
  enable_indexonlyscan: 'off',
  // Compiling costs more than it saves on two lanes of sums.
  jit: 'off',
  idle_in_transaction_session_timeout: '0',
  // Since 17.
  transaction_timeout: '0',
  // Behind somebody's ALTER TABLE: long enough to get over it, short enough not to hold up a backup for ever.
  lock_timeout: '30s',
};

interface Pinned {
  readonly isolation: string;
  readonly inTransaction: boolean;
}

/**
 * Sets, until the transaction ends, all that a fingerprint must not depend on.
 *
 * @throws FukugenError `usage` outside a REPEATABLE READ (or SERIALIZABLE) transaction: two tables would then be read at two moments
 */
export async function pinSettings(connection: Connection): Promise<void> {
  // First of all: the rest takes a few milliseconds, and no function or operator of the user's own shall stand in for a built-in one.
  await connection.query(`set local statement_timeout = 0; set local search_path = ''`);
  await rows(
    connection,
    `select set_config(pin.name, pin.value, true)
       from unnest($1::text[], $2::text[]) as pin (name, value)
      where pin.name in (select lower(name) from pg_settings)`,
    [Object.keys(pins), Object.values(pins)],
  );
  // In a database of unknown encoding (SQL_ASCII) nothing can be converted: bytes are taken as they are.
  await rows(
    connection,
    `select set_config('client_encoding',
              case current_setting('server_encoding') when 'SQL_ASCII' then 'SQL_ASCII' else 'UTF8' end, true),
            case when current_setting('server_encoding') <> 'UTF8'
                 -- A parallel worker ignores client_encoding and would hash bytes of the server's encoding.
                 then set_config('max_parallel_workers_per_gather', '0', true) end`,
  );
  const pinned = await row<Pinned>(
    connection,
    `select current_setting('transaction_isolation') as isolation,
            current_setting('row_security') = 'off'
              and current_setting('quote_all_identifiers') = 'on' as "inTransaction"`,
  );
  if (!pinned.inTransaction || !['repeatable read', 'serializable'].includes(pinned.isolation)) {
    throw new FukugenError('usage', 'a fingerprint is taken in one REPEATABLE READ transaction, and this is none', {
      next: 'call openSnapshot on the connection first',
    });
  }
}
