import { timeOf } from '../../notice/index.ts';
import type { DrillRecord } from '../record.ts';
import { historyChart } from './charts.ts';
import { type Html, html } from './html.ts';
import { figureCell, lengthText, noRecoveryPoint, outcomeMark, recoveryTime } from './marks.ts';
import type { ReportOptions } from './report.ts';
import { wordsOf } from './words.ts';

/** Drills that fit into one picture: two years of them, one a month. */
const mostDrills = 24;

/** @param record - the newest that is shown */
export function historySection(records: readonly DrillRecord[], record: DrillRecord, options: ReportOptions): Html {
  const { language, timezone } = options;
  const { heading, column, chart, ...say } = wordsOf[language];
  const shown = records.filter(({ sequence }) => sequence <= record.sequence).slice(-mostDrills);
  const length = (seconds: number) => lengthText(seconds, language);
  const drawn = (
    title: string,
    value: (one: DrillRecord) => number | null,
    objective: (one: DrillRecord) => number,
  ) => {
    const drills = shown.map((one) => ({
      at: one.finishedAt,
      seconds: value(one),
      objective: objective(one),
      hasPassed: one.verdict === 'passed',
    }));
    return html`<figure><figcaption>${title}<span class="legend">${say.legend}</span></figcaption>
${historyChart(drills, title, length)}</figure>`;
  };
  return html`<h3>${heading.history}</h3>
${drawn(chart.rto(record.database), recoveryTime, ({ measured }) => measured.rto.objective)}
${drawn(
  chart.rpo(record.database),
  ({ measured }) => measured.rpo.seconds,
  ({ measured }) => measured.rpo.objective,
)}
<div class="wide"><table class="history">
<caption>${say.caption.history}</caption>
<thead><tr>${[column.number, column.finished, column.verdict, column.source, column.rto, column.rpo].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${[...shown].reverse().map(
  (
    one,
  ) => html`<tr><th scope="row">${one.sequence}</th><td class="figure">${timeOf(new Date(one.finishedAt), { timezone })}</td>
<td>${outcomeMark(one.verdict, language)}</td><td>${say.source[one.source]}</td>
${figureCell(recoveryTime(one), one.measured.rto, say.notReached, language)}
${figureCell(one.measured.rpo.seconds, one.measured.rpo, noRecoveryPoint(one, language), language)}</tr>
`,
)}</tbody>
</table></div>`;
}
