import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnswerFacts, DrillFacts } from '../../../core/evidence/facts.ts';
import { assembleFingerprints } from '../../../core/evidence/fingerprints.ts';
import { judge } from '../../../core/evidence/judge.ts';
import { parseRecord } from '../../../core/evidence/schema.ts';
import { sealRecord } from '../../../core/evidence/seal.ts';
import { type CheckResult, mostFindings } from '../../../core/integrity/checks/check.ts';
import { contentOf } from '../../../core/integrity/content.ts';
import { checkResult, mark, minute, sampleFacts, sampleFingerprint } from '../../helpers/sample-drill.ts';

const judged = (change: Partial<DrillFacts> = {}) => judge({ ...sampleFacts(), ...change });

/** The sample with one more batch of the database, which answers with these. */
function answering(...checks: CheckResult[]): DrillFacts {
  const facts = sampleFacts();
  const answer: AnswerFacts = { checks, tables: [], freshness: [] };
  return { ...facts, answers: new Map([...facts.answers, [2, answer]]) };
}

describe('the verdict', () => {
  test('is passed when every step and every check went well', () => {
    expect(judged()).toMatchObject({ verdict: 'passed', cause: null });
  });

  test('allows for warnings and for what there was nothing of', () => {
    const facts = answering(
      checkResult('constraints', { outcome: 'warned' }),
      checkResult('freshness', { outcome: 'skipped' }),
    );
    expect(judge(facts).verdict).toBe('passed');
  });

  test.each<[CheckResult['outcome'], Partial<CheckResult>, string]>([
    ['failed', { findings: [{ object: 'public.a', text: 'is damaged' }] }, 'heap in shop: public.a: is damaged'],
    ['incomplete', { text: 'the deadline was over' }, 'heap in shop: the deadline was over'],
  ])('is failed by a check that is %s', (outcome, change, text) => {
    const { verdict, cause } = judge(answering(checkResult('heap', { outcome, ...change })));
    expect({ verdict, cause }).toEqual({ verdict: 'failed', cause: { step: 'heap', error: outcome, text } });
  });

  test('names a finding before what was only not reached', () => {
    const facts = answering(
      checkResult('indexes', { outcome: 'incomplete' }),
      checkResult('own', { outcome: 'failed', name: 'paid', text: 'rows = 2, and 0 was expected' }),
    );
    expect(judge(facts).cause?.text).toBe('own paid in shop: rows = 2, and 0 was expected');
  });

  test('keeps what the machine caught before what followed from it', () => {
    const failure = { step: 'is-restored', error: 'ScratchLost', text: 'is-restored: it is gone' };
    expect(judge({ ...answering(checkResult('heap', { outcome: 'failed' })), failure }).cause).toEqual(failure);
  });

  test.each(['restore-asked', 'available', 'password-taken', 'surveyed', 'checked'] as const)(
    'is failed when nothing was caught and there is no mark of %s',
    (step) => {
      const marks = sampleFacts().marks.filter(({ name }) => name !== step);
      expect(judged({ marks }).cause).toEqual({
        step,
        error: 'incomplete',
        text: `the drill left no mark of ${step}`,
      });
    },
  );

  test('is failed without a mark of loaded only where the policy waits for it', () => {
    expect(judged({ waitsUntilLoaded: true }).cause?.step).toBe('loaded');
    expect(judged({ waitsUntilLoaded: true, marks: [...sampleFacts().marks, mark('loaded', 55)] }).verdict).toBe(
      'passed',
    );
  });

  test('is failed when there is no survey', () => {
    const { survey: _, ...facts } = sampleFacts();
    expect(judge(facts).cause?.text).toBe('the drill left no survey');
  });

  test('is not failed by an objective that was missed: that is a figure', () => {
    const { verdict, measured } = judged({ objectives: { rpoSeconds: 1, rtoSeconds: 1 } });
    expect({ verdict, rto: measured.rto.met, rpo: measured.rpo.met }).toEqual({
      verdict: 'passed',
      rto: false,
      rpo: false,
    });
  });
});

describe('checks', () => {
  test('given a batch without an answer, are incomplete with what it would have told', () => {
    const { answers } = sampleFacts();
    const record = judged({ answers: new Map([...answers].slice(0, 1)) });
    expect(record.checks).toContainEqual(
      expect.objectContaining({ check: 'readable', outcome: 'incomplete', notCovered: ['public.orders'] }),
    );
    expect(record.verdict).toBe('failed');
  });

  test('given an answer that leaves out a check that is on, are incomplete', () => {
    const record = judged({ checks: { ...sampleFacts().checks, heap: 'warn' } });
    expect(record.cause).toEqual({
      step: 'heap',
      error: 'incomplete',
      text: 'heap in shop: a part of it gave no result',
    });
  });

  test.each(['connect', 'shrinkage', 'baseline'] as const)('given no result of %s, are incomplete', (check) => {
    const survey = { ...(sampleFacts().survey as NonNullable<DrillFacts['survey']>), checks: [] };
    const { cause } = judged({ survey, checks: { [check]: 'fail' } });
    expect(cause).toEqual({ step: check, error: 'incomplete', text: `${check}: it gave no result` });
  });

  test('of many batches become one for each database, as grave as the gravest', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ object: `public.t${index}`, text: 'is damaged' }));
    const facts = answering(
      checkResult('heap', { outcome: 'failed', text: 'two', findings: many, more: 5, covered: 1, of: 1 }),
      checkResult('heap', { outcome: 'failed', text: 'one', findings: many, covered: 3, of: 4, notCovered: ['x'] }),
      checkResult('heap', { outcome: 'passed', covered: 6, of: 6 }),
      checkResult('heap', { database: 'other' }),
    );
    const found = judge(facts).checks.filter(({ check }) => check === 'heap');
    expect(found.map(({ database, outcome }) => [database, outcome])).toEqual([
      ['other', 'passed'],
      ['shop', 'failed'],
    ]);
    expect(found[1]).toMatchObject({ covered: 10, of: 11, notCovered: ['x'], more: 15, seconds: 9 });
    expect(found[1]?.findings).toHaveLength(mostFindings);
    expect(found[1]?.text).toBe('two (one of 3 parts)');
  });
});

test('a check in two parts is told in the sentences of both', () => {
  const facts = answering(
    checkResult('heap', { outcome: 'passed', text: 'every page of 3 tables verified' }),
    checkResult('heap', { outcome: 'passed', text: 'schema read' }),
  );
  const found = judge(facts).checks.find(({ check, database }) => check === 'heap' && database === 'shop');
  expect(found?.text).toBe('every page of 3 tables verified; schema read');
});

describe('what was measured', () => {
  test('is the RTO from the request to the first query, and on', () => {
    expect(judged().measured.rto).toEqual({ available: 32 * 60, checked: 49 * 60, objective: 14_400, met: true });
  });

  test('is the RTO to the end of loading, where the policy waits for it', () => {
    const marks = [...sampleFacts().marks, mark('loaded', 300)];
    expect(judged({ marks, waitsUntilLoaded: true }).measured.rto).toMatchObject({ loaded: 299 * 60, met: false });
  });

  test('is nothing of what was not reached', () => {
    const { rto } = judged({ marks: sampleFacts().marks.slice(0, 3) }).measured;
    expect(rto).toEqual({ objective: 14_400, met: null });
    expect(judged({ marks: [] }).measured.cost).toEqual({ usd: 0, text: 'nothing was restored' });
  });

  test.each<[DrillFacts['source'], object, number | null]>([
    ['latest', { databaseTime: minute(-65) }, 65 * 60],
    ['copy', { databaseTime: minute(-300) }, 300 * 60],
    ['point-in-time', { restoreTime: minute(-9_000), latestRestorable: minute(-4) }, 4 * 60],
    ['point-in-time', { restoreTime: minute(-9_000) }, null],
    ['random', { databaseTime: minute(-9_000) }, null],
    ['latest', { createdAt: minute(-70) }, null],
  ])('is the RPO of %s from %j', (source, origin, seconds) => {
    const note = { origin: { basis: 'restore-time', ...origin }, scratch: { identifier: 'x' } } as const;
    expect(judged({ source, note }).measured.rpo.seconds).toBe(seconds);
  });

  test('is how far behind the newest rows are', () => {
    const { answers } = sampleFacts();
    const column = { database: 'shop', table: 'public.orders', column: 'created_at' };
    const freshness = [
      { ...column, newest: minute(-75) },
      { ...column, column: 'paid_at', newest: null },
    ];
    const record = judged({ answers: new Map([...answers, [2, { checks: [], tables: [], freshness }]]) });
    expect(record.measured.rpo.freshness).toEqual([
      { column: 'shop/public.orders.created_at', newest: minute(-75), behind: 600 },
      { column: 'shop/public.orders.paid_at', newest: null, behind: null },
    ]);
  });

  test('is what the scratch used, without a price that nobody confirmed', () => {
    expect(judged().measured.cost).toEqual({
      usd: null,
      text: 'db.t4g.medium and 20 GiB of storage for 59 min; the policy has no drill.usdPerHour',
    });
  });

  test('is what it cost, where the policy says what an hour does', () => {
    const { usd, text } = judged({ usdPerHour: 0.2 }).measured.cost;
    expect(text).toBe('db.t4g.medium and 20 GiB of storage for 59 min, USD 0.2 an hour');
    expect(usd).toBeCloseTo(0.2, 1);
    expect(judged({ usdPerHour: 20 }).measured.cost.usd).toBeCloseTo(100 * (usd as number), -1);
  });
});

test('every record fits the published schema, and its marks are in the order of time', () => {
  const failure = { step: 'x', error: 'y', text: 'z' };
  const { survey: _, note: __, ...bare } = sampleFacts();
  for (const facts of [sampleFacts(), answering(checkResult('heap')), { ...bare, marks: [], failure }])
    expect(parseRecord(sealRecord(judge(facts)).text)).toMatchObject({ format: 1 });
  const marks = [...sampleFacts().marks].reverse();
  expect(judged({ marks }).timeline).toEqual(sampleFacts().marks);
});

describe('fingerprints of ranges', () => {
  const part = { schema: 'public', name: 'orders', kind: 'table', persistence: 'permanent', database: 'shop' } as const;
  const lane = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

  test('add up to that of the table, however it was divided', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1_000), lane, lane), { minLength: 1, maxLength: 8 }), (ranges) => {
        const content = (some: typeof ranges) => {
          const [high, low] = [1, 2].map((at) => some.reduce((sum, range) => sum + BigInt(range[at] as bigint), 0n));
          return contentOf({ rows: '0', high: `${high}`, low: `${low}` });
        };
        const parts = ranges.map((range, index) => ({
          ...part,
          pages: [index, index + 1] as const,
          rows: range[0],
          content: content([range]),
          bytes: 8_192,
        }));
        const survey = {
          databases: [],
          checks: [],
          batches: parts.map((one) => ({ kind: 'tables', database: 'shop', parts: [one] }) as const),
        };
        const answers = new Map<number, AnswerFacts>(
          parts.map((one, index) => [index, { checks: [], freshness: [], tables: [one] }]),
        );
        answers.set(99, { checks: [], freshness: [], tables: [], fingerprint: sampleFingerprint() });
        const [table] = assembleFingerprints(survey, answers).shop?.tables ?? [];
        expect(table).toEqual({
          ...{ schema: 'public', name: 'orders', kind: 'table', persistence: 'permanent' },
          rows: ranges.reduce((sum, [rows]) => sum + rows, 0),
          content: content(ranges),
          bytes: 8_192 * ranges.length,
        });
      }),
      { numRuns: 100 },
    );
  });

  test('given a range without an answer, leave the table out as unseen', () => {
    const { survey, answers } = sampleFacts();
    const ranges = { kind: 'tables', database: 'shop', parts: [{ ...part, pages: [9, 12] as const }] } as const;
    const whole = survey as NonNullable<typeof survey>;
    const { shop } = assembleFingerprints({ ...whole, batches: [...whole.batches, ranges] }, answers);
    expect(shop?.tables).toEqual([]);
    expect(shop?.unseen).toEqual([{ kind: 'table', name: 'public.orders', why: 'error', text: 'not reached' }]);
  });
});
