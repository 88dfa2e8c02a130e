import { expect, test } from '@jest/globals';
import type { DrillsPolicy } from '../../core/policy/index.ts';
import { drillPlanOf } from '../../lib/drill-plan.ts';
import { cloudPolicy, main } from './synthesise.ts';

test('given what an hour of one scratch costs, the functions of the drill know it of that database', () => {
  const cloud = cloudPolicy({ databases: { orders: { ...main, drill: { usdPerHour: 0.2 } }, reports: main } });
  const inputs = {
    ...{ name: 'shop', language: 'en' as const, ownChecks: { ofAll: [], of: {} } },
    cloud: { ...cloud, drills: cloud.drills as DrillsPolicy },
    objectives: { rpo: { seconds: 1 }, rto: { seconds: 2 } },
  };
  const { databases } = drillPlanOf(inputs, 'primary');
  expect(databases.map(({ name, usdPerHour }) => [name, usdPerHour])).toEqual([
    ['orders', 0.2],
    ['reports', undefined],
  ]);
});
