import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { assembleFingerprints } from '../../../core/evidence/fingerprints.ts';
import type { Baseline } from '../../../core/integrity/checks/baseline.ts';
import { compareWithBaselines } from '../../../core/integrity/checks/compare-with-baselines.ts';
import type { OwnCheck } from '../../../core/integrity/checks/own/own-check.ts';
import { shrinkage } from '../../../core/integrity/checks/shrinkage.ts';
import type { BatchAnswer, FingerprintAnswer, SurveyAnswer } from '../../../lambda/checker/messages.ts';
import type { ScratchServer } from '../../../local/postgres/scratch-server.ts';
import { type EmbeddedPostgres, embeddedPostgres } from '../../helpers/embedded-postgres.ts';
import {
  BundledChecker,
  complaints,
  connectionTo,
  makeAuthority,
  password,
  run,
  settingsFor,
  startTlsServer,
  timeForMoreThan,
} from './support.ts';

const page = 8192;
let server: ScratchServer;
let checker: BundledChecker;
let newest: ScratchServer;
let embedded: EmbeddedPostgres;

beforeAll(async () => {
  const authority = await makeAuthority();
  server = await startTlsServer(authority, { initArguments: ['--data-checksums'] });
  embedded = await embeddedPostgres(18);
  newest = await startTlsServer(authority, { programs: embedded.programs });
  checker = await BundledChecker.start(authority);
  // A template: every test has a copy of its own, and the checker passes over templates.
  await run(server, 'postgres', 'create database pristine');
  await run(server, 'pristine', shop);
  await run(server, 'postgres', 'alter database pristine is_template true');
});
afterAll(async () => {
  await checker?.[Symbol.asyncDispose]();
  await server?.stop();
  await newest?.stop();
  await embedded?.[Symbol.asyncDispose]();
});

const shop = `
  create extension amcheck; create extension citext;
  create table customers (id int generated always as identity primary key, email citext unique);
  insert into customers (email) select 'c' || i || '@example.com' from generate_series(1, 2000) i;
  create table orders (id bigserial primary key, customer int not null references customers, at timestamptz not null);
  insert into orders (customer, at) select 1 + i % 2000, timestamptz '2026-10-31 23:00+00' - i * interval '1 minute' from generate_series(0, 4999) i;
  create table events (day date, what text) partition by range (day);
  create table events_10 partition of events for values from ('2026-10-01') to ('2026-11-01');
  insert into events select date '2026-10-01' + i % 30, 'e' from generate_series(1, 1000) i;
  create table empty (); create unlogged table cache (a int);`;

const own = (name: string, sql: string): OwnCheck => ({
  name,
  sql,
  expectation: { of: 'rows', comparison: '=', number: 0 },
});
const settings = settingsFor({
  freshness: [{ table: 'public.orders', column: 'at', withinSeconds: 7_200 }],
  own: [own('no-negative', 'select from orders where id < 0')],
});

/** A copy of the shop, damaged by SQL; gone afterwards. */
async function withShop<T>(damage: string, use: () => Promise<T>): Promise<T> {
  await run(server, 'postgres', 'create database shop template pristine');
  try {
    if (damage) await run(server, 'shop', damage);
    return await use();
  } finally {
    await run(server, 'postgres', 'drop database shop with (force)');
  }
}

const checked = (more: Partial<typeof settings> = {}) =>
  checker.checkAll(connectionTo(server), { ...settings, ...more });
const complaintsOf = async (...given: Parameters<typeof checked>) => complaints((await checked(...given)).checks);

describe('a whole check of a restored server', () => {
  test('given an intact copy, passes, and every check of every database has an answer', async () => {
    const { survey, answers, checks } = await withShop('', () => checked());
    expect(complaints(checks)).toEqual([]);
    expect(survey.databases).toEqual([
      { name: 'postgres', bytes: expect.any(Number), tables: 0 },
      { name: 'shop', bytes: expect.any(Number), tables: 5 },
    ]);
    const passed = checks
      .filter(({ database, outcome }) => database === 'shop' && outcome === 'passed')
      .map(({ check }) => check);
    expect(new Set(passed)).toEqual(
      new Set([
        'readable',
        'indexes',
        'heap',
        'invalid-indexes',
        'constraints',
        'foreign-keys',
        'sequences',
        'extensions',
        'roles',
        'freshness',
        'checksums',
        'own',
      ]),
    );
    const fingerprints = assembleFingerprints(survey, new Map(answers.map((answer, at) => [at, answer])));
    expect(fingerprints.shop).toMatchObject({ tables: { length: 5 }, unseen: [] });
    expect(answers.flatMap(({ freshness }) => freshness)).toEqual([
      { database: 'shop', table: 'public.orders', column: 'at', newest: '2026-10-31T23:00:00.000Z' },
    ]);
  });

  test.each([
    [
      'an orphan row',
      `set local session_replication_role = replica; insert into orders (customer, at) values (999999, '2026-10-31 20:00+00')`,
      'foreign-keys shop: failed, public.orders.orders_customer_fkey 1 row of public.orders refer to rows of public.customers that are not there',
    ],
    [
      'a sequence behind',
      `select setval('orders_id_seq', 17)`,
      'sequences shop: failed, public.orders_id_seq continues at 18, but public.orders.id has reached 5000',
    ],
    [
      'stale rows',
      `delete from orders where at > '2026-10-31 20:00+00'`,
      'freshness shop: failed, public.orders.at the newest value is 4 hours older than the moment restored to; 2 hours are allowed',
    ],
    [
      'a failing own check',
      `insert into orders values (-1, 1, '2026-10-31 20:00+00')`,
      'own no-negative shop: failed, no-negative rows is 1; expected: rows = 0',
    ],
  ])('given %s, fails, and by that alone', async (_what, damage, complaint) => {
    expect(await withShop(damage, () => complaintsOf())).toEqual([complaint]);
  });

  test.each([
    ['index', 'customers_pkey', 'indexes shop: failed, public.customers_pkey the server said: invalid page in block 1'],
    [
      'table',
      'orders',
      'readable shop: failed, public.orders cannot be read, it is damaged: the server said: invalid page in block 1',
    ],
  ])(
    'given a damaged page of an %s, fails, and the counter of checksums tells it too',
    async (_what, relation, complaint) => {
      // GIVEN a copy, made file by file, of a database that was damaged on disk
      await run(server, 'postgres', 'create database damaged template pristine');
      const { rows } = await run(server, 'damaged', `select pg_relation_filepath('${relation}') as path`);
      await run(server, 'postgres', 'checkpoint');
      const path = join(server.data, rows[0].path);
      const file = await readFile(path);
      file.fill(0x5a, page + 4_000, page + 4_010);
      await writeFile(path, file);
      await run(server, 'postgres', 'create database shop template damaged strategy file_copy');
      await run(server, 'postgres', 'drop database damaged');
      // WHEN
      const found = await complaintsOf();
      await run(server, 'postgres', 'drop database shop');
      // THEN
      expect(found).toContainEqual(expect.stringContaining(complaint));
      expect(found).toContainEqual(
        expect.stringMatching(/^checksums shop: failed, shop \d+ pages had a wrong checksum/),
      );
    },
  );

  test('given an own check that never ends, has the server end it, and names it', async () => {
    await withShop('', async () => {
      const asked = (sql: string) => ({
        task: 'batch',
        connection: connectionTo(server),
        settings: { ...settings, own: [own('forever', sql)] },
        batch: { kind: 'own', database: 'shop', name: 'forever' } as const,
      });
      const time = await timeForMoreThan(() => checker.ask(asked('select 1')));
      const answer = await checker.ask(asked('select pg_sleep(600)'), time);
      expect(complaints((answer as BatchAnswer).checks)).toEqual(['own forever shop: incomplete, shop']);
      const { rows } = await run(server, 'postgres', `select from pg_stat_activity where wait_event = 'PgSleep'`);
      expect(rows).toEqual([]);
    });
  });

  test('given a deadline that is over, names everything as not covered, and nothing passes', async () => {
    await withShop('', async () => {
      const connection = connectionTo(server);
      const { batches } = (await checker.ask({
        task: 'survey',
        connection,
        settings,
      })) as SurveyAnswer;
      for (const batch of batches) {
        const past = new Date(Date.now() - 1_000).toISOString();
        const { checks } = (await checker.ask(
          { task: 'batch', connection, settings, batch },
          60_000,
          past,
        )) as BatchAnswer;
        expect(new Set(checks.map(({ outcome }) => outcome))).toEqual(new Set(['incomplete']));
      }
    });
  });

  test('given checks that are off, leaves them out', async () => {
    const { checks, survey } = await withShop('', () => checked({ checks: { connect: 'fail', constraints: 'warn' } }));
    expect(survey.batches.map(({ kind }) => kind)).toEqual(['database', 'database']);
    expect(new Set(checks.map(({ check }) => check))).toEqual(new Set(['connect', 'constraints']));
  });

  test('given declared tables and databases that are not there, complains and guesses none', async () => {
    const complaints = await withShop('', () =>
      complaintsOf({
        freshness: [
          { table: 'public.gone', column: 'at', withinSeconds: 60 },
          { database: 'crm', table: 'public.orders', column: 'at', withinSeconds: 60 },
        ],
        own: [{ ...own('elsewhere', 'select 1'), database: 'crm' }],
      }),
    );
    expect(complaints).toEqual([
      'freshness : failed, public.gone.at no database has the table',
      'own elsewhere crm: incomplete, elsewhere',
    ]);
  });

  test('given a database that lets nobody in, is incomplete', async () => {
    await run(server, 'postgres', 'create database closed allow_connections false');
    const found = await complaintsOf();
    await run(server, 'postgres', 'drop database closed');
    expect(found).toContainEqual(expect.stringContaining('connect : incomplete, closed'));
  });

  test('given a scratch without the database postgres, finds the others', async () => {
    await run(newest, 'template1', 'drop database postgres');
    const answer = await checker.ask({ task: 'survey', connection: connectionTo(newest), settings });
    await run(newest, 'template1', 'create database postgres');
    expect(answer).toMatchObject({ databases: [], batches: [] });
  });
});

describe('a master user, who is no superuser', () => {
  test('gives itself what it needs to read, and what it may not verify is incomplete', async () => {
    await run(
      server,
      'postgres',
      `create role master login createrole createdb password '${password}'; create role app`,
    );
    const restored =
      'alter table customers owner to app; alter table orders owner to app; alter table orders enable row level security; drop extension amcheck';
    const { checks, answers } = await withShop(restored, () =>
      checker.checkAll(connectionTo(server, { user: 'master' }), {
        ...settings,
        checks: { readable: 'fail', indexes: 'fail', heap: 'fail' },
      }),
    );
    await run(server, 'postgres', 'drop role app');
    expect(
      answers
        .flatMap(({ tables }) => tables)
        .filter(({ rows }) => rows > 0)
        .map(({ name, rows }) => [name, rows]),
    ).toEqual([
      ['customers', 2_000],
      ['events_10', 1_000],
      ['orders', 5_000],
    ]);
    const outcomes = checks
      .filter(({ database }) => database === 'shop')
      .map(({ check, outcome }) => `${check} ${outcome}`);
    expect(new Set(outcomes)).toEqual(new Set(['readable passed', 'indexes incomplete', 'heap incomplete']));
  });
});

describe('a server of another major', () => {
  test('is checked like the packaged one, but for what its amcheck can do', async () => {
    await run(newest, 'template1', 'create database orders');
    await run(
      newest,
      'orders',
      'create table p (id int primary key); create table t (id int generated always as identity primary key, p int references p)',
    );
    const { checks } = await checker.checkAll(connectionTo(newest), settingsFor());
    const hasAmcheck =
      (await run(newest, 'orders', `select from pg_available_extensions where name = 'amcheck'`)).rowCount === 1;
    const bad = new Set(
      checks
        .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')
        .map(({ check, outcome }) => `${check} ${outcome}`),
    );
    expect(bad).toEqual(new Set(hasAmcheck ? [] : ['indexes incomplete', 'heap incomplete']));
  });
});

describe('against what was there before', () => {
  const fingerprint = async (time?: number) =>
    (await checker.ask(
      { task: 'fingerprint', connection: connectionTo(server), settings: { ...settings, checks: {} } },
      time,
    )) as FingerprintAnswer;

  /** As the recorder does: what the batches read, put together. */
  const restored = async () => {
    const { survey, answers } = await checked();
    const fingerprints = assembleFingerprints(survey, new Map(answers.map((answer, at) => [at, answer])));
    return { databases: survey.databases.map(({ name }) => name), fingerprints };
  };
  const lines = (results: ReturnType<typeof shrinkage>) => complaints(results);
  let former: FingerprintAnswer;
  let baselines: readonly Baseline[];
  const asOf = '2026-11-02T12:00:00Z';
  const at = (baseline: Baseline, takenAt: string): Baseline => ({
    ...baseline,
    takenAt,
    fingerprints: Object.fromEntries(
      Object.entries(baseline.fingerprints).map(([name, one]) => [name, { ...one, takenAt }]),
    ),
  });

  test('given an intact copy, nothing is missed', async () => {
    await withShop('', async () => {
      former = await fingerprint();
      const again = await fingerprint();
      baselines = [at(former, '2026-11-02T00:00:00Z'), at(again, '2026-11-03T00:00:00Z')];
      const found = await restored();
      expect(lines(shrinkage(former.fingerprints, found, 20, 'fail'))).toEqual([]);
      const [, compared] = compareWithBaselines(baselines, found, asOf, 'fail');
      expect(compared).toMatchObject({
        database: 'shop',
        outcome: 'passed',
        text: expect.stringContaining(': 4 tables held to equal content'),
      });
      expect(former.freshness).toEqual([
        { database: 'shop', table: 'public.orders', column: 'at', newest: '2026-10-31T23:00:00.000Z' },
      ]);
    });
  });

  test.each([
    [
      'a dropped table',
      'drop table events',
      'shrinkage shop: failed, partitions of schema public is missing; it had 1,000 rows',
    ],
    [
      'a truncated table',
      'truncate events',
      'shrinkage shop: failed, partitions of schema public has 0 rows, 100 % less than the 1,000 of the last evidence',
    ],
    [
      'one changed value',
      `update customers set email = 'x' where id = 7`,
      'baseline shop: failed, public.customers has the 2,000 rows of production, but not the same content, though nothing was written to it',
    ],
  ])('given %s, it fails', async (_what, damage, complaint) => {
    await withShop(damage, async () => {
      const found = await restored();
      const results = [
        ...shrinkage(former.fingerprints, found, 20, 'fail'),
        ...compareWithBaselines(baselines, found, asOf, 'fail'),
      ];
      expect(lines(results)).toContain(complaint);
    });
  });

  test('writes between two baselines are counted', async () => {
    await withShop('', async () => {
      const before = await fingerprint();
      await run(
        server,
        'shop',
        `insert into customers (email) values ('new'); delete from customers where email = 'new'`,
      );
      // A session's counts arrive when it ends, or within a second.
      await run(server, 'shop', 'select pg_stat_force_next_flush()');
      const after = await fingerprint();
      const writes = (one: Baseline) => one.activity.shop?.writes['public.customers'];
      expect(Number(writes(after)) - Number(writes(before))).toBe(2);
      expect(writes(after)).not.toBe(writes(before));
      expect(after.activity.shop?.writes['public.orders']).toBe(before.activity.shop?.writes['public.orders']);
    });
  });

  test('a baseline that runs out of time names what it did not read, and creates nothing', async () => {
    await withShop('drop extension amcheck', async () => {
      const time = await timeForMoreThan(fingerprint);
      const holder = new pg.Client(server.connection('shop'));
      await holder.connect();
      try {
        await holder.query('begin; lock table empty in access exclusive mode');
        const answer = await fingerprint(time);
        const { tables, unseen } = answer.fingerprints.shop ?? { tables: [], unseen: [] };
        expect(tables.map(({ name }) => name)).toEqual(['cache', 'customers']);
        expect(unseen).toEqual(
          ['public.empty', 'public.events_10', 'public.orders'].map((name) => ({
            kind: 'table',
            name,
            why: 'error',
            text: 'the time was over',
          })),
        );
      } finally {
        await holder.end();
      }
      const { rows } = await run(server, 'shop', `select extname from pg_extension where extname = 'amcheck'`);
      expect(rows).toEqual([]);
    });
  });
});

test('nothing that the checker wrote holds the password', () => {
  expect(checker.output).not.toContain(password);
  expect(checker.output).not.toContain(JSON.stringify(password).slice(1, -1));
});
