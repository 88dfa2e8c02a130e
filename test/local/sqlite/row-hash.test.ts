import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RowHash, type Value } from '../../../local/sqlite/row-hash.ts';

type Typed = readonly [string, Value];

const value: fc.Arbitrary<Typed> = fc.oneof(
  fc.constant<Typed>(['null', null]),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map<Typed>((number) => ['integer', number]),
  fc.double({ noNaN: true }).map<Typed>((number) => ['real', number]),
  fc.uint8Array({ maxLength: 40 }).map<Typed>((bytes) => ['text', bytes]),
  fc.uint8Array({ maxLength: 40 }).map<Typed>((bytes) => ['blob', bytes]),
);
const row = fc.array(value, { minLength: 1, maxLength: 4 });

function contentOf(rows: readonly (readonly Typed[])[]): string {
  const hash = new RowHash();
  for (const columns of rows) hash.add(columns.flat());
  return `${hash.rows} ${hash.content}`;
}

/** Tells rows apart by their bytes: -0 and 0 are two values. */
function told(columns: readonly Typed[]): string {
  const bytes = (found: Value) =>
    found instanceof Uint8Array
      ? Buffer.from(found).toString('hex')
      : typeof found === 'number'
        ? Buffer.from(new Float64Array([found]).buffer).toString('hex')
        : String(found);
  return columns.map(([type, found]) => `${type} ${bytes(found)}`).join(', ');
}

describe('given rows', () => {
  it('when they come in another order, then their hash is the same', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        expect(contentOf(rows.toReversed())).toBe(contentOf(rows));
      }),
    );
  });

  it('when two of them differ in anything, then so does their hash', () => {
    fc.assert(
      fc.property(row, row, (one, other) => {
        expect(contentOf([one]) === contentOf([other])).toBe(told(one) === told(other));
      }),
    );
  });

  it('when one is there twice, then it does not cancel out', () => {
    const one: readonly Typed[] = [['integer', 1n]];
    expect(contentOf([one, one])).not.toBe(contentOf([]));
    expect(contentOf([one, one])).not.toBe(contentOf([one]));
  });

  it('when a value is moved from one column to the next, then the hash is another', () => {
    const bytes = (text: string): Typed => ['text', Buffer.from(text)];
    expect(contentOf([[bytes('ab'), bytes('c')]])).not.toBe(contentOf([[bytes('a'), bytes('bc')]]));
  });

  it('when a value is longer than the room kept for it, then all of it counts', () => {
    const large = Buffer.alloc(100_000, 'x');
    const other = Buffer.from(large);
    other[99_999] = 0;
    expect(contentOf([[['blob', large]]])).not.toBe(contentOf([[['blob', other]]]));
  });
});
