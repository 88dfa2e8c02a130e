import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  comparisons,
  meets,
  type OwnCheck,
  type OwnExpectation,
} from '../../../../../core/integrity/checks/own/own-check.ts';
import { own } from '../../../../../core/integrity/checks/own/run-own-check.ts';
import { useServer } from '../../support.ts';
import { resultOf, summary } from '../support.ts';

const server = useServer();
const check = (
  sql: string,
  of: OwnExpectation['of'],
  comparison: OwnExpectation['comparison'],
  number: number,
): OwnCheck => ({
  name: 'mine',
  sql,
  expectation: { of, comparison, number },
});

describe('an own check', () => {
  test.each([
    ['rows as expected', check('select 1 where false', 'rows', '=', 0), undefined],
    ['a comment at the end', check('select 1 -- one', 'rows', '=', 1), undefined],
    ['two columns of one name', check('select 1 as a, 2 as a', 'rows', '=', 1), undefined],
    ['a WITH', check('with a as (select 1) select * from a', 'rows', '>', 0), undefined],
    ['too many rows', check('select generate_series(1, 3)', 'rows', '=', 0), 'rows is 3; expected: rows = 0'],
    ['a value as expected', check('select 1000.5', 'value', '>=', 1000), undefined],
    ['a bigint', check('select count(*) from pg_class', 'value', '>', 100), undefined],
    ['too small a value', check('select 999', 'value', '>=', 1000), 'value is 999; expected: value >= 1000'],
    [
      'no row',
      check('select 1 where false', 'value', '=', 1),
      'the query gives no row, and not one value; expected: value = 1',
    ],
    [
      'several rows',
      check('values (1), (1)', 'value', '=', 1),
      'the query gives several rows, and not one value; expected: value = 1',
    ],
    [
      'several columns',
      check('select 1, 1', 'value', '=', 1),
      'the query gives 2 columns, and not one value; expected: value = 1',
    ],
    ['NULL', check('select null::int', 'value', '=', 1), 'the value is NULL; expected: value = 1'],
    ['a word', check(`select 'secret'`, 'value', '=', 1), 'the value is no number; expected: value = 1'],
    ['NaN', check(`select 'NaN'::float`, 'value', '!=', 1), 'the value is no number; expected: value != 1'],
    ['an empty text', check(`select ''`, 'value', '=', 0), 'the value is no number; expected: value = 0'],
    [
      'a table that is not there',
      check('select * from gone', 'rows', '=', 0),
      'the query failed: the server said: relation "gone" does not exist',
    ],
    [
      'an error that quotes a value',
      check(`select 'secret'::int`, 'rows', '=', 1),
      'the query failed: the server reported error 22P02',
    ],
    [
      'a second statement',
      check('select 1) as q; drop table pg_class; select (1', 'rows', '=', 1),
      expect.stringContaining('the query failed:'),
    ],
    [
      'a function that writes',
      check(`select setval('s', 1)`, 'rows', '=', 1),
      'the query failed: the server said: cannot execute setval() in a read-only transaction',
    ],
  ])('given %s, is as good as its expectation', async (_what, given, finding) => {
    const result = await resultOf(server(), await database(), own(given));
    expect(summary(result)).toEqual(
      finding === undefined
        ? { outcome: 'passed', findings: [] }
        : { outcome: 'failed', findings: [typeof finding === 'string' ? `mine ${finding}` : finding] },
    );
    expect(result).toMatchObject({ check: 'own', name: 'mine' });
  });

  test('that takes too long is cancelled, and is incomplete', async () => {
    const result = await resultOf(server(), await database(), own(check('select pg_sleep(60)', 'rows', '=', 1)), {
      time: 300,
    });
    expect(result).toMatchObject({
      outcome: 'incomplete',
      covered: 0,
      of: 1,
      text: 'it could not run; not covered: the time was over',
    });
  });

  test('leaves the connection fit for the next one after an error', async () => {
    const name = await database();
    expect((await resultOf(server(), name, own(check('select 1 / 0', 'rows', '=', 1)))).outcome).toBe('failed');
    expect((await resultOf(server(), name, own(check('select 1', 'rows', '=', 1)))).outcome).toBe('passed');
  });

  test('with any comparison means what it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), (value, number) => {
        const met = comparisons.filter((comparison) => meets(value, { of: 'value', comparison, number }));
        const order = value < number ? ['!=', '<', '<='] : value > number ? ['!=', '>', '>='] : ['=', '<=', '>='];
        expect(met).toEqual(order);
      }),
    );
  });
});

let made: Promise<string> | undefined;
function database(): Promise<string> {
  made ??= server().database('create sequence s');
  return made;
}
