import { StateMachine } from 'aws-local-stepfunctions';
import type { FunctionAnswer, Functions } from './functions.ts';

/** A state machine's definition, as far as it is walked here. */
interface States {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Retry?: readonly object[];
  readonly ItemProcessor?: States;
  readonly Iterator?: States;
  readonly Branches?: readonly States[];
}

export interface Execution {
  readonly name: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly output: unknown;
  /** Of a failed one. */
  readonly error?: string;
  readonly cause?: string;
  /** Every event with its payload, as the console shows them to whoever may read executions. */
  readonly history: string;
}

export interface RunOptions {
  /** What a state's function is given may be changed, delivered twice, or refused by throwing. @default - nothing */
  readonly around?: (state: string, invoke: () => Promise<FunctionAnswer>) => Promise<FunctionAnswer>;
  /** Ends the execution from outside, as StopExecution does. */
  readonly signal?: AbortSignal;
  /** A state is tried again no more often than this. @default - as often as the definition says */
  readonly mostRetries?: number;
}

/** How long any Wait state and any pause before a retry takes here. */
const pauseMilliseconds = 30;

/** Every state of a definition, those within maps and branches too. */
export function allStates(definition: States): [name: string, state: State][] {
  return Object.entries(definition.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...[state.ItemProcessor, state.Iterator, ...(state.Branches ?? [])].flatMap((inner) =>
      inner ? allStates(inner) : [],
    ),
  ]);
}

/**
 * Runs a synthesised definition. Only time is shorter than in AWS.
 *
 * @param definition - the text of the template's DefinitionString, resolved
 */
export async function runStateMachine(
  definition: string,
  functions: Functions,
  region: string,
  input: object,
  name: string,
  { around = (_, invoke) => invoke(), signal, mostRetries = Number.POSITIVE_INFINITY }: RunOptions = {},
): Promise<Execution> {
  const parsed = JSON.parse(definition, (key, value) => (key === 'MaxAttempts' ? Math.min(value, mostRetries) : value));
  const states = allStates(parsed);
  const of = (type: string) => states.filter(([, one]) => one.Type === type);
  const machine = new StateMachine(parsed, { validationOptions: { checkPaths: true, checkArn: false } });
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error('the execution was stopped'));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
  });
  const execution = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        of('Task').map(([state, { Resource = '' }]) => [
          state,
          async (event: unknown) => {
            // A state that the runner goes on to all the same.
            if (signal?.aborted) return stopped;
            const invoke = () => functions.invoke(region, Resource.split(':').at(-1) as string, event);
            // Step Functions waits for no function that is at work, nor does anything here.
            const result = await Promise.race([stopped, around(state, invoke)]);
            if ('error' in result) throw lambdaError(result.error);
            return result.answer;
          },
        ]),
      ) as never,
      waitTimeOverrides: Object.fromEntries(of('Wait').map(([state]) => [state, pauseMilliseconds])),
      retryIntervalOverrides: Object.fromEntries(
        states
          .filter(([, { Retry }]) => Retry !== undefined)
          .map(([state, { Retry = [] }]) => [state, Retry.map(() => pauseMilliseconds)]),
      ),
    },
    context: {
      Execution: {
        Id: `arn:aws:states:${region}:0:execution:drill:${name}`,
        Name: name,
        Input: input as never,
      },
      StateMachine: { Id: `arn:aws:states:${region}:0:stateMachine:drill`, Name: 'drill' },
    },
  });
  const events: unknown[] = [];
  const recorded = (async () => {
    for await (const event of execution.eventLogs) events.push(event);
  })().catch(() => {});
  stopped.catch(() => execution.abort());
  const end = await execution.result.then(
    (output) => ({ status: 'SUCCEEDED' as const, output }),
    (error: Error) => {
      const first = (error.cause ?? error) as Error;
      return { status: 'FAILED' as const, output: null, error: first.name, cause: first.message };
    },
  );
  // What it came to after it was stopped is of no interest.
  if (signal?.aborted) return { name, status: 'ABORTED', output: null, history: JSON.stringify(events) };
  await recorded;
  return { name, ...end, history: JSON.stringify(events) };
}

/** As Step Functions sees it: the type of the error is its name, and the cause is all of it as JSON. */
function lambdaError(failure: { readonly errorType: string }): Error {
  const error = new Error(JSON.stringify(failure));
  error.name = failure.errorType;
  return error;
}
