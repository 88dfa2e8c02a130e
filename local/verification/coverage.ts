import { z } from 'zod';
import { type Level, levels } from './levels.ts';

/**
 * What this machine knows of its verifications, `<state>/verification/coverage.json`: when each level last covered which source of
 * which generation in which store, how much of it, and with what result. docs/verification.md describes every key.
 */

const level = z.enum(levels);
const verdict = z.enum(['proven', 'failed', 'incomplete']);
/** ISO 8601, UTC. */
const moment = z.iso.datetime();

const covered = z.object({
  at: moment,
  verdict,
  portion: z.object({ done: z.number(), of: z.number(), what: z.enum(['files', 'tables', 'parts']) }).optional(),
});

const generation = z.object({
  /** SHA-256 of the manifest: under another one it is another generation, whatever its name is. */
  manifest: z.string(),
  sources: z.record(z.string(), z.partialRecord(level, covered)),
  /** When all of it was last proven, source by source. */
  whole: z.partialRecord(level, moment),
  /** A verification that has begun and not ended. */
  round: z.object({ level, startedAt: moment }).optional(),
});

const store = z.object({
  /** What was last read of a repository that is read by parts. */
  part: z.object({ number: z.number(), of: z.number(), at: moment, verdict }).optional(),
  generations: z.record(z.string(), generation),
});

export const coverage = z.object({ format: z.literal(1), stores: z.record(z.string(), store) });

export type Covered = Readonly<z.infer<typeof covered>>;
export type GenerationCoverage = z.infer<typeof generation>;
export type StoreCoverage = z.infer<typeof store>;
export type Coverage = z.infer<typeof coverage>;

/** When a generation in a store was last proven whole, ISO 8601, by the level of `fukugen verify`. */
export type Proven = Readonly<Partial<Record<Level, string>>>;

/** A store's record, made when it is missing. */
export function coverageOf(all: Coverage, name: string): StoreCoverage {
  all.stores[name] ??= { generations: {} };
  return all.stores[name];
}
