import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Functions } from '../../../rehearsal/aws/functions.ts';
import { allStates, runStateMachine } from '../../../rehearsal/aws/state-machine.ts';
import { eventually } from '../../helpers/local-processes.ts';

const region = 'ap-northeast-1';
let folder: string;
let functions: Functions;

const bundle = `
let calls = 0;
exports.handler = async (event) => {
  calls++;
  console.log('password ' + process.env.MARK);
  if (event.say === 'refuse') { const error = new Error('rds is busy'); error.name = 'NotYet'; throw error; }
  if (event.say === 'refuse twice' && calls < 3) { const error = new Error('rds is busy'); error.name = 'NotYet'; throw error; }
  if (event.say === 'sleep') await new Promise((resolve) => setTimeout(resolve, 60_000));
  return { calls, ...event };
};`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-bundle-'));
  await writeFile(join(folder, 'index.js'), bundle);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function deploy(timeoutSeconds = 30): Functions {
  functions = new Functions();
  const environment = { MARK: 'found' };
  functions.deploy({
    name: 'operator',
    region,
    file: join(folder, 'index.js'),
    handler: 'handler',
    environment,
    timeoutSeconds,
  });
  return functions;
}

function machine(say: string, retry: object[] = []): string {
  return JSON.stringify({
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:x:1:function:operator',
        TimeoutSeconds: 930,
        Parameters: { say, 'name.$': '$$.Execution.Name' },
        ResultPath: '$.answer',
        Retry: retry,
        Catch: [{ ErrorEquals: ['Known'], Next: 'Wait' }],
        Next: 'Wait',
      },
      Wait: { Type: 'Wait', Seconds: 3600, End: true },
    },
  });
}

const notYet = [{ ErrorEquals: ['NotYet'], IntervalSeconds: 600, MaxAttempts: 5 }];

describe('a synthesised state machine, run here', () => {
  test('given a function that answers, the execution succeeds with the answer, and no wait takes its time', async () => {
    await using deployed = deploy();
    const execution = await runStateMachine(machine('hello'), deployed, region, {}, 'drill-1');
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { answer: { calls: 1, say: 'hello', name: 'drill-1' } },
    });
    expect(execution.history).toContain('hello');
    expect(deployed.log).toContain('password found');
  });

  test('given a function that refuses, the execution fails with the name of the error and its sentence', async () => {
    await using deployed = deploy();
    const execution = await runStateMachine(machine('refuse'), deployed, region, {}, 'drill-2');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'NotYet' });
    expect(execution.cause).toContain('rds is busy');
  });

  test('given a retry for that error, the state is tried again', async () => {
    await using deployed = deploy();
    const execution = await runStateMachine(machine('refuse twice', notYet), deployed, region, {}, 'drill-3');
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { answer: { calls: 3 } } });
  });

  test('given a function that is killed while it works, it is an error, and the next invocation has a new process', async () => {
    await using deployed = deploy();
    const killed = deployed.invoke(region, 'operator', { say: 'sleep' });
    await eventually(
      async () => deployed.log,
      (log) => log.includes('password'),
    );
    deployed.kill(region, 'operator');
    expect(await killed).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
    expect(await deployed.invoke(region, 'operator', { say: 'again' })).toMatchObject({ answer: { calls: 1 } });
  });

  test('given a function that takes longer than it may, it is timed out', async () => {
    await using deployed = deploy(1);
    const answer = await deployed.invoke(region, 'operator', { say: 'sleep' });
    expect(answer).toMatchObject({ error: { errorType: 'Sandbox.Timedout' } });
  });

  test('given an execution that is stopped, it is aborted', async () => {
    await using deployed = deploy();
    const stop = new AbortController();
    const execution = await runStateMachine(machine('sleep'), deployed, region, {}, 'drill-4', {
      signal: stop.signal,
      around: (_, invoke) => {
        const answer = invoke();
        stop.abort();
        return answer;
      },
    });
    expect(execution.status).toBe('ABORTED');
  });

  test('given a state within a map within a branch, it is listed', () => {
    const inner = { States: { Inner: { Type: 'Pass' } } };
    const map = { States: { Map: { Type: 'Map', ItemProcessor: inner } } };
    const definition = { States: { Branch: { Type: 'Parallel', Branches: [map] } } };
    expect(allStates(definition).map(([name]) => name)).toEqual(['Branch', 'Map', 'Inner']);
  });
});
