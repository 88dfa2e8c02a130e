import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextPart, type Part, partsFrom } from '../../../local/verification/part.ts';
import { runs } from '../../helpers/thorough.ts';

/** What restic reads for `--read-data-subset=n/t`: packs by the first byte of their names. */
function packsOf({ number, of }: Part): number[] {
  return Array.from({ length: 256 }, (_, first) => first).filter((first) => first % of === number - 1);
}

describe('given a repository that is read by parts', () => {
  it('when runs are killed, fail to answer or ask for other numbers of parts in between, then any t that end with the same t read everything', () => {
    const event = fc.record({
      of: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 256 })),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(event, { maxLength: 300 }), (usual, events) => {
        let last: Part | undefined;
        let inARow: Part[] = [];
        for (const { of: other, ends } of events) {
          const of = other || usual;
          const part = nextPart(last, of);
          expect(part.of).toBe(of);
          expect(part.number).toBeGreaterThanOrEqual(1);
          expect(part.number).toBeLessThanOrEqual(of);
          // Nothing is remembered of a run that was killed, or that restic gave no answer.
          if (!ends) continue;
          last = part;
          inARow = inARow[0]?.of === of ? [...inARow, part] : [part];
          if (inARow.length < of) continue;
          expect(new Set(inARow.slice(-of).flatMap(packsOf)).size).toBe(256);
        }
      }),
      { numRuns: runs(100, 5_000) },
    );
  });

  it('when the parts were drawn by lot instead, then as many runs do not read everything', () => {
    const drawn = [1, 3, 3, 2].map((number) => ({ number, of: 4 }));
    expect(new Set(drawn.flatMap(packsOf)).size).toBeLessThan(256);
  });
});

describe('given a number of parts on the command line', () => {
  it.each(['1', '7', '256'])('when it is %s, then it is taken', (written) => {
    expect(partsFrom(written)).toBe(Number(written));
  });

  it.each(['0', '257', '-1', '1.5', 'many', '', '1e2'])(
    'when it is "%s", then one sentence says what it must be',
    (written) => {
      expect(() => partsFrom(written)).toThrow(`--parts is ${written}, and must be a whole number from 1 to 256`);
    },
  );
});
