import { longestKeepHours } from '../../core/policy/drills.ts';
import { tearDownSeconds } from '../../lambda/operator/scratch.ts';
import type { DrillPlan } from '../../lambda/shared/drill-plan.ts';

/** Seconds: time-outs of the drill's functions and, a little longer, of the states that wait for them. */
const operator = 15 * 60;
const recorder = 5 * 60;
const aLittle = 30;

/** The checker gives up and answers before the operator that waits for it would be stopped. */
const checker = 14 * 60;

/**
 * Step Functions ends an execution at its 25,000th event (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). Waiting,
 * asking and branching once are nine of a database's, a batch is seven: this many questions and `mostBatches` leave a quarter for retries.
 */
const mostPolls = 720;

export interface DrillTimes {
  readonly operator: number;
  readonly operatorTask: number;
  readonly recorder: number;
  readonly recorderTask: number;
  readonly checker: number;
  /** Between two questions whether RDS is done. */
  readonly poll: number;
  readonly tearDownPoll: number;
  /** How often the flow asks for the tear-down before it leaves it to the janitor. */
  readonly tearDowns: number;
  /** Of the whole execution: strictly above all that its steps may take. */
  readonly execution: number;
}

/**
 * The times of a drill, in seconds, each inside the next: of functions, states, and the execution. A database is asked after every
 * minute; with a time limit of a day, every two: even when RDS never finishes, the execution ends by its own verdict.
 */
export function drillTimes({ databases, concurrency, timeLimitSeconds }: Times): DrillTimes {
  const count = Math.max(databases.length, 1);
  const tearDownPoll = 60;
  const lastStep = 2 * (operator + aLittle) + 3_600;
  const ofTarget = timeLimitSeconds + longestKeepHours * 3_600 + tearDownSeconds + lastStep;
  return {
    operator,
    operatorTask: operator + aLittle,
    recorder,
    recorderTask: recorder + aLittle,
    checker,
    poll: Math.max(60, Math.ceil(timeLimitSeconds / mostPolls)),
    tearDownPoll,
    // Within what the janitor leaves to the flow.
    tearDowns: Math.floor(tearDownSeconds / 2 / tearDownPoll),
    execution: Math.ceil(count / concurrency) * ofTarget + 2 * (recorder + aLittle),
  };
}

type Times = Pick<DrillPlan, 'databases' | 'concurrency' | 'timeLimitSeconds'>;
