import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { FukugenError } from '../core/errors.ts';

/** Somebody at work in a sample database. */
export interface SampleWriter {
  /** Resolves when it writes no more, for whatever reason. */
  readonly ended: Promise<void>;
  /**
   * Waits for the transaction under way and ends. May be called again.
   *
   * @returns how many transactions were committed, and when the last of them was, by the server's clock
   * @throws FukugenError `source` when the database refused a row while it was there: the sample and its writer disagree
   */
  stop(): Promise<{ readonly written: number; readonly lastCommittedAt: Date }>;
}

/** Milliseconds between two transactions: fast enough that seconds lost can be told by rows lost, slow enough to cost nothing. */
const pause = 150;

/** An order with its items, payment, stock and event, as one transaction; its heartbeat last, so that `at` is close to the commit. */
const placeOrder = `
WITH customer AS (
  SELECT user_id, account_id FROM shop.users ORDER BY user_id OFFSET $1::int % (SELECT count(*) FROM shop.users) LIMIT 1
), item AS (
  SELECT product_id, row_number() OVER (ORDER BY product_id) AS line_no, round(price) AS price
  FROM shop.products WHERE product_id % 97 = $1::int % 97 ORDER BY product_id LIMIT 3
), placed AS (
  INSERT INTO shop.orders (account_id, user_id, status, total, ship_to, note)
  SELECT account_id, user_id, 'paid', (SELECT coalesce(sum(price), 0) FROM item), ROW('100-0001', '東京都', '千代田区', '1丁目')::shop.address, 'リハーサル ' || $1
  FROM customer RETURNING order_id, account_id, user_id, total
), lines AS (
  INSERT INTO shop.order_items SELECT order_id, line_no, product_id, 1, price FROM placed, item
), paid AS (
  INSERT INTO billing.payments (order_id, method, amount, status) SELECT order_id, 'card', total, 'captured' FROM placed
), taken AS (
  UPDATE shop.stock s SET quantity = quantity - 1 FROM item WHERE s.product_id = item.product_id AND s.warehouse_id = 1 AND s.quantity > 0
)
INSERT INTO analytics.events (occurred_at, account_id, user_id, kind, payload)
SELECT clock_timestamp(), account_id, user_id, 'checkout', jsonb_build_object('order', order_id, 'yen', total) FROM placed`;

/**
 * Goes on placing orders in a sample database, several a second, until it is stopped or the database or its server disappears,
 * neither of which is an error. Resolves once the first order is committed.
 *
 * @throws FukugenError `source` when the first order cannot be placed
 */
export async function keepWriting(connection: pg.ClientConfig): Promise<SampleWriter> {
  const client = new pg.Client(connection);
  let gone = false;
  // What disappears under an idle client is told by an event alone; unheard, that would end this process too.
  client.on('error', () => {
    gone = true;
  });
  let written = 0;
  let lastCommittedAt: Date;
  const write = async () => {
    await client.query('BEGIN');
    await client.query(placeOrder, [written + 1]);
    const heartbeat = await client.query<{ at: Date }>('INSERT INTO shop.heartbeats DEFAULT VALUES RETURNING at');
    await client.query('COMMIT');
    written += 1;
    return heartbeat.rows[0]?.at as Date;
  };
  try {
    await client.connect();
    lastCommittedAt = await write();
  } catch (cause) {
    await client.end().catch(() => {});
    throw refused(cause);
  }

  const stopping = new AbortController();
  const work = async (): Promise<unknown> => {
    try {
      while (!gone && !stopping.signal.aborted) {
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
        if (!stopping.signal.aborted) lastCommittedAt = await write();
      }
      return undefined;
    } catch (cause) {
      return gone || isGone(cause) ? undefined : cause;
    } finally {
      await client.end().catch(() => {});
    }
  };
  const working = work();
  return {
    ended: working.then(() => {}),
    async stop() {
      stopping.abort();
      const failure = await working;
      if (failure !== undefined) throw refused(failure);
      return { written, lastCommittedAt };
    },
  };
}

/**
 * The newest order's heartbeat that a database has, live or restored. The difference of two `sequence`s is the number of
 * transactions lost, that of two `at`s the time lost.
 *
 * @returns `undefined` when nobody has written there yet
 */
export async function lastHeartbeat(
  connection: pg.ClientConfig,
): Promise<{ readonly at: Date; readonly sequence: number } | undefined> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
    const last = await client.query<{ at: Date; sequence: string }>(
      'SELECT at, sequence FROM shop.heartbeats ORDER BY sequence DESC LIMIT 1',
    );
    const [row] = last.rows;
    return row && { at: row.at, sequence: Number(row.sequence) };
  } finally {
    await client.end().catch(() => {});
  }
}

/** Classes 08 and 57P: the connection is lost, the server stops. pg itself gives its own words for a closed socket. */
function isGone(cause: unknown): boolean {
  const { code = '', message = '' } = cause as { code?: string; message?: string };
  return /^(08|57P|ECONN|EPIPE|ENOENT)/.test(code) || /connection (terminated|error)|not queryable/i.test(message);
}

function refused(cause: unknown): FukugenError {
  return new FukugenError('source', `the sample database refused an order: ${(cause as Error).message}`, { cause });
}
