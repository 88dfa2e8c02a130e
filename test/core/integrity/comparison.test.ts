import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Comparison,
  compareFingerprints,
  type DatabaseFingerprint,
  renderComparison,
} from '../../../core/integrity/index.ts';
import { lines, useServer } from './support.ts';

const server = useServer();

describe('the rows of a restore', () => {
  const table = `create table t (a int, b text); insert into t values (1, 'x'), (2, 'y'), (3, null);`;

  test.each([
    ['missing', 'delete from t where a = 2', 'difference: table public.t: 1 row missing of 3 rows'],
    [
      'too many',
      `insert into t values (4, ''), (5, '')`,
      'difference: table public.t: 2 rows too many, 3 rows recorded',
    ],
    [
      'changed',
      `update t set b = '' where b is null`,
      'difference: table public.t: 3 rows as recorded, but not the same content',
    ],
    [
      'swapped',
      `update t set b = case a when 1 then 'y' when 2 then 'x' end`,
      'difference: table public.t: 3 rows as recorded, but not the same content',
    ],
    ['gone with their table', 'drop table t', 'difference: table public.t is missing, with 3 rows'],
    [
      'in a table that was not there',
      'create table u as select 1',
      'difference: table public.u was not there when the backup was taken; it has 1 row',
    ],
  ])('are said to be %s', async (_how, change, line) => {
    const comparison = await server().changes(table, change, 'logical');
    expect(comparison.verdict).toBe('different');
    expect(lines(comparison)).toContain(line);
  });

  test('may have moved', async () => {
    const comparison = await server().changes(
      table,
      `create table copy as select * from t order by a desc; truncate t;
      insert into t select * from copy; drop table copy`,
    );
    expect(comparison).toMatchObject({
      verdict: 'identical',
      findings: [],
      compared: { tables: 1, rows: 3, uncovered: 0 },
    });
  });

  test('of a materialized view are computed again by a logical restore, and not by a physical one', async () => {
    const steps = [
      'create table t (a int); create materialized view m as select count(*) from t; insert into t values (1)',
      'refresh materialized view m',
    ] as const;
    const text = 'materialized view public.m has other content';
    const again = `note: ${text}, having been computed again (1 row recorded, 1 row found)`;
    expect(lines(await server().changes(...steps, 'logical'))).toEqual([again]);
    expect(lines(await server().changes(...steps, 'physical'))).toEqual([
      `difference: ${text} (1 row recorded, 1 row found)`,
    ]);
  });

  test('of a materialized view must be there', async () => {
    const comparison = await server().changes(
      'create materialized view m as select 1',
      'refresh materialized view m with no data',
      'logical',
    );
    expect(lines(comparison)).toEqual(['difference: materialized view public.m is not populated; it was']);
  });

  test('of an unlogged table do not survive a physical restore', async () => {
    const steps = ['create unlogged table t (a int); insert into t values (1)', 'truncate t'] as const;
    expect(lines(await server().changes(...steps, 'physical'))).toEqual([
      'note: unlogged table public.t is empty, as after every crash or snapshot; it had 1 row',
    ]);
    expect(lines(await server().changes(...steps, 'logical'))).toEqual([
      'difference: table public.t: 1 row missing of 1 row',
    ]);
  });

  test('come back from a real dump the same', async () => {
    const database = await server().database(
      `${table} create table big as select i, repeat('x', i % 3000) as x from generate_series(1, 2000) i`,
    );
    const recorded = await server().fingerprint(database);
    const restored = await server().restored(database);
    const comparison = compareFingerprints(recorded, await server().fingerprint(restored), { restore: 'logical' });
    expect(renderComparison(comparison)).toBe('2 tables, 2,003 rows: identical');
  });
});

describe('a comparison', () => {
  test('of anything with itself is identical', async () => {
    const base = await server().fingerprint(await server().database());
    fc.assert(
      fc.property(fingerprints(base), fc.constantFrom('logical', 'physical'), (fingerprint, restore) => {
        expect(compareFingerprints(fingerprint, fingerprint, { restore })).toMatchObject({
          verdict: 'identical',
          findings: [],
        });
      }),
    );
  });

  test('of two different ones is not, whichever comes first', async () => {
    const base = await server().fingerprint(await server().database());
    fc.assert(
      fc.property(fingerprints(base), fingerprints(base), (one, other) => {
        fc.pre(JSON.stringify(one.tables) !== JSON.stringify(other.tables));
        for (const [recorded, found] of [
          [one, other],
          [other, one],
        ] as const) {
          expect(compareFingerprints(recorded, found, { restore: 'physical' }).verdict).not.toBe('identical');
        }
      }),
    );
  });

  test('survives being written down and read back', async () => {
    const fingerprint = await server().fingerprint(
      await server().database('create table t (a int); create sequence s'),
    );
    const read = JSON.parse(JSON.stringify(fingerprint)) as DatabaseFingerprint;
    expect(compareFingerprints(read, fingerprint, { restore: 'physical' }).verdict).toBe('identical');
  });

  test('refuses a fingerprint of another format', async () => {
    const fingerprint = await server().fingerprint(await server().database());
    const newer = { ...fingerprint, format: 2 } as unknown as DatabaseFingerprint;
    expect(() => compareFingerprints(newer, fingerprint, { restore: 'logical' })).toThrow(
      'this fingerprint is of format 2, and format 1 is what this version reads',
    );
  });

  test('puts the gravest first, and the largest loss before a smaller one', async () => {
    const comparison = await server().changes(
      `create table a (x int); insert into a select generate_series(1, 10); create table b (x int); insert into b select generate_series(1, 1000);
       create table c (x int); create index i on a (x); create sequence s; select setval('s', 5); create table d (x int); grant select on d to public;`,
      `delete from a where x < 3; delete from b where x < 600; drop table c; drop index i; select setval('s', 2); revoke select on d from public;
       create table e (x int); select setval('s', 3)`,
    );
    expect(comparison.findings.map(({ kind, object }) => `${kind}: ${object}`)).toEqual([
      'table missing: public.c',
      'rows missing: public.b',
      'rows missing: public.a',
      'table extra: public.e',
      'sequence behind: public.s',
      'schema object missing: index public.i',
      'grant lost: table public.d',
    ]);
  });
});

describe('a comparison on paper', () => {
  const compared = { tables: 212, rows: 1_204_331, sequences: 3, schemaObjects: 900, largeObjects: 0, uncovered: 0 };
  const finding = { kind: 'rows missing', object: 'public.t', recorded: 3, found: 2 } as const;

  test.each<[Comparison, string]>([
    [{ verdict: 'identical', findings: [], compared }, '212 tables, 1,204,331 rows: identical'],
    [
      {
        verdict: 'identical-with-notes',
        findings: [{ ...finding, severity: 'note', text: 'sequence s continues at 5, recorded 4' }],
        compared,
      },
      '212 tables, 1,204,331 rows: identical, with notes\n  note: sequence s continues at 5, recorded 4',
    ],
    [
      {
        verdict: 'incomplete',
        findings: [{ ...finding, severity: 'uncovered', text: 'table t was not compared' }],
        compared: { ...compared, uncovered: 1 },
      },
      '212 tables, 1,204,331 rows: what was compared is identical, but not everything was compared (1 not compared)\n  uncovered: table t was not compared',
    ],
    [
      {
        verdict: 'different',
        findings: [{ ...finding, severity: 'difference', text: 'table t: 1 row missing of 3 rows' }],
        compared,
      },
      '212 tables, 1,204,331 rows: DIFFERENT, 1 difference\n  difference: table t: 1 row missing of 3 rows',
    ],
  ])('is short when all is well (%#)', (comparison, text) => {
    expect(renderComparison(comparison)).toBe(text);
  });
});

/** Fingerprints with tables, sequences, objects, settings and grants of every sort; everything in them was read. */
function fingerprints(base: DatabaseFingerprint): fc.Arbitrary<DatabaseFingerprint> {
  const name = fc.constantFrom('a', 'b', 'Weird "Name"', '注文');
  const number = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
  const grants = fc.uniqueArray(
    fc.constantFrom('+bob SELECT', '-PUBLIC EXECUTE', '+"Weird Role" SELECT WITH GRANT OPTION'),
  );
  const settings = fc.uniqueArray(
    fc.record({ role: fc.option(name), name: fc.constantFrom('jit', 'work_mem'), value: fc.string() }),
    { selector: ({ role, name: setting }) => `${role} ${setting}` },
  );
  const byName = { selector: (item: { readonly name: string }) => item.name };
  const table = fc.record({
    schema: fc.constant('public'),
    name,
    kind: fc.constantFrom('table' as const, 'partition' as const, 'materialized view' as const),
    persistence: fc.constantFrom('permanent' as const, 'unlogged' as const),
    rows: fc.nat(),
    content: fc.stringMatching(/^[0-9a-f]{32}$/),
    bytes: fc.constant(0),
  });
  const sequence = fc.record({
    schema: fc.constant('public'),
    name,
    last: number,
    called: fc.boolean(),
    type: fc.constant('bigint'),
    start: number,
    increment: number,
    minimum: number,
    maximum: number,
    cache: fc.constant('1'),
    cycle: fc.boolean(),
    column: fc.option(name),
  });
  const object = fc.record({
    kind: fc.constantFrom('table', 'index', 'view'),
    name,
    digest: fc.string(),
    owner: name,
    grants,
  });
  return fc
    .record({
      tables: fc.uniqueArray(table, byName),
      sequences: fc.uniqueArray(sequence, byName),
      objects: fc.uniqueArray(object, { selector: (item) => `${item.kind} ${item.name}` }),
      settings,
      grants,
    })
    .map(({ tables, sequences, objects, ...database }) => ({
      ...base,
      tables,
      sequences,
      schema: { digest: '', objects },
      database: { ...base.database, ...database },
    }));
}
