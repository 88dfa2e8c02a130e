import { describe, expect, test } from '@jest/globals';
import type { DatabaseState } from '../../../rehearsal/aws/databases.ts';
import type { Execution, RunOptions } from '../../../rehearsal/aws/state-machine.ts';
import { runs } from '../../helpers/thorough.ts';
import { tokyo } from './drill-scene.ts';
import { cluster, drillWithFault, expectNothingLeftAndNoHarm, instance, scene } from './fault-scene.ts';

const minute = 60_000;
const hour = 60 * minute;

type StateFault = 'fails' | 'never ends';
type PassingFault = 'fails once' | 'is killed once' | 'is delivered twice';

function failure(errorType: string, errorMessage: string) {
  return { error: { errorType, errorMessage } };
}

function failState(which: string, fault: StateFault): RunOptions {
  const failed =
    fault === 'fails'
      ? failure('Lambda.Unknown', 'The cause could not be determined')
      : failure('States.Timeout', 'State timed out');
  return { around: async (state, invoke) => (state === which ? failed : invoke()) };
}

function failOnce(which: readonly string[], fault: PassingFault): RunOptions {
  const left = new Set(which);
  const { functions } = scene.cloud;
  return {
    around: async (state, invoke) => {
      if (!left.delete(state)) return invoke();
      if (fault === 'fails once') return failure('Lambda.Unknown', 'The cause could not be determined');
      if (fault === 'is delivered twice') {
        await invoke();
        return invoke();
      }
      // As soon as it has asked AWS for something.
      scene.cloud.watch = ({ region, caller }) => {
        scene.cloud.watch = () => {};
        functions.kill(region, caller);
      };
      const answer = await invoke();
      expect(answer).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
      return answer;
    },
  };
}

/** Every record that a drill left is of a database that passed, and there is one. */
function isProven({ name }: Execution): boolean {
  const records = Object.values(scene.records(tokyo, name));
  return records.length === 1 && records.every(({ verdict }) => verdict === 'passed');
}

describe('a drill in which a state fails', () => {
  test.each<StateFault>(['fails', 'never ends'])(
    'given any state that %s, the verdict is red, the cause is named, and nothing is left',
    async (fault) => {
      const wrong: string[] = [];
      for (const state of scene.states) {
        const execution = await drillWithFault(cluster, failState(state, fault));
        if (execution.status === 'SUCCEEDED' || !execution.cause) wrong.push(state);
        expectNothingLeftAndNoHarm();
      }
      expect(wrong).toEqual([]);
    },
  );

  test.each<PassingFault>(['fails once', 'is killed once', 'is delivered twice'])(
    'given that every state %s, the drill goes through, with evidence, and nothing is left',
    async (fault) => {
      const each = scene.states.map((state) => [state]);
      // All of them in one drill, or one after the other.
      for (const which of runs(0, 1) ? each : [scene.states]) {
        const execution = await drillWithFault(cluster, failOnce(which, fault));
        expect([which, execution.status, execution.cause]).toEqual([which, 'SUCCEEDED', undefined]);
        expect(isProven(execution)).toBe(true);
        expectNothingLeftAndNoHarm();
      }
    },
  );

  test('given an execution that is stopped at any state, nothing is left', async () => {
    for (const which of scene.states) {
      const stop = new AbortController();
      const execution = await drillWithFault(cluster, {
        signal: stop.signal,
        around: async (state, invoke) => {
          if (state !== which) return invoke();
          stop.abort();
          // The function goes on to its end; nobody waits for its answer.
          return invoke();
        },
      });
      expect(execution.status).toBe('ABORTED');
      expectNothingLeftAndNoHarm();
    }
  });
});

describe('a drill whose scratch disappears underneath it', () => {
  const scratches = () => scene.cloud.scratches();
  const withSecret = () => scratches().filter(({ secret }) => secret);
  const loseSecret = ({ secret }: DatabaseState) => {
    if (secret) scene.cloud.secrets.values.delete(secret.arn);
  };
  const lose = (one: DatabaseState) => {
    const { states } = scene.cloud.databases;
    states.splice(states.indexOf(one), 1);
    loseSecret(one);
  };

  test.each([
    { what: 'an instance', database: instance, there: scratches, take: lose, cause: /is gone/ },
    { what: 'a cluster', database: cluster, there: scratches, take: lose, cause: /is gone/ },
    { what: 'a secret', database: cluster, there: withSecret, take: loseSecret, cause: /can't find the .* secret/ },
  ])(
    'given that $what is gone before any state, that is the cause, unless everything was checked and there is evidence',
    async ({ database, there, take, cause }) => {
      const states = new Set<string>();
      await drillWithFault(database, {
        around: async (state, invoke) => {
          if (there().length > 0) states.add(state);
          return invoke();
        },
      });
      const isOver = (state: string) => scene.states.indexOf(state) > scene.states.indexOf('Check');
      const ends: Record<string, string> = {};
      for (const which of states) {
        let isGone = false;
        const execution = await drillWithFault(database, {
          around: async (state, invoke) => {
            // RDS is asked every minute: it shows late what it was asked for.
            if (isGone) scene.cloud.functions.clockAhead += minute;
            else if (state === which) {
              there().forEach(take);
              isGone = true;
            }
            return invoke();
          },
        });
        ends[which] = execution.status === 'SUCCEEDED' && isProven(execution) ? 'proven' : `${execution.cause}`;
        expectNothingLeftAndNoHarm();
      }
      expect([...states]).toEqual(expect.arrayContaining(['IsTakenOver', 'Check', 'TearDown']));
      expect(ends).toEqual(
        Object.fromEntries([...states].map((one) => [one, isOver(one) ? 'proven' : expect.stringMatching(cause)])),
      );
    },
  );
});

describe('a drill whose scratch never becomes what it was asked to become', () => {
  test.each([
    { database: instance, asked: 'Restore' },
    { database: instance, asked: 'TakeOver' },
    { database: cluster, asked: 'Restore' },
    { database: cluster, asked: 'AddInstance' },
    { database: cluster, asked: 'TakeOver' },
  ])(
    'given $database after $asked, the verdict is red when the time is over, and the janitor removes it when RDS lets it',
    async ({ database, asked }) => {
      const { cloud } = scene;
      let left = 0;
      const execution = await drillWithFault(
        database,
        {
          around: async (state, invoke) => {
            if (cloud.databases.isStuck) cloud.functions.clockAhead += hour;
            if (state === asked) cloud.databases.isStuck = true;
            return invoke();
          },
        },
        () => {
          left = cloud.scratches().length;
        },
      );
      expect(execution.status).toBe('FAILED');
      expect(execution.cause).toMatch(new RegExp(`the time limit of ${database} was over at`));
      expect(left).toBeGreaterThan(0);
      expectNothingLeftAndNoHarm();
    },
  );
});
