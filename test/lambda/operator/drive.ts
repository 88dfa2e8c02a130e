import type { ChooseInput, DrillTarget, Progress, StepInput, Survey } from '../../../lambda/operator/messages.ts';
import { operate } from '../../../lambda/operator/operator.ts';
import type { SimulatedAws } from './simulated-aws.ts';

export interface Drive {
  /** Every step is delivered a second time after it went well. */
  readonly twice?: boolean;
  /** Every step is delivered twice at the same time. */
  readonly atOnce?: boolean;
  /** Before each delivery. */
  readonly before?: (step: string) => void;
  /** Errors that were thrown, in order. */
  readonly thrown?: Error[];
}

/** What the machine does with one step: `NotYet` is tried again, up to a limit. */
export async function deliver<Answer>(
  aws: SimulatedAws,
  input: ChooseInput | StepInput,
  { twice = false, atOnce = false, before, thrown = [] }: Drive = {},
): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    before?.(input.operation);
    try {
      const [answer] = (await Promise.all(
        (atOnce ? [input, input] : [input]).map((one) => operate(one, aws.host)),
      )) as [Answer];
      return twice ? ((await operate(input, aws.host)) as Answer) : answer;
    } catch (error) {
      thrown.push(error as Error);
      if ((error as Error).name !== 'NotYet' || attempt === 10) throw error;
      aws.wait(30);
    }
  }
}

export async function choose(
  aws: SimulatedAws,
  request: ChooseInput['request'],
  drive: Drive = {},
): Promise<readonly DrillTarget[]> {
  const input = {
    operation: 'choose' as const,
    request,
    execution: 'monthly-2026-12',
    startedAt: aws.now.toISOString(),
  };
  return (await deliver<{ targets: DrillTarget[] }>(aws, input, drive)).targets;
}

/** The branch of one target up to its verdict. */
export async function work(aws: SimulatedAws, target: DrillTarget, drive: Drive = {}): Promise<void> {
  const step = <Answer>(operation: StepInput['operation'], batch?: number) =>
    deliver<Answer>(aws, { operation, target, ...(batch !== undefined && { batch }) }, drive);
  const until = async (operation: StepInput['operation']) => {
    for (let looks = 0; !(await step<Progress>(operation)).done; looks += 1) {
      if (looks === 20) throw new Error(`${operation} is never done`);
      aws.wait(60);
    }
  };
  await step('restore');
  await until('is-restored');
  if (target.kind === 'cluster') {
    await step('add-instance');
    await until('is-instance-added');
  }
  await step('take-over');
  await until('is-taken-over');
  const { batches } = await step<Survey>('survey');
  for (const batch of batches) await step('check', batch);
  await until('is-loaded');
}

export async function tearDown(aws: SimulatedAws, target: DrillTarget, drive: Drive = {}): Promise<void> {
  for (let asked = 0; asked < 60; asked += 1) {
    if ((await deliver<Progress>(aws, { operation: 'tear-down', target }, drive)).done) return;
    aws.wait(60);
  }
  throw new Error('tear-down is never done');
}
