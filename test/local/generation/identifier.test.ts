import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generationAt, isSafety, momentOf, safetyGenerationAt } from '../../../local/generation/identifier.ts';

const moments = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });

describe('given the name of a generation', () => {
  it('then it tells its moment to the millisecond', () => {
    expect(generationAt(new Date('2026-11-21T03:00:00.123Z'))).toBe('2026-11-21T03-00-00-123Z');
    fc.assert(fc.property(moments, (moment) => momentOf(generationAt(moment))?.getTime() === moment.getTime()));
  });

  it('then names sort as their moments do', () => {
    fc.assert(fc.property(moments, moments, (a, b) => generationAt(a) < generationAt(b) === a.getTime() < b.getTime()));
  });

  it('when it was taken right before a restore, then its name says so, and tells its moment all the same', () => {
    const moment = new Date('2026-11-21T03:00:00.123Z');
    const name = safetyGenerationAt(moment);
    expect([name, isSafety(name), momentOf(name)]).toEqual(['2026-11-21T03-00-00-123Z-safety', true, moment]);
    expect(isSafety(generationAt(moment))).toBe(false);
  });

  it.each(['', '.fukugen', 'lost+found', '2026-11-21', '2026-13-21T03-00-00-123Z', '2026-11-21T03-00-00-123Z.old'])(
    'when a folder is named "%s", then it is none',
    (name) => expect(momentOf(name)).toBeUndefined(),
  );
});
