import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import type { DrillsPolicy } from '../../core/policy/index.ts';
import { drillPlanOf } from '../../lib/drill-plan.ts';
import { ownChecksOf, ownChecksOrError } from '../../lib/own-checks.ts';
import { cloudPolicy, main, newStack } from './synthesise.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-own-'));
  await mkdir(join(folder, 'checks', 'orders'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (file: string, text = '-- expect: rows = 0\nselect 1 where false') =>
  writeFile(join(folder, 'checks', file), text);
const policy = cloudPolicy({
  databases: { orders: { ...main, drill: { ownChecks: 'checks/orders' } }, reports: main },
  drills: { ownChecks: 'checks' },
});

test('given checks for every database and for one, each database gets its own', async () => {
  await Promise.all([write('everywhere.sql'), write('orders/paid.sql')]);
  const ownChecks = ownChecksOf(policy, folder);
  const inputs = {
    ...{ name: 'shop', language: 'en' as const, ownChecks },
    cloud: { ...policy, drills: policy.drills as DrillsPolicy },
    objectives: { rpo: { seconds: 1 }, rto: { seconds: 2 } },
  };
  const plan = drillPlanOf(inputs, 'primary');
  expect(plan.ownChecks.map(({ name }) => name)).toEqual(['everywhere']);
  expect(plan.databases.map(({ name, ownChecks }) => [name, ownChecks?.map((one) => one.name)])).toEqual([
    ['orders', ['paid']],
    ['reports', undefined],
  ]);
});

test('given mistakes in both folders, names all of them', async () => {
  await Promise.all([write('everywhere.sql', 'select 1'), write('orders/paid.sql', 'drop table orders')]);
  expect(() => ownChecksOf(policy, folder)).toThrow(/everywhere\.sql: write what is expected[\s\S]*paid\.sql: .*DROP/);
});

test('given one name twice for a database, refuses it', async () => {
  await Promise.all([write('paid.sql'), write('orders/paid.sql')]);
  expect(() => ownChecksOf(policy, folder)).toThrow(
    'the own check paid is there for every database, and once more for orders',
  );
});

test('given no drills, reads nothing', () => {
  expect(ownChecksOf(cloudPolicy({ drills: false }), '/nowhere')).toEqual({ ofAll: [], of: {} });
});

test('given a folder that is not there, the synth fails with it, and declares the rest', () => {
  const stack = newStack();
  // CDK prints what it finds.
  jest.spyOn(console, 'error').mockImplementation(() => {});
  expect(ownChecksOrError(stack, policy, '/nowhere')).toEqual({ ofAll: [], of: {} });
  expect(() => App.of(stack)?.synth()).toThrow(
    /own checks, \/nowhere\/checks, cannot be read[\s\S]*\/nowhere\/checks\/orders, cannot be read; docs\/drills\.md tells/,
  );
});
