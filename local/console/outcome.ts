/** What a command hands back: the same facts for a program, for a person and for the shell. */
export interface Outcome {
  readonly status: number;
  /** Printed with `--json`. */
  readonly json: unknown;
  /** Printed otherwise. */
  readonly text: string;
  /**
   * An answer is printed wherever output goes; a mere success only to someone who watches, so that cron stays quiet.
   * @default false
   */
  readonly isAnswer?: boolean;
}

/** Options that reach every command. */
export interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
}
