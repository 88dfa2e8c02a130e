import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunOptions } from '../../../rehearsal/aws/state-machine.ts';
import { tokyo } from './drill-scene.ts';
import {
  cluster,
  drillWithFault,
  expectNothingLeftAndNoHarm,
  type FaultScene,
  patience,
  setFaultScene,
} from './fault-scene.ts';

let scene: FaultScene;

beforeAll(async () => {
  scene = await setFaultScene();
}, 120_000);
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

type StateFault = 'fails' | 'fails once' | 'is killed' | 'is delivered twice' | 'never ends';

function failState(which: string, fault: StateFault): RunOptions {
  let seen = 0;
  const failure = { error: { errorType: 'Lambda.Unknown', errorMessage: 'The cause could not be determined' } };
  return {
    around: async (state, invoke) => {
      if (state !== which) return invoke();
      seen++;
      if (fault === 'fails' || (fault === 'fails once' && seen === 1)) return failure;
      if (fault === 'is killed') {
        scene.cloud.functions.fate = () => 'kill';
        const answer = invoke();
        scene.cloud.functions.fate = () => 'go';
        return answer;
      }
      if (fault === 'is delivered twice') await invoke();
      if (fault === 'never ends') {
        const errorMessage = 'State timed out';
        return { error: { errorType: 'States.Timeout', errorMessage } };
      }
      return invoke();
    },
  };
}

describe('a drill in which a state fails', () => {
  test.each<StateFault>(['fails', 'never ends'])(
    'given any state that %s, the verdict is red, the cause is named, and nothing is left',
    async (fault) => {
      const wrong: string[] = [];
      for (const state of scene.states) {
        const execution = await drillWithFault(scene, cluster, failState(state, fault));
        if (execution.status === 'SUCCEEDED' || !execution.cause) wrong.push(state);
        expectNothingLeftAndNoHarm(scene);
      }
      expect(wrong).toEqual([]);
    },
    patience,
  );

  test.each<StateFault>(['is killed', 'fails once', 'is delivered twice'])(
    'given any state that %s, nothing is left, and a green verdict has evidence for every database',
    async (fault) => {
      const wrong: string[] = [];
      for (const state of scene.states) {
        const execution = await drillWithFault(scene, cluster, failState(state, fault));
        const records = Object.values(scene.records(tokyo, execution.name));
        const isProven = records.length === 1 && records.every(({ verdict }) => verdict === 'passed');
        if (execution.status === 'SUCCEEDED' && !isProven) wrong.push(state);
        if (fault === 'is delivered twice' && execution.status !== 'SUCCEEDED')
          wrong.push(`${state}: ${execution.cause}`);
        expectNothingLeftAndNoHarm(scene);
      }
      expect(wrong).toEqual([]);
    },
    patience,
  );

  test(
    'given an execution that is stopped at any state, nothing is left',
    async () => {
      for (const which of scene.states) {
        const stop = new AbortController();
        const execution = await drillWithFault(scene, cluster, {
          signal: stop.signal,
          around: async (state, invoke) => {
            if (state !== which) return invoke();
            stop.abort();
            // The function goes on to its end; nobody waits for its answer.
            await invoke();
            return new Promise(() => {});
          },
        });
        expect(execution.status).toBe('ABORTED');
        expectNothingLeftAndNoHarm(scene);
      }
    },
    patience,
  );
});
