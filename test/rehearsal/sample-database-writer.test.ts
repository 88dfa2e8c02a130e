import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type ScratchServer, startScratchServer } from '../../local/postgres/scratch-server.ts';
import { buildSampleDatabase } from '../../rehearsal/sample-database.ts';
import { keepWriting, lastHeartbeat } from '../../rehearsal/sample-database-writer.ts';
import { eventually } from '../helpers/local-processes.ts';

let server: ScratchServer;

beforeAll(async () => {
  server = await startScratchServer();
  await buildSampleDatabase(server, 'sample', { bytes: 13_000_000 });
});

afterAll(() => server.stop());

async function execute(database: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(server.connection(database));
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A copy to write in. */
async function copy(name: string): Promise<pg.ClientConfig> {
  await execute('postgres', `CREATE DATABASE ${name} TEMPLATE sample`);
  return server.connection(name);
}

describe('given a writer at work', () => {
  it('when it is stopped, then the last heartbeat is the last thing it wrote', async () => {
    const connection = await copy('stopped');
    const writer = await keepWriting(connection);
    await eventually(
      () => lastHeartbeat(connection),
      (last) => Number(last?.sequence) >= 3,
    );
    const { written, lastCommittedAt } = await writer.stop();
    expect(await lastHeartbeat(connection)).toEqual({ at: lastCommittedAt, sequence: written });
  });

  it('when it is stopped, then each transaction has left a whole order', async () => {
    const connection = await copy('whole');
    const writer = await keepWriting(connection);
    const { written } = await writer.stop();
    const placed = await execute(
      'whole',
      `SELECT count(DISTINCT o.order_id)::int AS orders, count(*) FILTER (WHERE p.amount = o.total AND e.kind = 'checkout')::int AS paid
       FROM shop.orders o JOIN billing.payments p USING (order_id) JOIN analytics.events_default e ON e.payload ->> 'order' = o.order_id::text
       WHERE o.note LIKE 'リハーサル %' AND EXISTS (SELECT FROM shop.order_items i WHERE i.order_id = o.order_id)`,
    );
    expect(placed.rows).toEqual([{ orders: written, paid: written }]);
  });

  it('when its database is dropped, then it ends by itself and still tells what it wrote', async () => {
    const writer = await keepWriting(await copy('dropped'));
    await execute('postgres', 'DROP DATABASE dropped WITH (FORCE)');
    await writer.ended;
    const { written } = await writer.stop();
    expect(written).toBeGreaterThanOrEqual(1);
  });

  it('when a row is refused while the database is there, then stopping tells', async () => {
    const writer = await keepWriting(await copy('refusing'));
    await execute('refusing', 'DROP TABLE shop.heartbeats');
    await writer.ended;
    await expect(writer.stop()).rejects.toMatchObject({ code: 'source' });
  });
});

describe('given nobody at work', () => {
  it('when the last heartbeat is asked for, then there is none', async () => {
    expect(await lastHeartbeat(server.connection('sample'))).toBeUndefined();
  });

  it('when writing to a database that is not there begins, then it is refused', async () => {
    await expect(keepWriting(server.connection('absent'))).rejects.toMatchObject({ code: 'source' });
  });
});

describe('given a writer on a server of its own', () => {
  it('when the server ends, then the writer ends by itself', async () => {
    const other = await startScratchServer();
    await buildSampleDatabase(other, 'sample', { bytes: 12_000_000 });
    const writer = await keepWriting(other.connection('sample'));
    await other.stop();
    await writer.ended;
    expect((await writer.stop()).written).toBeGreaterThanOrEqual(1);
  });
});
