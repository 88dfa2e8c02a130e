import type { CheckResult } from '../integrity/checks/check.ts';
import type { DrillFacts } from './facts.ts';
import { measure } from './measures.ts';
import { mergeChecks } from './merge-checks.ts';
import { type DrillCause, type DrillMark, type DrillMarkName, type DrillRecord, drillMarks } from './record.ts';

/** The steps without which nothing was proven. */
const passed: readonly DrillMarkName[] = ['restore-asked', 'available', 'password-taken', 'surveyed', 'checked'];

/**
 * The record of one drill of one database, without its seal. The verdict is `passed` only when every step went through and every
 * check that is on passed or warned; an objective that was missed is a figure and an alarm of its own, and no failure of the restore.
 */
export function judge(facts: DrillFacts): Omit<DrillRecord, 'seal'> {
  const { policy, drill, trigger, database, kind, place, region, source, sequence, previous } = facts;
  const checks = mergeChecks(facts);
  const cause = facts.failure ?? notReached(facts) ?? causeOf(checks);
  return {
    format: 1,
    ...{ policy, drill, trigger, database, kind, place, region, source, sequence, previous },
    startedAt: facts.startedAt,
    finishedAt: facts.finishedAt,
    origin: facts.note?.origin ?? null,
    scratch: facts.note?.scratch ?? { identifier: facts.scratch },
    verdict: cause ? 'failed' : 'passed',
    cause: cause ?? null,
    timeline: inOrder(facts.marks),
    measured: measure(facts),
    checks,
    fingerprints: facts.fingerprints ?? null,
  };
}

/** Nothing was caught, and yet nothing was looked at: silence is a failure too. */
function notReached({ survey, marks, waitsUntilLoaded }: DrillFacts): DrillCause | undefined {
  const expected = waitsUntilLoaded ? [...passed, 'loaded' as const] : passed;
  const missing = expected.find((step) => !marks.some(({ name }) => name === step));
  if (missing) return { step: missing, error: 'incomplete', text: `the drill left no mark of ${missing}` };
  return survey ? undefined : { step: 'surveyed', error: 'incomplete', text: 'the drill left no survey' };
}

function causeOf(checks: readonly CheckResult[]): DrillCause | undefined {
  const found =
    checks.find(({ outcome }) => outcome === 'failed') ?? checks.find(({ outcome }) => outcome === 'incomplete');
  if (!found) return undefined;
  const { check, name, database, outcome, text, findings } = found;
  const [first] = findings;
  const where = `${name === undefined ? check : `${check} ${name}`}${database === '' ? '' : ` in ${database}`}`;
  const what = first ? `${first.object}: ${first.text}` : text;
  return { step: check, error: outcome, text: `${where}: ${what}` };
}

/** By time; marks of the same moment in the order of the steps. */
function inOrder(marks: readonly DrillMark[]): DrillMark[] {
  return [...marks].sort(
    (one, other) =>
      Date.parse(one.at) - Date.parse(other.at) || drillMarks.indexOf(one.name) - drillMarks.indexOf(other.name),
  );
}
