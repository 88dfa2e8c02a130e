import type { Batch } from './batch.ts';
import { checksums } from './checksums.ts';
import { constraints } from './constraints.ts';
import { extensions } from './extensions.ts';
import { foreignKeys } from './foreign-keys.ts';
import { freshness } from './freshness.ts';
import { heap } from './heap.ts';
import { indexes } from './indexes.ts';
import { invalidIndexes } from './invalid-indexes.ts';
import type { Check } from './look.ts';
import { own } from './own/run-own-check.ts';
import { readable } from './readable.ts';
import { roles } from './roles.ts';
import { sequences } from './sequences.ts';
import type { CheckSettings } from './settings.ts';

/** The checks that a batch of each kind goes through. */
export function checksFor(batch: Batch, settings: CheckSettings): readonly Check[] {
  switch (batch.kind) {
    case 'tables':
      return [readable(batch.parts), heap(batch.parts)];
    case 'indexes':
      return [indexes(batch.parts)];
    case 'foreign-keys':
      return [foreignKeys(batch.parts)];
    case 'database':
      return [invalidIndexes, constraints, sequences, extensions, roles, freshness, checksums];
    case 'own':
      return settings.own.filter(({ name }) => name === batch.name).map(own);
  }
}
