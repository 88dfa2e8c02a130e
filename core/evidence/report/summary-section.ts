import { type Language, timeOf } from '../../notice/index.ts';
import type { DrillRecord } from '../record.ts';
import { type Html, html } from './html.ts';
import { figureCell, noRecoveryPoint, outcomeMark, recoveryTime } from './marks.ts';
import type { Reported, ReportOptions } from './report.ts';
import { wordsOf } from './words.ts';

/** The one sentence that somebody in a hurry reads. */
export function conclusionOf(reported: readonly Reported[], problems: readonly string[], language: Language): Html {
  const say = wordsOf[language];
  const failed = reported.filter(({ record }) => record.verdict === 'failed').length;
  const hasPassed = failed === 0 && problems.length === 0 && reported.length > 0;
  const warnings = reported.flatMap(({ record }) => record.checks).filter(({ outcome }) => outcome === 'warned').length;
  const text = hasPassed ? say.all(reported.length, warnings) : say.some(failed, reported.length);
  return html`<p class="conclusion ${hasPassed ? 'passed' : 'failed'}">${hasPassed ? '✓' : '✕'} ${failed === 0 && !hasPassed ? say.verdict.failed : text}</p>`;
}

export function summarySection(
  reported: readonly Reported[],
  problems: readonly string[],
  options: ReportOptions,
): Html {
  const say = wordsOf[options.language];
  const { column } = say;
  const list = html`<h2>${say.heading.problems}</h2>
<ul lang="en">${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`;
  return html`${problems.length > 0 ? list : undefined}
<section aria-labelledby="summary">
<h2 id="summary">${say.heading.summary}</h2>
<div class="wide"><table class="summary">
<caption>${say.caption.summary}</caption>
<thead><tr>${[column.database, column.verdict, column.source, column.rto, column.rpo, column.checks, column.finished].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${reported.map(({ record }) => summaryRow(record, options))}
</tbody>
</table></div>
</section>`;
}

function summaryRow(record: DrillRecord, { language, timezone }: ReportOptions): Html {
  const say = wordsOf[language];
  const { database, region, verdict, source, measured, checks, finishedAt } = record;
  const outcomes = (['failed', 'incomplete', 'warned', 'passed'] as const).flatMap((outcome) => {
    const count = checks.filter((check) => check.outcome === outcome).length;
    return count === 0 ? [] : [html`<span class="count ${outcome}">${say.outcome[outcome]} ${count}</span><br>`];
  });
  return html`<tr><th scope="row"><a href="#${anchor(record)}">${database}</a><small>${region}</small></th>
<td>${outcomeMark(verdict, language)}</td>
<td>${say.source[source]}</td>
${figureCell(recoveryTime(record), measured.rto, say.notReached, language)}
${figureCell(measured.rpo.seconds, measured.rpo, noRecoveryPoint(record, language), language)}
<td>${outcomes.length > 0 ? outcomes : html`<span class="quiet">${say.notReached}</span>`}</td>
<td class="figure">${timeOf(new Date(finishedAt), { timezone })}</td></tr>`;
}

/** Of the section about one database. */
export function anchor({ region, database }: DrillRecord): string {
  return `${region}-${database}`;
}
