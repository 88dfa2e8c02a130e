import type { DrillTarget } from '../operator/messages.ts';

/** Writes the record of one target. Delivered twice, it gives the first answer again. */
export interface RecordInput {
  readonly operation: 'record';
  readonly target: DrillTarget;
  /** What Step Functions caught. @default - every step went through */
  readonly failure?: CaughtError & { readonly step?: string };
}

/** As Step Functions puts it; `Cause` of a function is JSON with `errorMessage`. */
export interface CaughtError {
  readonly Error: string;
  readonly Cause: string;
}

export interface Recorded {
  readonly database: string;
  readonly verdict: 'passed' | 'failed';
  /** Key of the record in the evidence bucket. */
  readonly key: string;
  readonly cause: string | null;
}

/** After all targets: the report and the notice. */
export interface ConcludeInput {
  readonly operation: 'conclude';
  readonly execution: string;
  readonly startedAt: string;
  /** All that were to be drilled. @default - none was chosen */
  readonly targets?: readonly DrillTarget[];
  /** Of every target, in order: what was recorded, and what failed after that (a tear-down). */
  readonly results: readonly TargetResult[];
  /** Set when the map itself failed. */
  readonly failure?: CaughtError;
}

export interface TargetResult {
  readonly target: DrillTarget;
  readonly recorded?: Recorded;
  /** The first failure, when the record itself could not be written, or of the tear-down. */
  readonly failure?: CaughtError;
}

/** What decides how the execution ends. */
export interface Conclusion {
  readonly verdict: 'passed' | 'failed';
  /** A sentence that names the first cause. */
  readonly cause: string;
}
