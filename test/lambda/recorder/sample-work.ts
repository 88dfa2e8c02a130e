import type { DrillFacts } from '../../../core/evidence/facts.ts';
import type { DrillTarget } from '../../../lambda/operator/messages.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import type { DrillPlan } from '../../../lambda/shared/drill-plan.ts';
import { minute, sampleFacts, startedAt } from '../../helpers/sample-drill.ts';
import type { SimulatedAccount } from './simulated-account.ts';

export const plan: DrillPlan = {
  policy: 'shop',
  language: 'en',
  place: 'primary',
  primaryRegion: 'ap-northeast-1',
  replicaRegion: 'ap-northeast-3',
  vault: 'shop-primary',
  scratchPrefix: 'shop-drill-',
  subnetGroup: 'shop-drill',
  timezone: 'Asia/Tokyo',
  concurrency: 3,
  timeLimitSeconds: 8 * 3_600,
  waitUntilLoaded: false,
  keepEvidenceDays: 400,
  checks: { connect: 'fail', readable: 'fail', sequences: 'fail' },
  ownChecks: [],
  databases: [
    {
      name: 'main',
      kind: 'instance',
      identifier: 'shop-main',
      resource: 'rds:ap-northeast-1:db:shop-main',
      hasAutomatedBackups: true,
      objectives: { rpoSeconds: 3 * 3_600, rtoSeconds: 4 * 3_600 },
      freshness: [],
      shrinkage: 20,
      hasBaseline: false,
    },
  ],
};

export const target: DrillTarget = {
  execution: 'drill-2026-11',
  startedAt,
  trigger: 'schedule',
  database: 'main',
  kind: 'instance',
  source: 'latest',
  scratch: 'shop-drill-0123456789ab',
  deadline: minute(480),
};

/** Puts what the steps of a drill leave into the bucket. */
export function leaveWork(account: SimulatedAccount, of = target, facts: DrillFacts = sampleFacts()): void {
  account.leave(drillKeys.origin(of), facts.note);
  for (const { name, at } of facts.marks) account.leave(drillKeys.mark(of, name), { at });
  account.leave(drillKeys.survey(of), { version: '17.6', ...facts.survey });
  for (const [number, answer] of facts.answers) account.leave(drillKeys.batch(of, number), answer);
}
