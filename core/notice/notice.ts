import type { SituationName } from './situations.ts';

/** One thing that somebody should know. */
export interface Notice {
  readonly situation: SituationName;
  /** Whether it begins, or is over: only alarms end. */
  readonly state: 'begun' | 'over';
  /** What it happened to: a database by its name in the policy, a vault, a plan. @default - the whole Region */
  readonly subject?: string;
  /** Where it was seen. */
  readonly region: string;
  /** When it began, or was over: the alarm that ends does not say when it began. */
  readonly since: Date;
  /** What AWS says about it, word for word. */
  readonly details: readonly string[];
  /** Where a restore could start from. @default - it concerns no single database */
  readonly safe?: readonly SafePoint[];
}

/** The newest good recovery point in one Region. */
export interface SafePoint {
  readonly region: string;
  /** `none` when there is no recovery point, `unknown` when the Region did not answer. */
  readonly newest: Date | 'none' | 'unknown';
}
