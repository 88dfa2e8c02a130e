import { describe, expect, test } from '@jest/globals';
import { normaliseSql } from '../../../core/integrity/schema/normalise.ts';

describe('a definition, normalised', () => {
  test('reads the same before and after PostgreSQL folded the casts of an IN list', () => {
    const first = `CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))`;
    const ever = `CHECK (((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))`;
    expect(normaliseSql(first)).toBe(normaliseSql(ever));
  });

  test.each([
    ['character varying(20)[]', ''],
    ['timestamp(3) without time zone', ''],
    ['interval day to second(3)', ''],
    ['double precision', ''],
    ['numeric(10,2)', ''],
    ['"Weird ""Schema"""."My Type"[]', ''],
    ['"char"', ''],
    ['bit varying(5)', ''],
    ['text', ' COLLATE "C"'],
  ])('loses the cast to %s and nothing after it', (type, rest) => {
    expect(normaliseSql(`(x)::${type}${rest} = y`)).toBe(normaliseSql(`x${rest} = y`));
  });

  test.each([
    [`a = '1'`, `a = '2'`],
    [`a = 'x::text'`, `a = 'x'`],
    [`a = '(b)'`, `a = 'b'`],
    [`a = 'it''s  '`, `a = 'it''s '`],
    [`a = E'\\'::text'`, `a = E'\\''`],
    [`a = 'back\\' AND b::text = 'c'`, `a = 'back\\' AND b = 'd'`],
    [`AS $f$ begin x::text; end $f$`, `AS $f$ begin x; end $f$`],
    [`AS $$a  b$$`, `AS $$a b$$`],
    ['(a OR b) AND c', 'a OR (b AND c)'],
    ['f(x)', 'x'],
    ['a > b', 'a >= b'],
    ['"A"', 'a'],
    ['"a b"', 'ab'],
    ['列 = 1', '行 = 1'],
  ])('keeps %s apart from %s', (one, other) => {
    expect(normaliseSql(one)).not.toBe(normaliseSql(other));
  });

  test.each([
    ['((a + b))', '(a + b)'],
    ['(a)', 'a'],
    ['"plain"', 'plain'],
    ['a\n   =  b', 'a = b'],
  ])('takes %s for %s', (one, other) => {
    expect(normaliseSql(one)).toBe(normaliseSql(other));
  });
});
