import type { DrillPlan } from '../../lambda/shared/drill-plan.ts';
import { drillTimes } from './drill-times.ts';

export interface DrillDefinitionProps {
  /** ARNs of functions. */
  readonly operator: string;
  readonly recorder: string;
  readonly plan: Pick<DrillPlan, 'concurrency' | 'timeLimitSeconds' | 'waitUntilLoaded' | 'databases'>;
}

type States = Readonly<Record<string, object>>;

/**
 * The drill in the Amazon States Language, with JSONPath: the local runner that rehearses it knows no JSONata.
 *
 * Catch is no `finally`: an execution that is stopped or runs out of time runs nothing more
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html), so what is torn down here in the flow is torn
 * down once more by the janitor.
 */
export function drillDefinition(props: DrillDefinitionProps): object {
  const { operator, plan } = props;
  const times = drillTimes(plan);
  return {
    Comment: 'Restores databases, checks what is in them, keeps a record of it, and removes what it made',
    StartAt: 'Choose',
    TimeoutSeconds: times.execution,
    States: {
      Choose: task(operator, times.operatorTask, {
        Parameters: {
          operation: 'choose',
          'request.$': '$',
          'execution.$': '$$.Execution.Name',
          'startedAt.$': '$$.Execution.StartTime',
        },
        // The state is the input of Conclude from here on; what the databases come to joins it.
        ResultSelector: { ...conclusion, results: [], 'targets.$': '$.targets' },
        Catch: [caught('NothingChosen')],
        Next: 'Databases',
      }),
      NothingChosen: {
        Type: 'Pass',
        Parameters: { ...conclusion, results: [], 'failure.$': '$.failure' },
        Next: 'Conclude',
      },
      Databases: {
        Type: 'Map',
        ItemsPath: '$.targets',
        // Here too the state of an item is the input of Record, which a failure joins.
        ItemSelector: { operation: 'record', 'target.$': '$$.Map.Item.Value', tearDowns: { count: 0 } },
        MaxConcurrency: plan.concurrency,
        ItemProcessor: {
          // Each database has an execution of its own, with a history and a state of its own: fifty fit as well as one.
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Work',
          States: itemStates(props),
        },
        ResultPath: '$.results',
        Catch: [caught('Conclude', 'States.DataLimitExceeded'), caught('Conclude')],
        Next: 'Conclude',
      },
      Conclude: task(props.recorder, times.recorderTask, {
        ResultPath: '$.conclusion',
        Retry: [...retries, whatever(4)],
        Next: 'Passed?',
      }),
      'Passed?': choice([{ Variable: '$.conclusion.verdict', StringEquals: 'passed', Next: 'Passed' }], 'Failed'),
      Passed: { Type: 'Succeed' },
      Failed: { Type: 'Fail', Error: 'DrillFailed', CausePath: '$.conclusion.cause' },
    },
  };
}

const conclusion = {
  operation: 'conclude',
  'execution.$': '$$.Execution.Name',
  'startedAt.$': '$$.Execution.StartTime',
} as const;

/** One database. Nothing in here fails by itself: a failing item would have its siblings stopped before they are torn down. */
function itemStates({ operator, recorder, plan }: DrillDefinitionProps): States {
  const times = drillTimes(plan);
  return {
    Work: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'Restore', States: workStates({ operator, recorder, plan }) }],
      ResultPath: null,
      // States.ALL leaves this one out unless it is named.
      Catch: [caught('Record', 'States.DataLimitExceeded'), caught('Record')],
      Next: 'Record',
    },
    Record: task(recorder, times.recorderTask, {
      ResultPath: '$.recorded',
      Retry: [...retries, whatever(4)],
      Catch: [caught('RecordIsFirst?', 'States.ALL', '$.unrecorded')],
      Next: 'Keeps?',
    }),
    // The first cause is the one that is told of.
    'RecordIsFirst?': choice([{ Variable: '$.failure', IsPresent: true, Next: 'Keeps?' }], 'RecordFailed'),
    RecordFailed: { Type: 'Pass', InputPath: '$.unrecorded', ResultPath: '$.failure', Next: 'Keeps?' },
    'Keeps?': choice([{ Variable: '$.target.keepUntil', IsPresent: true, Next: 'KeepUntil' }], 'TearDown'),
    KeepUntil: { Type: 'Wait', TimestampPath: '$.target.keepUntil', Next: 'TearDown' },
    TearDown: task(operator, times.operatorTask, {
      Parameters: { operation: 'tear-down', 'target.$': '$.target' },
      ResultPath: '$.torn',
      // It is somebody else's: trying again does not make it ours.
      Retry: [{ ErrorEquals: ['NotOurs'], MaxAttempts: 0 }, ...retries, whatever(6)],
      Catch: [caught('TearDownIsFirst?', 'States.ALL', '$.left')],
      Next: 'TornDown?',
    }),
    'TornDown?': choice(
      [
        { Variable: '$.torn.done', BooleanEquals: true, Next: 'Result' },
        { Variable: '$.tearDowns.count', NumericGreaterThanEquals: times.tearDowns, Next: 'TearDownGivenUp' },
      ],
      'CountTearDown',
    ),
    CountTearDown: {
      Type: 'Pass',
      Parameters: { 'count.$': 'States.MathAdd($.tearDowns.count, 1)' },
      ResultPath: '$.tearDowns',
      Next: 'WaitForTearDown',
    },
    WaitForTearDown: { Type: 'Wait', Seconds: times.tearDownPoll, Next: 'TearDown' },
    TearDownGivenUp: {
      Type: 'Pass',
      Result: {
        Error: 'TearDownTimeout',
        Cause: 'tear-down: RDS has not finished deleting the scratch; the janitor goes on with it',
      },
      ResultPath: '$.left',
      Next: 'TearDownIsFirst?',
    },
    'TearDownIsFirst?': choice([{ Variable: '$.failure', IsPresent: true, Next: 'Result' }], 'TearDownFailed'),
    TearDownFailed: { Type: 'Pass', InputPath: '$.left', ResultPath: '$.failure', Next: 'Result' },
    Result: { Type: 'Pass', End: true },
  };
}

function workStates({ operator, plan }: DrillDefinitionProps): States {
  const { operatorTask, poll } = drillTimes(plan);
  const step = (operation: string, result: string | null, next: object) =>
    task(operator, operatorTask, {
      Parameters: { operation, 'target.$': '$.target' },
      ResultPath: result,
      ...next,
    });
  /** Waits, asks, and goes on when it is done. */
  const until = (wait: string, ask: string, asked: string, operation: string, next: string): States => ({
    [wait]: { Type: 'Wait', Seconds: poll, Next: ask },
    [ask]: step(operation, '$.progress', { Next: asked }),
    [asked]: choice([{ Variable: '$.progress.done', BooleanEquals: true, Next: next }], wait),
  });
  return {
    Restore: step('restore', null, { Next: 'WaitForRestore' }),
    ...until('WaitForRestore', 'IsRestored', 'Restored?', 'is-restored', 'HasNoInstance?'),
    'HasNoInstance?': choice([{ Variable: '$.target.kind', StringEquals: 'cluster', Next: 'AddInstance' }], 'TakeOver'),
    AddInstance: step('add-instance', null, { Next: 'WaitForInstance' }),
    ...until('WaitForInstance', 'IsInstanceAdded', 'InstanceAdded?', 'is-instance-added', 'TakeOver'),
    TakeOver: step('take-over', null, { Next: 'WaitForTakeOver' }),
    ...until('WaitForTakeOver', 'IsTakenOver', 'TakenOver?', 'is-taken-over', 'Survey'),
    Survey: step('survey', '$.survey', { Next: 'Batches' }),
    Batches: {
      Type: 'Map',
      ItemsPath: '$.survey.batches',
      ItemSelector: { 'target.$': '$.target', 'batch.$': '$$.Map.Item.Value' },
      MaxConcurrency: batchConcurrency,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'Check',
        States: {
          Check: task(operator, operatorTask, {
            Parameters: { operation: 'check', 'target.$': '$.target', 'batch.$': '$.batch' },
            // A thousand batches with their targets would be more than a state may hold.
            ResultSelector: {},
            End: true,
          }),
        },
      },
      ResultPath: null,
      ...(plan.waitUntilLoaded ? { Next: 'WaitsForLoad?' } : { End: true }),
    },
    ...(plan.waitUntilLoaded && {
      // Aurora does not tell.
      'WaitsForLoad?': choice([{ Variable: '$.target.kind', StringEquals: 'instance', Next: 'WaitForLoad' }], 'Worked'),
      ...until('WaitForLoad', 'IsLoaded', 'Loaded?', 'is-loaded', 'Worked'),
      Worked: { Type: 'Pass', End: true },
    }),
  };
}

/** Connections that read a scratch at the same time. Its class may be a small one. */
const batchConcurrency = 4;

/** By the ARN of the function, not `lambda:invoke`: its answer is the result, with no envelope around it. */
function task(Resource: string, TimeoutSeconds: number, rest: object): object {
  return { Type: 'Task', Resource, TimeoutSeconds, Retry: retries, ...rest };
}

function choice(Choices: readonly object[], Default: string): object {
  return { Type: 'Choice', Choices, Default };
}

function caught(Next: string, error = 'States.ALL', ResultPath = '$.failure'): object {
  return { ErrorEquals: [error], ResultPath, Next };
}

/** Every step may be delivered twice, so all of these are tried again. */
const retries = [
  {
    // RDS is busy, or every place for functions is taken: a young account has ten, and a batch keeps two of them for minutes. The
    // step itself gives up when the deadline of its target is over.
    ErrorEquals: ['NotYet', 'Lambda.TooManyRequestsException'],
    ...backOff(30, 300, 40),
  },
  {
    // https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
    ErrorEquals: ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException'],
    ...backOff(2, 60, 8),
  },
  {
    // A function that was killed, by its time or its memory.
    ErrorEquals: ['Lambda.Unknown', 'Sandbox.Timedout', 'Runtime.ExitError', 'States.Timeout'],
    ...backOff(5, 60, 2),
  },
] as const;

function whatever(MaxAttempts: number): object {
  return { ErrorEquals: ['States.ALL'], ...backOff(10, 300, MaxAttempts) };
}

function backOff(IntervalSeconds: number, MaxDelaySeconds: number, MaxAttempts: number) {
  return { IntervalSeconds, BackoffRate: 2, MaxDelaySeconds, MaxAttempts, JitterStrategy: 'FULL' };
}
