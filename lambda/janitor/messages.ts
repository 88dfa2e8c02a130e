/** What wakes the janitor: its schedule, or EventBridge when an execution of the drill has ended badly. */
export type JanitorEvent = HourlyRun | ExecutionEnded;

export interface HourlyRun {
  readonly trigger: 'hourly';
}

/**
 * "Step Functions Execution Status Change", as far as it matters here
 * (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html).
 */
export interface ExecutionEnded {
  readonly detail: {
    /** Of the execution. */
    readonly name: string;
    readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  };
}

/** For the log; each thing by what it is and its name. */
export interface JanitorReport {
  /** RDS was asked to delete them. */
  readonly removed: readonly string[];
  /** RDS is busy with them; the next run asks again. */
  readonly waiting: readonly string[];
  /** They look like a scratch, and not everything about them agrees: a person has to look. */
  readonly foreign: readonly string[];
  readonly failures: readonly string[];
}
