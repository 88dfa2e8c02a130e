import { check, survey } from './ask-checker.ts';
import { choose } from './choose.ts';
import { explained, operatorError } from './errors.ts';
import type { OperatorHost } from './host.ts';
import type { ChooseInput, DrillTarget, StepInput, StepOperation } from './messages.ts';
import { isInstanceAdded, isLoaded, isRestored, isTakenOver } from './progress.ts';
import { addInstance, databaseOf, restore } from './restore.ts';
import { takeOver } from './take-over.ts';
import { tearDown } from './tear-down.ts';

type Step = (target: DrillTarget, host: OperatorHost, batch: number | undefined) => Promise<unknown>;

const steps: Readonly<Record<StepOperation, Step>> = {
  restore: (target, host) => restore(target, databaseOf(target, host), host),
  'is-restored': isRestored,
  'add-instance': (target, host) => addInstance(target, databaseOf(target, host), host),
  'is-instance-added': isInstanceAdded,
  'take-over': takeOver,
  'is-taken-over': isTakenOver,
  survey: (target, host) => survey(target, databaseOf(target, host), host),
  check: (target, host, batch) => check(target, databaseOf(target, host), batch, host),
  'is-loaded': isLoaded,
  'tear-down': tearDown,
};

/**
 * One step of a drill. It may be delivered twice, or have been killed half way: it looks at what there is and does the rest.
 *
 * @returns what the machine goes on with: numbers, and whether to wait
 * @throws errors named by `OperatorErrorName`, or by AWS; the message begins with the step
 */
export async function operate(input: ChooseInput | StepInput, host: OperatorHost): Promise<unknown> {
  try {
    if (input.operation === 'choose') return await choose(input, host);
    const { operation, target } = input;
    // Everything but the tear-down is too late then.
    if (operation !== 'tear-down' && host.now().getTime() > Date.parse(target.deadline)) {
      throw operatorError('DrillTimeout', `the time limit of ${target.database} was over at ${target.deadline}`);
    }
    return (await steps[operation](target, host, input.batch)) ?? {};
  } catch (error) {
    throw explained(input.operation, error);
  }
}
