import { afterAll, beforeAll, expect } from '@jest/globals';
import type { FunctionAnswer } from '../../../rehearsal/aws/functions.ts';
import { allStates, type Execution, type RunOptions } from '../../../rehearsal/aws/state-machine.ts';
import { eventually } from '../../helpers/local-processes.ts';
import { type DrillScene, isWriting, setDrillScene, tokyo } from './drill-scene.ts';

/*
 * Everything that a drill asks of AWS, and every state of its machine, is found out by a drill that goes well; then each of them fails
 * in turn, in each way that it can. Whoever adds a state or a call has it failed without saying so.
 */

/** A little production, of which hundreds of drills are made. */
interface FaultScene extends DrillScene {
  /** Every call of a drill that goes well, with the database whose drill makes it. */
  readonly asked: ReadonlyMap<string, string>;
  /** Those that have a function do their work. */
  readonly states: readonly string[];
}

/** Set before the first test of whoever imports it, and cleared away after the last. */
export let scene: FaultScene;
beforeAll(async () => {
  scene = await setFaultScene();
});
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

async function setFaultScene(): Promise<FaultScene> {
  const set = await setDrillScene(async (production) => {
    await production.query('create database hoshizora');
    for (const sql of [
      'create schema shop',
      'create table shop.orders (order_id int primary key)',
      'create table shop.order_items (order_id int references shop.orders)',
      'create table shop.heartbeats (at timestamptz default now())',
    ]) {
      await production.query(sql, [], 'hoshizora');
    }
  }, true);
  const { cloud } = set;
  const asked = new Map<string, string>();
  for (const name of [instance, cluster]) {
    cloud.calls.length = 0;
    const execution = await cloud.drill(tokyo, requestFor(name));
    if (execution.status !== 'SUCCEEDED') throw new Error(`${execution.error} ${execution.cause}`);
    for (const { caller, service, operation } of cloud.calls) asked.set(`${caller} ${service}:${operation}`, name);
  }
  const [, { DefinitionString }] = cloud.machine(tokyo);
  const states = allStates(JSON.parse(`${DefinitionString}`))
    .filter(([, { Type }]) => Type === 'Task')
    .map(([name]) => name);
  return { ...set, asked: new Map([...asked].sort()), states };
}

export const instance = 'shop';
/** Goes through every state. */
export const cluster = 'carts';

function requestFor(name: string): object {
  return { databases: [{ name, source: 'latest' }] };
}

/**
 * A drill with something failing in it, then the hours in which the janitor comes by with nothing failing any more.
 *
 * @param look - before those
 */
export async function drillWithFault(
  name: string,
  options: RunOptions = {},
  look: () => void = () => {},
): Promise<Execution> {
  const { cloud } = scene;
  cloud.calls.length = 0;
  const { around = (_: string, invoke: () => Promise<FunctionAnswer>) => invoke(), ...others } = options;
  const invocations: Promise<FunctionAnswer>[] = [];
  const execution = await cloud.drill(tokyo, requestFor(name), {
    mostRetries: 2,
    ...others,
    around: (state, invoke) =>
      around(state, () => {
        const answer = invoke();
        invocations.push(answer);
        return answer;
      }),
  });
  look();
  cloud.watch = () => {};
  cloud.databases.isStuck = false;
  cloud.functions.clockAhead = 0;
  // A function goes on though nobody waits for its answer.
  await Promise.all(invocations);
  await eventually(
    async () => {
      if (cloud.scratches().length > 0)
        await cloud.functions.invoke(tokyo, 'hoshizora-drill-janitor', { trigger: 'hourly' });
      return cloud.scratches().map(({ identifier, status }) => ({ identifier, status }));
    },
    ({ length }) => length === 0,
  );
  return execution;
}

export function expectNothingLeftAndNoHarm(): void {
  const { cloud } = scene;
  expect(cloud.scratches().map(({ identifier }) => identifier)).toEqual([]);
  expect([...cloud.secrets.values.keys()].filter((name) => name.includes(':secret:rds!'))).toEqual([]);
  for (const { service, operation, input } of cloud.calls) {
    if (service !== 'rds' || !isWriting(operation)) continue;
    const target = input.TargetDBInstanceIdentifier ?? input.DBInstanceIdentifier ?? input.DBClusterIdentifier;
    expect(target).toMatch(/^hoshizora-drill-/);
  }
}
