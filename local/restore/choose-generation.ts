import { FukugenError } from '../../core/errors.ts';
import { isSafety, momentOf } from '../generation/identifier.ts';
import type { Store } from '../stores/store.ts';
import { type Wanted, wantedGeneration } from './moment.ts';

/**
 * The generation of a source that a person means.
 *
 * @throws FukugenError `missing` when nothing fits, naming the nearest that there is
 */
export async function chooseGenerationOf(store: Store, source: string, written: string): Promise<string> {
  const wanted = wantedGeneration(written);
  const generations = (await store.list()).map(({ generation }) => generation);
  if (generations.length === 0)
    throw new FukugenError('missing', `the store ${store.name} has no generation yet`, { next: 'fukugen backup' });
  if (wanted.kind === 'named') {
    if (generations.includes(wanted.generation)) return wanted.generation;
    throw new FukugenError('missing', `the store ${store.name} has no generation ${wanted.generation}`, {
      next: `fukugen list${nearestTo(momentOf(wanted.generation), generations)}`,
    });
  }
  const candidates = (await holding(store, source, generations)).filter((generation) => !isSafety(generation));
  const chosen = candidates.find((generation) => fits(generation, wanted));
  if (chosen) return chosen;
  if (candidates.length === 0) {
    throw new FukugenError('missing', `no generation in the store ${store.name} holds ${source}`, {
      next: `fukugen backup --source ${source}, or --store another store`,
    });
  }
  const { moment, text } = wanted as Extract<Wanted, { kind: 'before' }>;
  throw new FukugenError('missing', `the store ${store.name} has no generation of ${source} from before ${text}`, {
    next: `fukugen list${nearestTo(moment, candidates)}`,
  });
}

/** Newest first. One whose manifest cannot be read may hold it: a restore from it says what is damaged. */
export async function holding(store: Store, source: string, generations: readonly string[]): Promise<string[]> {
  const held = new Map((await store.held()).map((one) => [one.generation, one]));
  return generations.filter((generation) => {
    const known = held.get(generation);
    return known?.owner === undefined || known.sources.includes(source);
  });
}

function fits(generation: string, wanted: Wanted): boolean {
  return wanted.kind !== 'before' || (momentOf(generation) as Date) < wanted.moment;
}

/** The ones on both sides. */
function nearestTo(moment: Date | undefined, generations: readonly string[]): string {
  if (!moment) return '';
  const sorted = generations.toSorted();
  const after = sorted.find((generation) => (momentOf(generation) as Date) >= moment);
  const before = sorted.findLast((generation) => (momentOf(generation) as Date) < moment);
  const nearest = [before, after].filter((generation) => generation !== undefined);
  return nearest.length === 0 ? '' : `; the nearest: ${nearest.join(', ')}`;
}
