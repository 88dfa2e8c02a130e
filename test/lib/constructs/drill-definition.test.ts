import { describe, expect, test } from '@jest/globals';
// @ts-expect-error: it has no types
import untyped from 'asl-validator';
import fc from 'fast-check';
import { mostBatches } from '../../../lambda/checker/divide.ts';
import { drillDefinition } from '../../../lib/constructs/drill-definition.ts';
import { drillTimes } from '../../../lib/constructs/drill-times.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath: string;
    readonly Next: string;
  }[];
  readonly Branches?: readonly Machine[];
  readonly ItemProcessor?: Machine;
}

interface Machine {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

const validate = untyped as (definition: object) => {
  readonly isValid: boolean;
  readonly errors: readonly { readonly Message: string }[];
};

const arn = (name: string) => `arn:aws:lambda:ap-northeast-1:111122223333:function:shop-drill-${name}`;
const plan = { concurrency: 3, timeLimitSeconds: 8 * 3_600, waitUntilLoaded: true, databases: [] };

function machine(of: Partial<typeof plan> = {}): Machine {
  return drillDefinition({ operator: arn('operator'), recorder: arn('recorder'), plan: { ...plan, ...of } }) as Machine;
}

/** Every state, wherever it is. */
function statesOf({ States }: Machine): [string, State][] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Branches ?? []).flatMap(statesOf),
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);
}

const states = statesOf(machine());
const ofType = (type: string) => states.filter(([, { Type }]) => Type === type);
const find = (wanted: string) => states.find(([name]) => name === wanted)?.[1] as State;

describe('the definition', () => {
  test.each([true, false])('given waitUntilLoaded %j, is valid', (waitUntilLoaded) => {
    const { isValid, errors } = validate(machine({ waitUntilLoaded }));
    expect(errors.map(({ Message }) => Message)).toEqual([]);
    expect(isValid).toBe(true);
  });

  test('given a state that nothing leads to, is refused by the same validator', () => {
    const broken = machine();
    const States = { ...broken.States, Lost: { Type: 'Pass', Next: 'Nowhere' } };
    expect(validate({ ...broken, States }).isValid).toBe(false);
  });

  test('has these states, each under one name', () => {
    const names = states.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([
      ...['Choose', 'NothingChosen', 'Databases'],
      ...['Work', 'Restore', 'WaitForRestore', 'IsRestored', 'Restored?'],
      ...['HasNoInstance?', 'AddInstance', 'WaitForInstance', 'IsInstanceAdded', 'InstanceAdded?'],
      ...['TakeOver', 'WaitForTakeOver', 'IsTakenOver', 'TakenOver?', 'Survey', 'Batches', 'Check'],
      ...['WaitsForLoad?', 'WaitForLoad', 'IsLoaded', 'Loaded?', 'Worked'],
      ...['Record', 'RecordIsFirst?', 'RecordFailed', 'Keeps?', 'KeepUntil'],
      ...['TearDown', 'TornDown?', 'CountTearDown', 'WaitForTearDown', 'TearDownGivenUp'],
      ...['TearDownIsFirst?', 'TearDownFailed', 'Result'],
      ...['Conclude', 'Passed?', 'Passed', 'Failed'],
    ]);
  });

  test('gives each database a history of its own', () => {
    expect((find('Databases') as { ItemProcessor?: object }).ItemProcessor).toMatchObject({
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    });
  });

  test('waits for the load only where the policy asks for it', () => {
    const names = statesOf(machine({ waitUntilLoaded: false })).map(([name]) => name);
    expect(names).not.toContain('IsLoaded');
  });

  test('is JSONPath: the local runner passes JSONata over in silence', () => {
    expect(JSON.stringify(machine())).not.toMatch(/QueryLanguage|"Arguments"|"Output"|\{%/);
  });
});

describe('every task', () => {
  test.each(ofType('Task'))(
    '%s is tried again when RDS is busy, when Lambda is, and when it was killed',
    (_, { Retry }) => {
      const retried = Retry?.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(retried).toEqual(
        expect.arrayContaining(['NotYet', 'Lambda.TooManyRequestsException', 'Lambda.Unknown', 'States.Timeout']),
      );
    },
  );

  test.each(ofType('Task'))('%s waits as long for a place among the functions as for RDS', (_, { Retry = [] }) => {
    const waits = Retry.filter(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'));
    expect(waits).toEqual([expect.objectContaining({ MaxAttempts: 40, MaxDelaySeconds: 300 })]);
    expect(waits[0]?.ErrorEquals).toContain('NotYet');
  });

  test.each(ofType('Task'))('%s ends a little after its function would', (_, { TimeoutSeconds = 0 }) => {
    const { operator, recorder } = drillTimes(plan);
    expect([operator, recorder].some((own) => TimeoutSeconds > own && TimeoutSeconds <= own + 60)).toBe(true);
  });
});

describe('whatever fails', () => {
  test('in the work on a database is caught, also what States.ALL leaves out, and goes on to the record', () => {
    expect(find('Work').Catch).toEqual(
      ['States.DataLimitExceeded', 'States.ALL'].map((error) => ({
        ...{ ErrorEquals: [error], ResultPath: '$.failure', Next: 'Record' },
      })),
    );
  });

  test.each(['Record', 'TearDown', 'Choose', 'Databases'])('in %s is caught', (name) => {
    expect(find(name).Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  });

  test('is not forgotten for what fails after it', () => {
    for (const name of ['Record', 'TearDown']) expect(find(name).Catch?.[0]?.ResultPath).not.toBe('$.failure');
  });

  test('every way through an item leads over the tear-down, and ends in Result', () => {
    const item = (machine().States.Databases as State).ItemProcessor as Machine;
    const next = ({ Next, Default, Catch = [], ...state }: State) => [
      ...[Next, Default].filter((one) => one !== undefined),
      ...Catch.map((one) => one.Next),
      ...((state as { Choices?: { Next: string }[] }).Choices ?? []).map((one) => one.Next),
    ];
    const reaches = (from: string, without: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(from) || from === without) return seen;
      seen.add(from);
      for (const one of next(item.States[from] as State)) reaches(one, without, seen);
      return seen;
    };
    expect([...reaches(item.StartAt, 'TearDown')]).not.toContain('Result');
    expect([...reaches(item.StartAt, '')].sort()).toEqual(Object.keys(item.States).sort());
    const ends = Object.entries(item.States).filter(([, state]) => 'End' in state || state.Type === 'Fail');
    expect(ends.map(([name]) => name)).toEqual(['Result']);
  });

  test('what was chosen is known to the conclusion, whatever the map over databases comes to', () => {
    expect(find('Choose')).toMatchObject({ ResultSelector: { 'targets.$': '$.targets' } });
    expect(find('Databases')).toMatchObject({ ResultPath: '$.results' });
    for (const { ResultPath } of find('Databases').Catch ?? []) expect(ResultPath).toBe('$.failure');
    expect(find('Conclude')).not.toHaveProperty('Parameters');
  });

  test('the verdict alone decides how the execution ends, and the conclusion is caught by nothing', () => {
    expect(find('Conclude').Catch).toBeUndefined();
    expect(find('Passed?')).toMatchObject({
      Choices: [{ Variable: '$.conclusion.verdict', StringEquals: 'passed', Next: 'Passed' }],
      Default: 'Failed',
    });
    expect(find('Failed')).toMatchObject({ Type: 'Fail', CausePath: '$.conclusion.cause' });
  });
});

describe('the times', () => {
  const policies = fc.record({
    concurrency: fc.integer({ min: 1, max: 10 }),
    timeLimitSeconds: fc.integer({ min: 1_800, max: 86_400 }),
    databases: fc.integer({ min: 1, max: 50 }).map((count) => Array.from({ length: count }, () => ({}) as never)),
  });

  test('given any policy, the execution outlasts every deadline, a scratch that is kept, and its tear-down', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const { execution, tearDowns, tearDownPoll } = drillTimes(policy);
        const waves = Math.ceil(policy.databases.length / policy.concurrency);
        const ofTarget = policy.timeLimitSeconds + 72 * 3_600 + 2 * 3_600;
        expect(execution).toBeGreaterThan(waves * ofTarget);
        // The flow gives up before the janitor takes over.
        expect(tearDowns * tearDownPoll).toBeLessThan(2 * 3_600);
        expect(machine({ ...policy }).TimeoutSeconds).toBe(execution);
      }),
    );
  });

  test('given any policy, an execution in which nothing is ever ready stays within 25,000 events', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const { poll, tearDowns } = drillTimes(policy);
        const polls = Math.ceil(policy.timeLimitSeconds / poll);
        // Of a database: waiting, asking, branching; the same and counting; a function call in a map.
        expect(polls * 9 + tearDowns * 11 + mostBatches * 7).toBeLessThan(0.75 * 25_000);
        expect(poll).toBeGreaterThanOrEqual(60);
        expect(poll).toBeLessThanOrEqual(120);
      }),
    );
  });

  test('a function answers before the one that waits for it is stopped', () => {
    const { checker, operator, operatorTask, recorder, recorderTask } = drillTimes(plan);
    expect(checker).toBeLessThan(operator);
    expect(operator).toBeLessThan(operatorTask);
    expect(recorder).toBeLessThan(recorderTask);
    expect(operator).toBeLessThanOrEqual(900);
  });
});
