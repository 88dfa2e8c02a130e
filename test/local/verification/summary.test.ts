import { describe, expect, it } from '@jest/globals';
import type { Coverage } from '../../../local/verification/coverage.ts';
import { renderSummary, summarise } from '../../../local/verification/summary.ts';

const [older, newer] = ['2026-11-20T03-00-00-000Z', '2026-11-21T03-00-00-000Z'] as const;
const files = (done: number, of: number) => ({ done, of, what: 'files' }) as const;

const coverage: Coverage = {
  format: 1,
  stores: {
    r2: {
      part: { number: 3, of: 7, at: '2026-11-21T03:10:00.000Z', verdict: 'proven' },
      generations: {
        [older]: {
          manifest: 'a',
          whole: {},
          sources: {
            app: {
              bytes: { at: '2026-11-20T03:11:00.000Z', verdict: 'proven', portion: files(12, 12) },
              identical: {
                at: '2026-11-20T03:12:00.000Z',
                verdict: 'proven',
                portion: { done: 4, of: 4, what: 'tables' },
              },
            },
          },
        },
        [newer]: {
          manifest: 'b',
          whole: {},
          sources: {
            app: { bytes: { at: '2026-11-21T03:11:30.000Z', verdict: 'failed' } },
            写真: {
              restorable: { at: '2026-11-21T03:12:00.000Z', verdict: 'incomplete', portion: files(100, 20_000) },
            },
          },
        },
      },
    },
  },
};

describe('given what was covered', () => {
  it('when it is summarised, then each level has what it covered last, and what it never covered is shown too', () => {
    const rows = summarise(coverage, [
      { store: 'disk', sources: ['app'] },
      { store: 'r2', sources: ['app', '写真'] },
    ]);
    expect(`\n${renderSummary(rows)}\n`).toBe(`
STORE  SOURCE   LEVEL       COVERED (UTC)     PORTION             VERDICT     GENERATION
disk   app      bytes       never
disk   app      readable    never
disk   app      restorable  never
disk   app      identical   never
r2     (store)  bytes       2026-11-21 03:10  part 3 of 7         ok
r2     app      bytes       2026-11-21 03:11                      FAILED      2026-11-21T03-00-00-000Z
r2     app      readable    never
r2     app      restorable  never
r2     app      identical   2026-11-20 03:12  4 of 4 tables       ok          2026-11-20T03-00-00-000Z
r2     写真     bytes       never
r2     写真     readable    never
r2     写真     restorable  2026-11-21 03:12  100 of 20000 files  incomplete  2026-11-21T03-00-00-000Z
r2     写真     identical   never
`);
  });
});
