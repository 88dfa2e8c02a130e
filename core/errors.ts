/**
 * Every error that a user is meant to read. Anything else that reaches the top is a defect and is shown whole.
 */

/** Stable, documented, never reused: `docs/exit-codes.md` maps each to the exit status of the command line. */
export type ErrorCode =
  /** The command line or the policy is wrong; nothing was touched. */
  | 'usage'
  | 'policy'
  /** Something needed is missing: a program, a source, a store, a generation. */
  | 'missing'
  /** A secret could not be resolved or was refused. */
  | 'secret'
  /** Another run holds the lock. */
  | 'locked'
  /** A source or a store could not be read or written. */
  | 'source'
  | 'store'
  /** The run finished, but not everything is in the backup. */
  | 'incomplete'
  /** What was restored or stored is not what was recorded. */
  | 'mismatch'
  /** The user, or a signal, ended it. */
  | 'cancelled';

interface FukugenErrorOptions {
  /** What went wrong underneath; kept for `--verbose` and for the log. */
  readonly cause?: unknown;
  /**
   * The next command to type, or the next thing to do.
   * @default - the sentence says it all
   */
  readonly next?: string | undefined;
}

/** One sentence for the user, a stable code for programs, the cause kept, and what to do next. */
export class FukugenError extends Error {
  override readonly name = 'FukugenError';
  readonly code: ErrorCode;
  readonly next: string | undefined;

  constructor(code: ErrorCode, message: string, options: FukugenErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.next = options.next;
  }
}
