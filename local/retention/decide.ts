import type { Retention } from '../../core/policy/index.ts';
import { retain } from '../../core/retention/index.ts';
import { momentOf } from '../generation/identifier.ts';
import type { Held } from '../stores/store.ts';
import type { Proven } from '../verification/coverage.ts';
import { levels } from '../verification/levels.ts';

export interface Decision {
  /** Every reason that keeps it. */
  readonly keep: readonly { readonly generation: string; readonly reasons: readonly string[] }[];
  readonly remove: readonly string[];
}

const unknown = '';

/**
 * What of a store's generations stays. Each source has a history of its own: a run of one source alone must not take the place
 * of a day's whole run. A generation stays when it stays in the history of any source; the newest one, and the newest that each
 * level of `verify` has proven, stay whatever the policy says.
 */
export function decide(
  held: readonly Held[],
  retention: Retention,
  proofs: Readonly<Record<string, Proven>>,
  now = new Date(),
): Decision {
  const newestFirst = held
    .toSorted((a, b) => (a.generation < b.generation ? 1 : -1))
    // What is in it is not known here: a history with others of which it is not known either.
    .map((item) => (item.sources.length > 0 ? item : { ...item, sources: [unknown] }));
  const reasons = new Map(newestFirst.map(({ generation }) => [generation, new Map<string, string[]>()]));
  const keep = (generation: string, reason: string, source?: string) => {
    const why = reasons.get(generation) as Map<string, string[]>;
    why.set(reason, [...(why.get(reason) ?? []), ...(source === undefined ? [] : [source])]);
  };
  for (const source of new Set(newestFirst.flatMap(({ sources }) => sources))) {
    const history = newestFirst.filter(({ sources }) => sources.includes(source));
    const { kept } = retain(history, retention, ({ generation }) => momentOf(generation) as Date, now);
    for (const { item, reasons: why } of kept) for (const reason of why) keep(item.generation, reason, source);
  }
  const newest = newestFirst[0]?.generation;
  if (newest !== undefined) keep(newest, 'the newest');
  for (const level of levels) {
    const proven = newestFirst.find(({ generation }) => proofs[generation]?.[level] !== undefined);
    if (proven) keep(proven.generation, `the newest verified (${level})`);
  }
  const decided = newestFirst.map(({ generation, sources }) => ({
    generation,
    reasons: [...(reasons.get(generation) as Map<string, string[]>)].map(([reason, of]) =>
      of.length === 0 || of.length === sources.length ? reason : `${reason} (${of.join(', ')})`,
    ),
  }));
  return {
    keep: decided.filter(({ reasons: why }) => why.length > 0),
    remove: decided.filter(({ reasons: why }) => why.length === 0).map(({ generation }) => generation),
  };
}
