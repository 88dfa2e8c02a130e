import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Duration } from '../../../core/policy/duration.ts';

describe('Duration', () => {
  test.each([
    ['0s', 0],
    ['90s', 90],
    ['60m', 3_600],
    ['3h', 10_800],
    ['14d', 1_209_600],
    ['8w', 4_838_400],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(Duration.parse(text)?.seconds).toBe(seconds);
  });

  test.each(['', '3', 'h', '3 h', '03h', '-3h', '3.5h', '3H', '1y', '1M', '3h ', '3h4m', '９h'])(
    'refuses %j',
    (text) => {
      expect(Duration.parse(text)).toBeUndefined();
    },
  );

  test('written out and read again, it is the same length', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), (seconds) => {
        expect(Duration.parse(Duration.seconds(seconds).toString())?.seconds).toBe(seconds);
      }),
    );
  });

  test('given a length that is not whole, it says so', () => {
    expect(() => Duration.seconds(1.5)).toThrow('a duration is a whole number of seconds, zero or more; received 1.5');
  });
});
