import { z } from 'zod';
import { duration, name } from './fields.ts';
import { retention } from './retention.ts';
import { source } from './sources/source.ts';
import { store } from './stores.ts';

export const local = z.strictObject({
  /** From the start of a run to its last store, for `fukugen plan`. @default - 30m */
  expectedRun: duration({ min: '1m', max: '7d' }).optional(),
  sources: z.record(name, source).refine((all) => Object.keys(all).length > 0, {
    message: 'name at least one source',
  }),
  stores: z.record(name, store).refine((all) => Object.keys(all).length > 0, {
    message: 'name at least one store',
  }),
  /**
   * Which generations every store keeps; the others go after a backup that was whole, and with `fukugen prune`.
   * @default - everything is kept
   */
  retention: retention.optional(),
});
