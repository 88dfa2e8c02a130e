import { FukugenError } from '../../core/errors.ts';
import { errorJson, nextText } from '../console/told-error.ts';
import type { Store } from '../stores/store.ts';

/** A store that could not be asked, and why. */
interface Unavailable {
  readonly store: string;
  readonly error: FukugenError;
}

/**
 * Asks one store after the other, and goes on when one is out of reach: what the others hold is worth knowing most when one is gone.
 *
 * @returns those that could not be asked
 * @throws FukugenError when none could be, or on request
 */
export async function eachStore(
  stores: readonly Store[],
  ask: (store: Store) => Promise<void>,
): Promise<readonly Unavailable[]> {
  const unavailable: Unavailable[] = [];
  for (const store of stores) {
    try {
      await ask(store);
    } catch (error) {
      if (!(error instanceof FukugenError) || error.code === 'cancelled') throw error;
      unavailable.push({ store: store.name, error });
    }
  }
  const [first] = unavailable;
  if (first && unavailable.length === stores.length) throw first.error;
  return unavailable;
}

export function unavailableJson(unavailable: readonly Unavailable[]): object[] {
  return unavailable.map(({ store, error }) => ({ store, ...errorJson(error) }));
}

/** @param what - was not done with them, such as `NOT READ` */
export function unavailableText(unavailable: readonly Unavailable[], what: string): string[] {
  return unavailable.map(({ store, error }) => `${what}  ${store}: ${error.message}${nextText(error)}`);
}
