import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DrillPlan } from './drill-plan.ts';

/** The plan beside the bundle; the variable `DRILL_PLAN` names another file. */
export function readPlan(): DrillPlan {
  const folder = process.env.LAMBDA_TASK_ROOT ?? '.';
  return JSON.parse(readFileSync(resolve(folder, process.env.DRILL_PLAN ?? 'drill-plan.json'), 'utf8')) as DrillPlan;
}

/** @throws when the deployment left one out */
export function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}
