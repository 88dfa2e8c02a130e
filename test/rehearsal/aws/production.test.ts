import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { ScratchServer } from '../../../local/postgres/scratch-server.ts';
import { type Certificate, localhostCertificate } from '../../../rehearsal/aws/certificate.ts';
import { type PhysicalSnapshot, ProductionDatabase } from '../../../rehearsal/aws/production.ts';

let certificate: Certificate;
let production: ProductionDatabase;
let snapshot: PhysicalSnapshot;
let between: Date;

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

beforeAll(async () => {
  certificate = await localhostCertificate();
  production = await ProductionDatabase.start(certificate);
  await production.query('create table orders (id int primary key)');
  await production.query('insert into orders select generate_series(1, 1000)');
  snapshot = await production.snapshot();
  await production.query('insert into orders values (1001)');
  await sleep(50);
  between = new Date();
  await sleep(50);
  await production.query('insert into orders values (1002)');
  await production.archiveLog();
}, 60_000);
afterAll(async () => {
  await production[Symbol.asyncDispose]();
});

async function ordersIn(server: ScratchServer): Promise<number> {
  const client = new pg.Client({
    ...server.connection('postgres'),
    host: 'localhost',
    ssl: { ca: certificate.certificate },
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query('select count(*)::int as count from orders')).rows[0].count;
  } finally {
    await client.end();
  }
}

describe('a database of production in the rehearsal', () => {
  test('given a snapshot, it comes back over TLS with what was there then', async () => {
    await using restored = await production.restore(snapshot);
    expect(await ordersIn(restored)).toBe(1_000);
  });

  test('given a moment between two orders, the first is restored and the second is not', async () => {
    await using restored = await production.restoreTo(between);
    expect(await ordersIn(restored)).toBe(1_001);
  });

  test('given the newest moment that the log reaches, it comes back', async () => {
    await using restored = await production.restoreTo(production.archivedTo as Date);
    expect(await ordersIn(restored)).toBe(1_002);
  });

  test('given a moment before the first snapshot, it says so', async () => {
    await expect(production.restoreTo(new Date(0))).rejects.toThrow(
      'no snapshot is as old as 1970-01-01T00:00:00.000Z',
    );
  });
});
