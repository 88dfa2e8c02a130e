import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ScratchServer } from '../../../local/postgres/scratch-server.ts';
import { query } from '../../../rehearsal/aws/production.ts';
import { buildSampleDatabase } from '../../../rehearsal/sample-database.ts';
import { bucketOf, type DrillScene, setDrillScene, tokyo } from './drill-scene.ts';

const database = 'hoshizora';
const request = { databases: [{ name: 'shop', source: 'latest' }] };
let scene: DrillScene;

beforeAll(async () => {
  scene = await setDrillScene(async ({ server }) => {
    await buildSampleDatabase(server, database, { bytes: 20e6 });
  });
});
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});
afterEach(() => {
  scene.cloud.damage = async () => {};
});

async function drill(damage: (server: ScratchServer) => Promise<unknown> = async () => {}) {
  scene.cloud.damage = async (server) => void (await damage(server));
  const execution = await scene.cloud.drill(tokyo, request);
  return { execution, record: scene.records(tokyo, execution.name).shop };
}

const sql = (text: string) => (server: ScratchServer) => query(server, database, text);

/** Overwrites part of a page of a relation on disk, as a failing one would, and makes the server read it again. */
async function damagePage(server: ScratchServer, relation: string, offset: number): Promise<void> {
  const [found] = (await query(server, database, `select pg_relation_filepath('${relation}') as path`)) as {
    path: string;
  }[];
  await query(server, database, 'checkpoint');
  const file = await open(join(server.data, found?.path ?? ''), 'r+');
  try {
    await file.write(Buffer.alloc(64, 0x5a), 0, 64, offset);
  } finally {
    await file.close();
  }
}

describe('a restored database that is not what was backed up', () => {
  test('given nothing wrong with it, the verdict is green, and the baselines were compared', async () => {
    const { execution, record } = await drill();
    expect(record?.cause).toBeNull();
    expect(execution.status).toBe('SUCCEEDED');
    expect(record?.checks.find(({ check }) => check === 'baseline')).toMatchObject({ outcome: 'passed' });
  });

  test.each([
    ['a dropped table', 'shop.reviews', sql('drop table shop.reviews cascade')],
    ['a truncated table', 'content.comments', sql('truncate content.comments cascade')],
    [
      'one changed value, which only the baseline knows',
      'shop.users',
      sql("update shop.users set family_name = family_name || '!' where user_id = 1"),
    ],
    [
      'an orphan row',
      'shop.order_items',
      sql(
        'set session_replication_role = replica; delete from shop.products where product_id = (select min(product_id) from shop.order_items)',
      ),
    ],
    [
      'a sequence that is behind',
      'shop.users',
      sql("select setval(pg_get_serial_sequence('shop.users', 'user_id'), 1)"),
    ],
    ['data that is too old', 'shop.heartbeats', sql("update shop.heartbeats set at = at - interval '2 hours'")],
    [
      'an order without items, which only an own check knows',
      'orders-have-items',
      sql(
        'set session_replication_role = replica; delete from shop.order_items where order_id = (select min(order_id) from shop.orders)',
      ),
    ],
    [
      'a damaged page of an index',
      'users_by_name',
      (server: ScratchServer) => damagePage(server, 'shop.users_by_name', 8_192 + 4_000),
    ],
    ['a damaged page of a table', 'shop.reviews', (server: ScratchServer) => damagePage(server, 'shop.reviews', 4_000)],
  ])('given %s, the verdict is red, and %s is named', async (_, named, damage) => {
    const { execution, record } = await drill(damage);
    expect(execution.status).toBe('FAILED');
    expect(record?.verdict).toBe('failed');
    expect(JSON.stringify(record?.checks.filter(({ outcome }) => outcome !== 'passed'))).toContain(named);
    expect(scene.cloud.scratches()).toEqual([]);
  });

  test('given an index that takes longer than there is time, it is named as not reached, and the verdict is red', async () => {
    const { cloud } = scene;
    // The checker gets all but two minutes of it: more than this machine needs for a whole drill.
    const began = performance.now();
    await drill();
    cloud.functions.limit(tokyo, 'hoshizora-drill-operator', 123 + Math.ceil((performance.now() - began) / 1_000));
    const { execution, record } = await drill(async (server) => {
      await sql('create table shop.switch (is_on bool)')(server);
      await sql(`create function shop.slow(value int) returns int language plpgsql immutable as $$
        begin if exists (select from shop.switch) then perform pg_sleep(600); end if; return value; end $$`)(server);
      await sql('create table shop.endless as select 1 as id')(server);
      await sql('create index endless_by_slow on shop.endless (shop.slow(id))')(server);
      await sql('insert into shop.switch values (true)')(server);
    });
    cloud.functions.limit(tokyo, 'hoshizora-drill-operator', 900);
    expect(execution.status).toBe('FAILED');
    const unreached = record?.checks.filter(({ outcome }) => outcome === 'incomplete');
    expect(JSON.stringify(unreached)).toContain('endless_by_slow');
  });

  test('no password of any role is in evidence, notes, logs or notices', () => {
    const { cloud } = scene;
    const objects = [...cloud.objects.objects.values()].map(({ body }) => body.toString()).join('\n');
    expect(objects.length).toBeGreaterThan(10_000);
    for (const password of cloud.secrets.passwords) {
      expect(objects.includes(password)).toBe(false);
      expect(cloud.functions.log.includes(password)).toBe(false);
      expect(JSON.stringify(cloud.mailbox.notices).includes(password)).toBe(false);
    }
    expect(cloud.objects.documents(bucketOf(tokyo), 'baselines/').size).toBe(2);
  });
});
