import { describe, expect, test } from '@jest/globals';
import { retention } from '../../../core/policy/retention.ts';
import { decide } from '../../../local/retention/decide.ts';
import type { Held } from '../../../local/stores/store.ts';

const now = new Date('2026-11-21T12:00:00Z');

function held(generation: string, ...sources: string[]): Held {
  return { generation, owner: { policy: 'p', host: 'h' }, sources, isWhole: true };
}

const name = (day: number, hour = 3) => new Date(Date.UTC(2026, 10, day, hour)).toISOString().replace(/[:.]/g, '-');
const days = (...numbers: number[]) => numbers.map((day) => held(name(day), 'app', 'notes'));

describe('decide', () => {
  test('given a run of one source alone, then it does not take the place of a whole one in the history of the others', () => {
    const all = [...days(20, 21), held(name(21, 9), 'notes')];
    const { keep, remove } = decide(all, retention.parse({ daily: 1 }), {}, now);
    expect(keep).toEqual([
      { generation: name(21, 9), reasons: ['daily', 'the newest'] },
      { generation: name(21), reasons: ['daily (app)'] },
    ]);
    expect(remove).toEqual([name(20)]);
  });

  test('given proofs, then the newest that each level has proven stays, and older ones go', () => {
    const proofs = {
      [name(17)]: { bytes: 'x', identical: 'x' },
      [name(18)]: { bytes: 'x', identical: 'x' },
      [name(19)]: { bytes: 'x' },
    };
    const { keep, remove } = decide(days(16, 17, 18, 19, 20, 21), retention.parse({ last: 1 }), proofs, now);
    expect(keep.map(({ generation, reasons }) => [generation, ...reasons])).toEqual([
      [name(21), 'last', 'the newest'],
      [name(19), 'the newest verified (bytes)'],
      [name(18), 'the newest verified (identical)'],
    ]);
    expect(remove).toEqual([name(20), name(17), name(16)]);
  });

  test('given generations whose sources are not known, then they are a history of their own, and nothing is made of none', () => {
    const all = [held(name(19)), held(name(20)), held(name(21), 'app'), held(name(18), 'app')];
    expect(decide(all, retention.parse({ last: 1 }), {}, now)).toEqual({
      keep: [
        { generation: name(21), reasons: ['last', 'the newest'] },
        { generation: name(20), reasons: ['last'] },
      ],
      remove: [name(19), name(18)],
    });
    expect(decide([], retention.parse('14d'), {}, now)).toEqual({ keep: [], remove: [] });
  });
});
