import { describe, expect, it } from '@jest/globals';
import { bytesText, secondsText, table } from '../../../local/console/table.ts';

describe('given rows', () => {
  it('then columns stand under each other, also where letters are wide', () => {
    expect(
      table(
        ['NAME', 'AGE'],
        [
          ['復元', '1'],
          ['abcdef', '2'],
        ],
      ),
    ).toBe('NAME    AGE\n復元    1\nabcdef  2');
  });
});

describe('given a number of bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [123_456, '123 kB'],
    [60_000_000, '60.0 MB'],
    [7e15, '7000 TB'],
  ])('when it is %d, then it reads %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
});

describe('given a time', () => {
  it.each([
    [40, '0.0 s'],
    [59_940, '59.9 s'],
    [61_000, '1 min 1 s'],
  ])('when it is %d ms, then it reads %s', (milliseconds, text) => expect(secondsText(milliseconds)).toBe(text));
});
