import { longestKeepHours } from '../../core/policy/drills.ts';
import { tearDownSeconds } from '../../lambda/operator/scratch.ts';
import type { DrillPlan } from '../../lambda/shared/drill-plan.ts';

/** Seconds: time-outs of the drill's functions and, a little longer, of the states that wait for them. */
const operator = 15 * 60;
const recorder = 5 * 60;
const aLittle = 30;

/** The checker gives up and answers before the operator that waits for it would be stopped. */
const checker = 14 * 60;

/** Step Functions ends an execution at its 25,000th event (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). */
const mostEvents = 24_000;
/** Waiting, asking and branching once. */
const eventsOfPoll = 9;
/** Everything else about one database, with a few dozen batches. */
const eventsOfTarget = 400;

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
 * The times of a drill, in seconds, each inside the next: of functions, states, and the execution.
 *
 * With more databases the same history has to do for more of them, so each is asked after less often: every minute with up to
 * four, every quarter of an hour with fifty. Even when RDS finishes none of them within the time limit, the execution then ends by
 * its own verdict.
 */
export function drillTimes({ databases, concurrency, timeLimitSeconds }: Times): DrillTimes {
  const count = Math.max(databases.length, 1);
  const polls = Math.max(Math.floor((mostEvents / count - eventsOfTarget) / eventsOfPoll), 1);
  const tearDownPoll = 60;
  const lastStep = 2 * (operator + aLittle) + 3_600;
  const ofTarget = timeLimitSeconds + longestKeepHours * 3_600 + tearDownSeconds + lastStep;
  return {
    operator,
    operatorTask: operator + aLittle,
    recorder,
    recorderTask: recorder + aLittle,
    checker,
    poll: Math.max(60, Math.ceil(timeLimitSeconds / polls)),
    tearDownPoll,
    // Within what the janitor leaves to the flow.
    tearDowns: Math.floor(tearDownSeconds / 2 / tearDownPoll),
    execution: Math.ceil(count / concurrency) * ofTarget + 2 * (recorder + aLittle),
  };
}

type Times = Pick<DrillPlan, 'databases' | 'concurrency' | 'timeLimitSeconds'>;
