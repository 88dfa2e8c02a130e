import { describe, expect, test } from '@jest/globals';
import { Size } from '../../../core/policy/size.ts';

describe('Size', () => {
  test.each([
    ['0B', 0],
    ['100GB', 100e9],
    ['100GiB', 100 * 2 ** 30],
    ['512MiB', 512 * 2 ** 20],
    ['2TiB', 2 * 2 ** 40],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(Size.parse(text)?.bytes).toBe(bytes);
  });

  test.each(['', '100', '1.5GB', 'GB', '-1GB', '1PB', '1gb', '01GB', '999999999999TiB'])('refuses %j', (text) => {
    expect(Size.parse(text)).toBeUndefined();
  });

  test('is written as it was read', () => {
    expect(JSON.stringify({ storage: Size.parse('100GiB') })).toBe('{"storage":"100GiB"}');
  });
});
