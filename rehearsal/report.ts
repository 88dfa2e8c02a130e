import type { Stage } from './timeline.ts';

/** What `rehearsal.json` holds. */
export interface RehearsalReport {
  readonly verdict: 'passed' | 'failed';
  /** Why not; the first thing that went wrong. */
  readonly reason?: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly stages: readonly Stage[];
  readonly measured: Measured | null;
  /** How the restored database compares with what was recorded when it was backed up. */
  readonly comparison: unknown;
  readonly negativeControls: readonly NegativeControl[];
  /** The report of the drill in the simulated account: a page of HTML, which goes to a file of its own. */
  readonly drillReport?: string;
}

export interface Measured {
  /** From the newest row in the restored database to the last one committed before the disaster. */
  readonly rpo: { readonly seconds: number; readonly transactionsLost: number };
  /** From the disaster to the restored database under its old name, compared table by table. */
  readonly rto: { readonly seconds: number };
}

/** Damage done on purpose: a check that has never failed proves nothing. */
export interface NegativeControl {
  readonly name: string;
  readonly damage: string;
  readonly caught: boolean;
  readonly evidence: string;
}
