import type { DrillRecord } from '../evidence/record.ts';
import { wordsOf } from '../evidence/report/words.ts';
import { lengthOf, type RenderedNotice, type Rendering, shorten, timeOf } from './render.ts';
import { type Language, runbookLink } from './situations.ts';

/** How a drill ended, for the people who want to hear of it. */
export interface DrillNotice {
  readonly policy: string;
  readonly region: string;
  /** Name of the execution. */
  readonly execution: string;
  readonly records: readonly DrillRecord[];
  /** Why it failed, the first cause first. @default - empty: it passed */
  readonly problems: readonly string[];
  /** Where the report is. @default - it could not be written */
  readonly report?: string;
}

const words = {
  en: {
    passed: 'passed',
    failed: 'FAILED',
    title: (policy: string, verdict: string) => `[drill] ${policy}: restore drill ${verdict}`,
    cause: 'Cause',
    database: (name: string, source: string, verdict: string) => `${name} (${source}): ${verdict}`,
    rto: 'RTO',
    rpo: 'RPO',
    against: (value: string, objective: string) => `${value}, objective ${objective}`,
    notReached: 'not reached',
    notMeasured: 'not measured with this source',
    missed: 'MISSED',
    when: 'Finished',
    execution: 'Execution',
    report: 'Report',
    runbook: 'Runbook',
  },
  ja: {
    passed: '合格',
    failed: '不合格',
    title: (policy: string, verdict: string) => `[復元訓練] ${policy}: ${verdict}`,
    cause: '原因',
    database: (name: string, source: string, verdict: string) => `${name} (${source}): ${verdict}`,
    rto: 'RTO',
    rpo: 'RPO',
    against: (value: string, objective: string) => `${value} (目標 ${objective})`,
    notReached: '到達せず',
    notMeasured: 'この復元元では測定しません',
    missed: '目標未達',
    when: '終了',
    execution: '実行',
    report: '報告書',
    runbook: '手順書',
  },
} as const;

/** The same form as other notices: a line for each answer. */
export function renderDrillNotice(notice: DrillNotice, rendering: Rendering): RenderedNotice {
  const { policy, region, execution, records, problems, report } = notice;
  const { language, now, runbooks } = rendering;
  const say = words[language];
  const isFailed = problems.length > 0;
  const title = say.title(policy, isFailed ? say.failed : say.passed);
  return {
    title: shorten(`${title} (${region})`),
    text: [
      `${title} (${region})`,
      ...problems.map((problem) => `${say.cause}: ${problem}`),
      ...records.flatMap((record) => recordLines(record, language)),
      `${say.when}: ${timeOf(now, rendering)}`,
      `${say.execution}: ${execution}`,
      ...(report === undefined ? [] : [`${say.report}: ${report}`]),
      ...(isFailed ? [`${say.runbook}: ${runbookLink('drill-failed', language, runbooks)}`] : []),
    ].join('\n'),
  };
}

function recordLines({ database, source, verdict, measured }: DrillRecord, language: Language): string[] {
  const say = words[language];
  const { rto, rpo } = measured;
  const line = (name: string, value: number | null, objective: number, met: boolean | null, none: string) => {
    const figure = value === null ? none : lengthOf(value * 1_000, language);
    return `  ${name}: ${say.against(figure, lengthOf(objective * 1_000, language))}${met === false ? ` ${say.missed}` : ''}`;
  };
  return [
    say.database(database, wordsOf[language].source[source], say[verdict]),
    line(
      say.rto,
      rto.met === null ? null : (rto.loaded ?? rto.available ?? null),
      rto.objective,
      rto.met,
      say.notReached,
    ),
    line(say.rpo, rpo.seconds, rpo.objective, rpo.met, source === 'random' ? say.notMeasured : say.notReached),
  ];
}
