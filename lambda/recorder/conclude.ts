import type { DrillRecord } from '../../core/evidence/record.ts';
import { renderDrillNotice } from '../../core/notice/index.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import { causeOf } from './failure.ts';
import type { RecorderHost } from './host.ts';
import type { ConcludeInput, Conclusion, TargetResult } from './messages.ts';
import { regionOf } from './record.ts';
import { writeReport } from './report.ts';

/**
 * How the whole drill ended: its report, its notice, its verdict. What goes wrong here makes the verdict `failed`, and never keeps
 * it from being given.
 */
export async function conclude(input: ConcludeInput, plan: DrillPlan, host: RecorderHost): Promise<Conclusion> {
  const { execution } = input;
  const problems = problemsOf(input);
  /** The first problem stays the cause; what follows from it must not hide it. */
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };

  const told = await attempt('the conclusion could not be read', () => host.read(drillKeys.conclusion(execution)));
  if (told !== undefined) return JSON.parse(told) as Conclusion;

  const records: DrillRecord[] = [];
  for (const { recorded } of input.results) {
    if (!recorded) continue;
    const text = await attempt(`${recorded.key} could not be read`, () => readRecord(recorded.key, host));
    if (text !== undefined) records.push(JSON.parse(text) as DrillRecord);
  }
  const report = await attempt('the report could not be written', () => writeReport(input, problems, plan, host));
  const { policy, language, timezone, runbooks } = plan;
  const isSent = await attempt('the notice could not be sent', async () => {
    const notice = { policy, region: regionOf(plan), execution, records, problems, ...(report && { report }) };
    await host.notify(renderDrillNotice(notice, { language, timezone, runbooks, now: host.now() }));
    return true;
  });
  const conclusion = concluded(problems, records);
  // From here on nobody is told twice. That this could not be noted down is no failure of the drill.
  if (isSent) await attempt('', () => host.write(drillKeys.conclusion(execution), JSON.stringify(conclusion)));
  return conclusion;
}

async function readRecord(key: string, host: RecorderHost): Promise<string> {
  const text = await host.read(key);
  if (text === undefined) throw new Error('it is not there');
  return text;
}

function concluded(problems: readonly string[], records: readonly DrillRecord[]): Conclusion {
  const [first] = problems;
  if (first !== undefined) return { verdict: 'failed', cause: first };
  const names = records.map(({ database }) => database).join(', ');
  return { verdict: 'passed', cause: `${names} restored, and everything that was to be checked was` };
}

/** In the order of the targets, each with its own first. */
function problemsOf({ targets = [], results, failure }: ConcludeInput): string[] {
  const lost = targets.filter(({ database }) => !results.some(({ target }) => target.database === database));
  return [
    ...results.flatMap(problemsOfTarget),
    ...(failure ? [causeOf(failure).text] : []),
    // Whatever became of it: silence is no success.
    ...lost.map(({ database }) => `${database}: it was chosen, and nothing came back of it`),
    ...(results.length === 0 && lost.length === 0 && !failure ? ['no database was drilled'] : []),
  ];
}

function problemsOfTarget({ target, recorded, failure }: TargetResult): string[] {
  const verdict =
    recorded === undefined
      ? failure
        ? []
        : ['nothing was recorded']
      : recorded.verdict === 'failed'
        ? [recorded.cause ?? 'it failed without a cause']
        : [];
  return [...verdict, ...(failure ? [causeOf(failure).text] : [])].map((text) => `${target.database}: ${text}`);
}
