import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Baseline } from '../../../../core/integrity/checks/baseline.ts';
import { compareWithBaselines } from '../../../../core/integrity/checks/compare-with-baselines.ts';
import type { DatabaseFingerprint, SequenceFingerprint } from '../../../../core/integrity/fingerprint.ts';
import { baseline, fingerprint, table } from './fingerprints.ts';
import { summary } from './support.ts';

const [monday, tuesday, wednesday] = ['2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z', '2026-11-04T00:00:00Z'] as const;
const asOf = '2026-11-02T12:00:00Z';

/** What was restored, of Monday noon, between Monday's and Tuesday's baseline. */
function compare(baselines: readonly Baseline[], found: DatabaseFingerprint, at = asOf) {
  return compareWithBaselines(baselines, { databases: ['shop'], fingerprints: { shop: found } }, at, 'fail');
}

/** Both baselines are of this. */
const same = (of: DatabaseFingerprint) => [baseline(monday, of), baseline(tuesday, of)];
const lines = (results: ReturnType<typeof compare>) => results.map(summary);

describe('between two baselines', () => {
  const prices = fingerprint([table('prices', 100)]);

  test('a table that nobody wrote to must be the same', () => {
    expect(lines(compare(same(prices), prices))).toEqual([{ outcome: 'passed', findings: [] }]);
  });

  test.each([
    [
      'one changed value',
      [table('prices', 100, 99)],
      'public.prices has the 100 rows of production, but not the same content, though nothing was written to it',
    ],
    [
      'a truncated table',
      [table('prices', 0)],
      'public.prices 100 rows missing of 100 rows, though nothing was written to it',
    ],
    [
      'a row too many',
      [table('prices', 101)],
      'public.prices 1 row more than the 100 rows of production, though nothing was written to it',
    ],
    ['a dropped table', [], 'public.prices is missing; it had 100 rows'],
  ])('given %s, it fails', (_what, tables, finding) => {
    expect(lines(compare(same(prices), fingerprint(tables)))).toEqual([{ outcome: 'failed', findings: [finding] }]);
  });

  test('a table that was changed and changed back may be anything, because it was written to', () => {
    const pair = [
      baseline(monday, prices, { 'public.prices': '5' }),
      baseline(tuesday, prices, { 'public.prices': '7' }),
    ];
    const [result] = compare(pair, fingerprint([table('prices', 103)]));
    expect(result).toMatchObject({
      outcome: 'passed',
      text: expect.stringContaining('1 written table to be there (1 with more or fewer rows'),
    });
  });

  test('counts of writes across a restart say nothing', () => {
    const pair = [baseline(monday, prices), baseline(tuesday, prices, {}, '2026-11-02 06:00:00+00')];
    expect(compare(pair, fingerprint([table('prices', 103)]))[0]?.outcome).toBe('passed');
  });

  test('a table that was written to must still be there', () => {
    const pair = [
      baseline(monday, prices),
      baseline(tuesday, fingerprint([table('prices', 120)]), { 'public.prices': '9' }),
    ];
    expect(lines(compare(pair, fingerprint([])))).toEqual([
      { outcome: 'failed', findings: ['public.prices is missing; it had 100 rows'] },
    ]);
  });

  test('whatever was written in between, a faithful restore passes, and a changed steady table never does', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const write = fc.record({ name, rows: fc.integer({ min: -5, max: 5 }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1 }),
        fc.array(write),
        fc.array(write),
        fc.array(write),
        (names, first, second, third) => {
          // GIVEN production, written to before the snapshot, until the snapshot, and after it
          const state = new Map<string, { rows: number; content: number; writes: number }>(
            names.map((one) => [one, { rows: 50, content: 50, writes: 0 }]),
          );
          const play = (writes: readonly { name: string; rows: number }[]) => {
            for (const { name: one, rows } of writes) {
              const now = state.get(one);
              if (now) state.set(one, { rows: now.rows + rows, content: now.content + rows, writes: now.writes + 1 });
            }
            const shop = fingerprint([...state].map(([one, { rows, content }]) => table(one, rows, content)));
            return {
              shop,
              counts: Object.fromEntries([...state].map(([one, { writes }]) => [`public.${one}`, `${writes}`])),
            };
          };
          const [before, snapshot, after] = [play(first), play(second), play(third)];
          const pair = [baseline(monday, before.shop, before.counts), baseline(tuesday, after.shop, after.counts)];
          // WHEN it is restored as it was THEN it passes
          expect(compare(pair, snapshot.shop)[0]?.outcome).toBe('passed');
          // WHEN one table is not as it was THEN it fails, if nothing was written to that table
          for (const one of names) {
            const damaged = snapshot.shop.tables.map((it) =>
              it.name === one ? { ...it, content: 'f'.repeat(32) } : it,
            );
            const isSteady = before.counts[`public.${one}`] === after.counts[`public.${one}`];
            expect(compare(pair, fingerprint(damaged))[0]?.outcome).toBe(isSteady ? 'failed' : 'passed');
          }
        },
      ),
    );
  });

  test('unlogged tables and materialized views are left out', () => {
    const of = fingerprint([
      table('u', 5, 5, { persistence: 'unlogged' }),
      table('m', 5, 5, { kind: 'materialized view' }),
    ]);
    expect(
      compare(same(of), fingerprint([table('u', 0), table('m', 6, 6, { kind: 'materialized view' })]))[0]?.outcome,
    ).toBe('passed');
  });

  test('a table that was made or dropped in between may be there or not', () => {
    const pair = [baseline(monday, fingerprint([table('old', 1)])), baseline(tuesday, fingerprint([table('new', 1)]))];
    expect(compare(pair, fingerprint([table('staging', 1)]))[0]?.outcome).toBe('passed');
  });

  test.each([
    ['in the restored database', [], ['public.prices']],
    ['in production', ['public.prices'], []],
  ])('a table that was not read %s makes it incomplete', (_where, then, now) => {
    const unseen = (names: readonly string[]) => ({
      unseen: names.map((name) => ({ kind: 'table' as const, name, why: 'permission' as const, text: 'no SELECT' })),
    });
    const [result] = compare(
      same(fingerprint(then.length > 0 ? [] : prices.tables, unseen(then))),
      fingerprint(now.length > 0 ? [] : prices.tables, unseen(now)),
    );
    expect(result && summary(result)).toEqual({ outcome: 'incomplete', findings: [], notCovered: ['public.prices'] });
  });

  test('foreign tables, whose rows are elsewhere, are not missed', () => {
    const of = fingerprint([], { unseen: [{ kind: 'table', name: 'public.f', why: 'foreign', text: 'elsewhere' }] });
    expect(compare(same(of), of)[0]?.outcome).toBe('passed');
  });
});

describe('what is no table', () => {
  const object = (name: string, digest = 'd', of?: string) => ({
    kind: of ? 'index' : 'table',
    name,
    digest,
    ...(of && { of }),
  });
  const withObjects = (...objects: ReturnType<typeof object>[]) =>
    fingerprint([], { schema: { digest: JSON.stringify(objects), objects } });
  const sequence = (last: string, increment = '1', cycle = false): SequenceFingerprint => ({
    ...{
      schema: 'public',
      name: 's',
      last,
      called: true,
      type: 'bigint',
      start: '1',
      increment,
      minimum: '1',
      maximum: '1000',
      cache: '1',
      cycle,
    },
    column: null,
  });
  const at = (...positions: SequenceFingerprint[]) => fingerprint([], { sequences: positions });
  const role = (name: string, attributes: string[] = ['login'], memberOf: string[] = [], settings: string[] = []) => ({
    ...{ name, attributes, memberOf, connectionLimit: -1 },
    settings: settings.map((value) => ({ role: null, name: 'work_mem', value })),
  });
  const withRoles = (...roles: ReturnType<typeof role>[]) => fingerprint([], { roles });
  const withExtension = (version?: string) =>
    fingerprint([], { extensions: version ? [{ name: 'postgis', version, schema: 'public' }] : [] });
  const objects = (count: number) =>
    fingerprint([], { largeObjects: { count, bytes: count, content: `${count}`, access: '' } });

  test.each<[string, DatabaseFingerprint, DatabaseFingerprint, string[]]>([
    [
      'an object that is missing',
      withObjects(object('a'), object('b')),
      withObjects(object('a')),
      ['table b is missing'],
    ],
    [
      'an index missing with its table',
      withObjects(object('a'), object('i', 'd', 'table a')),
      withObjects(),
      ['table a is missing'],
    ],
    [
      'an object that changed',
      withObjects(object('a')),
      withObjects(object('a', 'e')),
      ['table a is defined, owned or granted differently than in production'],
    ],
    [
      'an object too many',
      withObjects(),
      withObjects(object('a'), object('i', 'd', 'table a')),
      ['table a was not there in production'],
    ],
    [
      'a sequence further back',
      at(sequence('10')),
      at(sequence('9')),
      ['public.s continues at 10; production was at 11 before'],
    ],
    ['a sequence ahead, as after a crash', at(sequence('10')), at(sequence('42')), []],
    [
      'a falling sequence further back',
      at(sequence('10', '-1')),
      at(sequence('11', '-1')),
      ['public.s continues at 10; production was at 9 before'],
    ],
    ['a sequence that cycles', at(sequence('10', '1', true)), at(sequence('1', '1', true)), []],
    ['a sequence that is missing', at(sequence('10')), at(), ['public.s the sequence is missing']],
    ['a role that is missing', withRoles(role('app')), withRoles(), ['role app is missing']],
    [
      'a role that lost something',
      withRoles(role('app', ['login', 'createdb'], ['staff'], ['1MB'])),
      withRoles(role('app')),
      ['role app createdb is lost', 'role app membership of staff is lost', 'role app setting work_mem is lost'],
    ],
    ['a role with a membership more', withRoles(role('app')), withRoles(role('app', ['login'], ['owner'])), []],
    ['roles of RDS', withRoles(role('rds_superuser'), role('pg_monitor')), withRoles(), []],
    ['an extension that is missing', withExtension('3.5'), withExtension(), ['extension postgis is missing']],
    [
      'an extension of another version',
      withExtension('3.5'),
      withExtension('3.4'),
      ['extension postgis has version 3.4; it was 3.5'],
    ],
    ['an extension more', withExtension(), withExtension('3.5'), []],
    ['other large objects', objects(3), objects(2), ['large objects 2 are there, of 3, or their contents differ']],
  ])('given %s, tells', (_what, production, found, findings) => {
    expect(lines(compare(same(production), found))).toEqual([
      { outcome: findings.length > 0 ? 'failed' : 'passed', findings },
    ]);
  });

  test('is not held to what changed between the two', () => {
    const pair = [
      baseline(monday, withObjects(object('a'), object('b'))),
      baseline(tuesday, withObjects(object('a', 'e'))),
    ];
    expect(lines(compare(pair, withObjects(object('a', 'f'), object('c'))))).toEqual([
      { outcome: 'passed', findings: [] },
    ]);
    const versions = [baseline(monday, withExtension('3.4')), baseline(tuesday, withExtension('3.5'))];
    expect(compare(versions, withExtension())[0]?.outcome).toBe('passed');
    const reset = [baseline(monday, at(sequence('10'))), baseline(tuesday, at(sequence('1')))];
    expect(compare(reset, at(sequence('2')))[0]?.outcome).toBe('passed');
    const roles = [
      baseline(monday, withRoles(role('app', ['login', 'createdb']))),
      baseline(tuesday, withRoles(role('app'))),
    ];
    expect(compare(roles, withRoles(role('app', [])))[0]?.outcome).toBe('passed');
  });
});

describe('with baselines on one side only', () => {
  const prices = fingerprint([table('prices', 100)]);
  const changed = fingerprint([table('prices', 100, 99)]);

  test.each([
    ['before', [baseline(monday, prices), baseline(tuesday, prices)], wednesday],
    ['after', [baseline(tuesday, prices), baseline(wednesday, prices)], monday],
  ])(
    '%s, a difference of a steady table warns and does not fail, because it may be a write',
    (_side, baselines, at) => {
      const [result] = compare(baselines, changed, at);
      expect(result).toMatchObject({
        outcome: 'warned',
        text: expect.stringContaining('do not enclose the moment restored to: differences may be writes'),
      });
      expect(compare(baselines, prices, at)[0]?.outcome).toBe('passed');
    },
  );

  test('the two nearest count', () => {
    const old = baseline('2026-10-01T00:00:00Z', fingerprint([table('prices', 1)]));
    expect(compare([baseline(tuesday, prices), old, baseline(monday, prices)], changed, wednesday)[0]?.outcome).toBe(
      'warned',
    );
  });

  test('a single one holds no table, but the schema', () => {
    const shop = fingerprint([table('prices', 100)], {
      extensions: [{ name: 'postgis', version: '3.5', schema: 'public' }],
    });
    const [result] = compare([baseline(monday, shop)], changed);
    expect(result && summary(result)).toEqual({ outcome: 'warned', findings: ['extension postgis is missing'] });
    expect(result?.text).toContain('the only baseline');
  });

  test('one that was still being read at the moment restored to does not count as before it', () => {
    const slow = baseline(monday, prices);
    const late = { ...slow, fingerprints: { shop: { ...prices, takenAt: '2026-11-02T13:00:00Z' } } };
    const [result] = compare([late, baseline(tuesday, prices)], changed);
    expect(result?.text).toContain('the only baseline, of 2026-11-03');
  });

  test('none at all is incomplete', () => {
    expect(compare([], prices)).toMatchObject([{ outcome: 'incomplete', text: 'no baseline was recorded' }]);
  });
});
