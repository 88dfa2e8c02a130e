import { table } from '../console/table.ts';
import type { Coverage } from './coverage.ts';
import { type Portion, portionText, type Verdict } from './finding.ts';
import { type Level, levels } from './levels.ts';

/** When a level last covered a source in a store. */
export interface SummaryRow {
  readonly store: string;
  /** `(store)` for a repository that is read by parts. */
  readonly source: string;
  readonly level: Level;
  /** What follows is missing when the level has never covered it. */
  readonly generation?: string;
  /** ISO 8601, UTC. */
  readonly at?: string;
  readonly portion?: Portion | undefined;
  readonly verdict?: Verdict;
}

/** @param sources - of a store, by its name: those that it may hold */
export function summarise(
  { stores }: Coverage,
  sources: readonly { readonly store: string; readonly sources: readonly string[] }[],
): SummaryRow[] {
  return sources.flatMap(({ store, sources: names }) => {
    const { part, generations = {} } = stores[store] ?? {};
    const rows: SummaryRow[] = names.flatMap((source) =>
      levels.map((level) => {
        const covered = Object.entries(generations).flatMap(([generation, known]) => {
          const one = known.sources[source]?.[level];
          return one ? [{ generation, ...one }] : [];
        });
        const newest = covered.sort((a, b) => (a.at < b.at ? 1 : -1))[0];
        return { store, source, level, ...newest };
      }),
    );
    if (!part) return rows;
    const { number, of, at, verdict } = part;
    return [
      { store, source: '(store)', level: 'bytes', at, verdict, portion: { done: number, of, what: 'parts' } },
      ...rows,
    ];
  });
}

export function renderSummary(rows: readonly SummaryRow[]): string {
  const words = { proven: 'ok', failed: 'FAILED', incomplete: 'incomplete' };
  return table(
    ['STORE', 'SOURCE', 'LEVEL', 'COVERED (UTC)', 'PORTION', 'VERDICT', 'GENERATION'],
    rows.map(({ store, source, level, at, portion, verdict, generation = '' }) => [
      store,
      source,
      level,
      at ? at.slice(0, 16).replace('T', ' ') : 'never',
      portion ? portionText(portion) : '',
      verdict ? words[verdict] : '',
      generation,
    ]),
  );
}
