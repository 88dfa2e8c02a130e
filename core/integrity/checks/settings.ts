import type { DrillCheck } from '../../policy/drills.ts';
import type { OwnCheck } from './own/own-check.ts';

/** What is looked for in a restored database, and what a finding means. Plain JSON. */
export interface CheckSettings {
  /** Without those that are off. */
  readonly checks: Readonly<Partial<Record<DrillCheck, 'fail' | 'warn'>>>;
  readonly freshness: readonly FreshnessColumn[];
  readonly own: readonly OwnCheck[];
  /** The moment that was restored to: freshness counts from it. ISO 8601. */
  readonly asOf: string;
  /** Of what was restored. @default - nobody knows */
  readonly engineVersion?: string;
}

export interface FreshnessColumn {
  /** @default - in whichever database has the table */
  readonly database?: string;
  /** Schema and name as SQL writes them, such as `public.orders`. */
  readonly table: string;
  readonly column: string;
  readonly withinSeconds: number;
}
