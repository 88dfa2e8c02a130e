import { type Batch, checksOfBatch } from '../integrity/checks/batch.ts';
import { type CheckResult, mostFindings } from '../integrity/checks/check.ts';
import { named } from '../integrity/names.ts';
import { type DrillCheck, drillChecks } from '../policy/drills.ts';
import type { DrillFacts, SurveyFacts } from './facts.ts';

/** The gravest first. */
const gravity: readonly CheckResult['outcome'][] = ['failed', 'incomplete', 'warned', 'passed', 'skipped'];

/** Names of things that were not covered, in one result. */
const mostNames = 50;

/** Sentences of the parts of one result: tables and catalogue each have theirs. Of more, the gravest part's is told. */
const mostTexts = 2;

/** Checks that no batch answers: of the server, and those that look at more than the scratch. */
const withoutBatch: readonly DrillCheck[] = ['connect', 'shrinkage', 'baseline'];

/**
 * One result for each check and database, in the order of the policy's list, out of those of all batches. A check that is on and has
 * no result is in it too: as incomplete.
 */
export function mergeChecks(facts: DrillFacts): CheckResult[] {
  const { survey, answers, compared } = facts;
  if (!survey) return [];
  const given = [...survey.checks, ...[...answers.values()].flatMap((answer) => answer.checks), ...compared];
  const all = [...given, ...missing(facts, survey, given)];
  const groups = Map.groupBy(all, ({ check, name, database }) => JSON.stringify([check, name ?? null, database]));
  const order = Object.keys(drillChecks);
  return [...groups.values()]
    .map((group) => merged(group as [CheckResult, ...CheckResult[]]))
    .sort(
      (one, other) =>
        order.indexOf(one.check) - order.indexOf(other.check) ||
        compare(one.database, other.database) ||
        compare(one.name ?? '', other.name ?? ''),
    );
}

function merged(group: readonly [CheckResult, ...CheckResult[]]): CheckResult {
  const [gravest] = [...group].sort((one, other) => gravity.indexOf(one.outcome) - gravity.indexOf(other.outcome)) as [
    CheckResult,
  ];
  if (group.length === 1) return gravest;
  const findings = group.flatMap((one) => one.findings);
  const texts = [...new Set([gravest, ...group].map((one) => one.text))];
  const sum = (value: (one: CheckResult) => number) => group.reduce((total, one) => total + value(one), 0);
  const [covered, of] = [sum((one) => one.covered), sum((one) => one.of)];
  return {
    ...gravest,
    text: texts.length <= mostTexts ? texts.join('; ') : `${gravest.text} (one of ${group.length} parts)`,
    findings: findings.slice(0, mostFindings),
    more: sum((one) => one.more) + Math.max(0, findings.length - mostFindings),
    covered,
    of,
    notCovered: [...new Set(group.flatMap((one) => one.notCovered))].slice(0, mostNames),
    seconds: sum((one) => one.seconds),
  };
}

/** What every batch should have told, and what stands beside the batches. */
function missing({ checks, answers }: DrillFacts, survey: SurveyFacts, given: readonly CheckResult[]): CheckResult[] {
  const beside = withoutBatch.filter((check) => check in checks && !given.some((one) => one.check === check));
  return [
    ...beside.map((check) => incomplete({ check }, '', 'it gave no result', [])),
    ...survey.batches.flatMap((batch, number) => {
      const answer = answers.get(number);
      const told = answer?.checks.map(({ check }) => check) ?? [];
      const open = checksOfBatch[batch.kind].filter((check) => check in checks && !told.includes(check));
      const name = batch.kind === 'own' ? { name: batch.name } : {};
      const text = answer ? 'a part of it gave no result' : 'a part of it was not reached';
      return open.map((check) => incomplete({ check, ...name }, batch.database, text, namesOf(batch)));
    }),
  ];
}

function namesOf(batch: Batch): string[] {
  if (batch.kind === 'own') return [batch.name];
  if (batch.kind === 'database') return [batch.database];
  return [...new Set(batch.parts.map(({ schema, name }) => named(schema, name)))];
}

function incomplete(
  check: Pick<CheckResult, 'check' | 'name'>,
  database: string,
  text: string,
  names: readonly string[],
): CheckResult {
  return {
    ...check,
    database,
    outcome: 'incomplete',
    text,
    findings: [],
    more: 0,
    covered: 0,
    of: Math.max(1, names.length),
    notCovered: names.slice(0, mostNames),
    seconds: 0,
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
