import { timeOf } from '../../notice/index.ts';
import type { DrillRecord } from '../record.ts';
import { restoredTo } from '../restored-to.ts';
import { checksSection, notCoveredSection } from './checks-section.ts';
import { historySection } from './history-section.ts';
import { type Content, type Html, html } from './html.ts';
import { lengthText, outcomeMark } from './marks.ts';
import type { Reported, ReportOptions } from './report.ts';
import { anchor } from './summary-section.ts';
import { timelineSection } from './timeline-section.ts';
import { wordsOf } from './words.ts';

/** Everything about one database in one Region. */
export function databaseSection({ chain, record }: Reported, options: ReportOptions): Html {
  const { language } = options;
  const say = wordsOf[language];
  return html`<section class="database" id="${anchor(record)}" aria-labelledby="${anchor(record)}-heading">
<h2 id="${anchor(record)}-heading">${record.database} <span class="quiet">${record.region}</span><span class="heading-mark">${outcomeMark(record.verdict, language)}</span></h2>
<h3>${say.heading.facts}</h3>
<dl>${facts(record, options).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${timelineSection(record, options)}
${checksSection(record, language)}
${notCoveredSection(record, language)}
${historySection(chain.records, record, options)}
</section>`;
}

function facts(record: DrillRecord, { language, timezone }: ReportOptions): [string, Content][] {
  const { fact, ...say } = wordsOf[language];
  const { cause, origin, scratch, measured } = record;
  const time = (at: string) => html`<span class="figure">${timeOf(new Date(at), { timezone })}</span>`;
  const length = (seconds: number) => lengthText(seconds, language);
  const { rto, rpo } = measured;
  const asOf = restoredTo(origin);
  const after = (name: string, seconds: number | undefined): [string, Content][] =>
    seconds === undefined ? [] : [[name, length(seconds)]];
  return [
    ...(cause
      ? [
          [
            fact.cause,
            html`<strong class="failed" lang="en">${cause.text}</strong> <small class="quiet">${cause.step}, ${cause.error}</small>`,
          ] as [string, Content],
        ]
      : []),
    [
      fact.drill,
      html`<code>${record.drill}</code>${say.comma}${say.trigger[record.trigger]}${say.comma}${time(record.startedAt)}`,
    ],
    [
      say.column.source,
      html`${say.source[record.source]}<br><span class="quiet">${say.sourceMeans[record.source]}</span>`,
    ],
    ...(origin?.recoveryPoint
      ? [[fact.recoveryPoint, html`<code>${origin.recoveryPoint}</code>`] as [string, Content]]
      : []),
    ...(origin && asOf
      ? [
          [fact.restoredTo, html`${time(asOf)}<br><span class="quiet">${say.basis[origin.basis]}</span>`] as [
            string,
            Content,
          ],
        ]
      : []),
    [
      fact.scratch,
      html`<code>${scratch.identifier}</code> ${[say.kind[record.kind], scratch.instanceClass, scratch.engineVersion && `PostgreSQL ${scratch.engineVersion}`].filter(Boolean).join(say.comma)}`,
    ],
    ...after(fact.available, rto.available),
    ...after(fact.checked, rto.checked),
    ...after(fact.loaded, rto.loaded),
    ...(rpo.seconds === null ? [] : after(fact.rpo, rpo.seconds)),
    ...rpo.freshness.map(({ column, newest, behind }): [string, Content] => [
      fact.freshness,
      html`<code>${column}</code>: ${newest === null ? say.empty : time(newest)}${behind === null ? '' : ` (${say.behind(length(Math.max(0, behind)))})`}`,
    ]),
    ...(measured.bytes === null ? [] : [[fact.size, sizeText(measured.bytes)] as [string, Content]]),
    [
      fact.cost,
      measured.cost.usd === null
        ? html`<span lang="en">${measured.cost.text}</span>`
        : html`USD ${measured.cost.usd.toFixed(2)} <span class="quiet" lang="en">${measured.cost.text}</span>`,
    ],
  ];
}

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * power);
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}
