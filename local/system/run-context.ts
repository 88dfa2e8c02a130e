import type { Progress } from './progress.ts';

/** What all work of one command shares. */
export interface RunContext {
  readonly progress: Progress;
  /** Aborted by Ctrl-C and its kin, with the FukugenError to end with as its reason. */
  readonly signal: AbortSignal;
}
