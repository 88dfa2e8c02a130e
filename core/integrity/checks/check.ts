import type { DrillCheck } from '../../policy/drills.ts';

/** What one check of a restored database came to. Plain JSON. */
export interface CheckResult {
  readonly check: DrillCheck;
  /** Of an own check: the name of its file without `.sql`. */
  readonly name?: string;
  /** The PostgreSQL database that was looked at. */
  readonly database: string;
  /**
   * `incomplete`: something was not reached in time or could not be looked at, which counts as a failure.
   * `skipped`: switched off, or nothing to look at; `text` says which.
   */
  readonly outcome: 'passed' | 'failed' | 'warned' | 'incomplete' | 'skipped';
  /** A sentence: what was looked at, or why not. */
  readonly text: string;
  /** The gravest first; at most `mostFindings`. */
  readonly findings: readonly CheckFinding[];
  /** How many findings there are beyond those. */
  readonly more: number;
  readonly covered: number;
  /** Things that there were to look at: tables, indexes, constraints, … */
  readonly of: number;
  /** Names of what was not covered, as many as there is room for. */
  readonly notCovered: readonly string[];
  readonly seconds: number;
}

export interface CheckFinding {
  /** Such as `public.orders` or `public.orders_pkey`. */
  readonly object: string;
  /** A sentence. It holds names, counts and limits, and no value of any row. */
  readonly text: string;
}

export const mostFindings = 50;
