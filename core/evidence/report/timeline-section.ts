import { timeOf } from '../../notice/index.ts';
import type { DrillMarkName, DrillRecord } from '../record.ts';
import { timelineChart } from './charts.ts';
import { type Html, html } from './html.ts';
import { lengthText } from './marks.ts';
import type { ReportOptions } from './report.ts';
import { type Words, wordsOf } from './words.ts';

/** The steps that take time, by the marks between which they lie. */
const steps: readonly (readonly [keyof Words['step'], DrillMarkName, DrillMarkName])[] = [
  ['restore', 'restore-asked', 'available'],
  ['instance', 'instance-asked', 'instance-available'],
  ['password', 'password-asked', 'password-taken'],
  ['survey', 'password-taken', 'surveyed'],
  ['checks', 'surveyed', 'checked'],
  ['loading', 'checked', 'loaded'],
];

export function timelineSection({ database, timeline }: DrillRecord, { language, timezone }: ReportOptions): Html {
  const say = wordsOf[language];
  const at = new Map(timeline.map((mark) => [mark.name, Date.parse(mark.at)]));
  const asked = at.get('restore-asked');
  if (asked === undefined) return html`<h3>${say.heading.timeline}</h3><p class="quiet">${say.notReached}</p>`;
  const since = (time: number) => Math.max(0, (time - asked) / 1_000);
  const length = (seconds: number) => lengthText(seconds, language);
  const bars = steps.flatMap(([step, first, last]) => {
    const [from, to] = [at.get(first), at.get(last)];
    if (from === undefined || to === undefined) return [];
    return [{ name: say.step[step], from: since(from), to: since(to), label: length((to - from) / 1_000) }];
  });
  const chart = html`<figure><figcaption>${say.chart.timeline(database)}</figcaption>
${bars.length > 0 ? timelineChart(bars, say.chart.timeline(database), length) : undefined}</figure>`;
  return html`<h3>${say.heading.timeline}</h3>
${bars.length > 0 ? chart : undefined}
<div class="wide"><table class="timeline">
<caption>${say.caption.timeline}</caption>
<thead><tr><th scope="col">${say.column.step}</th><th scope="col">${say.column.time}</th><th scope="col">${say.column.sinceRequest}</th></tr></thead>
<tbody>${timeline.map((mark) => {
    const after = Date.parse(mark.at) < asked ? '' : length(since(Date.parse(mark.at)));
    return html`<tr><th scope="row">${say.mark[mark.name]}</th><td class="figure">${timeOf(new Date(mark.at), { timezone })}</td><td class="figure">${after}</td></tr>
`;
  })}</tbody>
</table></div>`;
}
