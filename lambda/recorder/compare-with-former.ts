import { assembleFingerprints } from '../../core/evidence/fingerprints.ts';
import { restoredTo } from '../../core/evidence/restored-to.ts';
import type { Baseline } from '../../core/integrity/checks/baseline.ts';
import type { CheckResult } from '../../core/integrity/checks/check.ts';
import { compareWithBaselines } from '../../core/integrity/checks/compare-with-baselines.ts';
import { withoutFormer } from '../../core/integrity/checks/former.ts';
import { formerExtensions } from '../../core/integrity/checks/former-extensions.ts';
import { shrinkage } from '../../core/integrity/checks/shrinkage.ts';
import type { DrillTarget } from '../operator/messages.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import { lastGoodFingerprints } from './evidence.ts';
import type { RecorderHost } from './host.ts';
import type { Notes } from './notes.ts';

/** The checks that hold what was restored against what is known of before: the last evidence, and production. */
export async function compareWithFormer(
  { database: name }: DrillTarget,
  { checks, databases, ...plan }: DrillPlan,
  { survey, answers, note }: Notes,
  host: RecorderHost,
): Promise<CheckResult[]> {
  const database = databases.find((one) => one.name === name);
  const asOf = restoredTo(note?.origin ?? null);
  if (!survey || !database || asOf === undefined) return [];
  const restored = {
    databases: survey.databases.map((one) => one.name),
    fingerprints: assembleFingerprints(survey, answers),
  };
  const region = plan.place === 'primary' ? plan.primaryRegion : plan.replicaRegion;
  const previous = await lastGoodFingerprints(host, { region, database: name }, asOf);
  const withBaselines = async (severity: 'fail' | 'warn') =>
    database.hasBaseline
      ? compareWithBaselines(await baselinesAround(asOf, name, plan.primaryRegion, host), restored, asOf, severity)
      : withoutFormer('baseline', severity, 'the policy asks for no baseline of this database', 'skipped');
  return [
    ...(checks.extensions ? formerExtensions(previous, restored, checks.extensions) : []),
    ...(checks.shrinkage ? shrinkage(previous, restored, database.shrinkage, checks.shrinkage) : []),
    ...(checks.baseline ? await withBaselines(checks.baseline) : []),
  ];
}

/** Reading takes a while, so a baseline that began before the moment may have ended after it: one more than two on that side. */
const [before, after] = [3, 2];

/** Their names are their times, so the nearest are known without reading all. */
async function baselinesAround(
  asOf: string,
  database: string,
  primaryRegion: string,
  host: RecorderHost,
): Promise<Baseline[]> {
  const keys = await host.list(drillKeys.baselines(primaryRegion, database));
  const key = drillKeys.baseline(primaryRegion, database, new Date(asOf).toISOString());
  const next = keys.findIndex((one) => one > key);
  const middle = next === -1 ? keys.length : next;
  const texts = await Promise.all(
    keys.slice(Math.max(0, middle - before), middle + after).map((one) => host.read(one)),
  );
  return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as Baseline]));
}
