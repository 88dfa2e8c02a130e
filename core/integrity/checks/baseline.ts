import type { NewestValue } from './batch.ts';
import type { Fingerprints } from './former.ts';

/** What production held at one moment. Plain JSON. */
export interface Baseline {
  /** ISO 8601 in UTC, when reading began: no fingerprint is older. */
  readonly takenAt: string;
  readonly fingerprints: Fingerprints;
  /** By name of the database. */
  readonly activity: Readonly<Record<string, Activity>>;
  readonly freshness: readonly NewestValue[];
}

/**
 * How often each table was written to, as the server counts it, read before the fingerprint. Two equal counts say that nothing was
 * written in between, which two equal contents do not: a queue is empty every night.
 */
export interface Activity {
  /** Since when it counts: a restart or a reset begins anew, and counts across one say nothing. */
  readonly since: string;
  /** Inserts, updates and deletes, by name such as `public.orders`; a 64-bit number as decimal digits. */
  readonly writes: Readonly<Record<string, string>>;
}
