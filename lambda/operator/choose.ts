import { drillKeys } from '../shared/drill-keys.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import { operatorError } from './errors.ts';
import type { OperatorHost } from './host.ts';
import type { ChooseInput, DrillTarget } from './messages.ts';
import { assign } from './request.ts';
import { scratchName, tearDownSeconds } from './scratch.ts';

/** Step Functions lets names have more (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html). */
const taggable = /^[\p{L}\p{N}_.=+@-]+$/u;

/**
 * What this execution will restore, and by when. It makes nothing but notes.
 *
 * @throws `NothingToRestore`
 */
export async function choose(input: ChooseInput, host: OperatorHost): Promise<{ readonly targets: DrillTarget[] }> {
  const { plan, notebook } = host;
  const { execution, startedAt, request } = input;
  if (!taggable.test(execution)) {
    throw operatorError(
      'NothingToRestore',
      `the execution is called ${JSON.stringify(execution)}; its name becomes a tag, in which RDS takes letters, digits and _.=+-@ only`,
    );
  }
  const assignments = assign(request, plan, new Date(startedAt));
  const targets = assignments.map(({ name, source }, index): DrillTarget => {
    const { deadline, keepUntil } = timesOf(index, input, plan);
    return {
      execution,
      startedAt,
      trigger: request.scheduledAt ? 'schedule' : 'hand',
      database: name,
      kind: plan.databases.find((one) => one.name === name)?.kind ?? 'instance',
      source,
      scratch: scratchName(plan, { execution, database: name }),
      deadline,
      ...(keepUntil && { keepUntil }),
    };
  });
  for (const target of targets) {
    await notebook.settle(drillKeys.mark(target, 'chosen'), { at: host.now().toISOString() });
  }
  return { targets };
}

/**
 * As many databases as the concurrency allows are restored at the same time, and each that comes after them waits for a place:
 * one that is kept for a person to look at holds its place until it is torn down.
 */
function timesOf(index: number, { startedAt, request }: ChooseInput, plan: DrillPlan) {
  const { concurrency, timeLimitSeconds } = plan;
  const keepSeconds = (request.keepHours ?? 0) * 3_600;
  const before = Math.floor(index / concurrency) * (timeLimitSeconds + keepSeconds + tearDownSeconds);
  const deadline = Date.parse(startedAt) + (before + timeLimitSeconds) * 1_000;
  return {
    deadline: new Date(deadline).toISOString(),
    keepUntil: keepSeconds > 0 ? new Date(deadline + keepSeconds * 1_000).toISOString() : undefined,
  };
}
