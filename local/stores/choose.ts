import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { isSafety } from '../generation/identifier.ts';
import { layout, readManifest, type SourceRecord } from '../generation/manifest.ts';
import type { Source } from '../sources/index.ts';
import type { Store } from './store.ts';

/**
 * The generation that a person means: `latest`, or its name.
 *
 * @throws FukugenError `missing` when the store does not have it
 */
export async function chooseGeneration(store: Store, wanted: string): Promise<string> {
  const generations = (await store.list()).map(({ generation }) => generation);
  if (wanted !== 'latest' && generations.includes(wanted)) return wanted;
  const newest = generations.find((generation) => !isSafety(generation));
  if (newest === undefined) {
    const but = generations.length > 0 ? ' but what was taken right before a restore' : '';
    throw new FukugenError('missing', `the store ${store.name} has no generation yet${but}`, {
      next: 'fukugen backup',
    });
  }
  if (wanted === 'latest') return newest;
  throw new FukugenError('missing', `the store ${store.name} has no generation ${wanted}`, { next: 'fukugen list' });
}

/** Whether a store has no more of a source than its record, since it does not encrypt. */
export function isWithheld(record: SourceRecord, store: Store): boolean {
  return record.encryptedOnly === true && !store.encrypted;
}

/**
 * Lends one source's folder of a generation, with its record in the manifest.
 *
 * @throws FukugenError `missing` when the generation does not hold the source, `mismatch` when it was another kind of source then
 */
export async function openSource<T>(
  store: Store,
  generation: string,
  source: Source,
  use: (folder: string, record: SourceRecord) => Promise<T>,
): Promise<T> {
  return store.open(generation, async (folder) => {
    const record = (await readManifest(folder)).sources.find((candidate) => candidate.name === source.name);
    if (!record) {
      throw new FukugenError('missing', `the generation ${generation} does not hold ${source.name}`, {
        next: 'fukugen list, then --at another generation',
      });
    }
    if (isWithheld(record, store)) {
      throw new FukugenError(
        'missing',
        `the store ${store.name} does not encrypt, so it holds no file of ${source.name}`,
        {
          next: 'add --store with the name of a store that encrypts',
        },
      );
    }
    if (record.kind !== source.kind) {
      throw new FukugenError(
        'mismatch',
        `${source.name} is a ${source.kind} in the policy and a ${record.kind} in the backup`,
      );
    }
    return use(join(folder, layout.source(record.name)), record);
  });
}
