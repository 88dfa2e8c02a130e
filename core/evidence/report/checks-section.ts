import type { CheckResult } from '../../integrity/checks/check.ts';
import type { Language } from '../../notice/index.ts';
import type { DrillRecord } from '../record.ts';
import { type Html, html } from './html.ts';
import { outcomeMark } from './marks.ts';
import { wordsOf } from './words.ts';

/** Every check with what it found; the words of the checks themselves are English in every language. */
export function checksSection({ checks }: DrillRecord, language: Language): Html {
  const { heading, column, ...say } = wordsOf[language];
  if (checks.length === 0) return html`<h3>${heading.checks}</h3><p class="failed">${say.nothingChecked}</p>`;
  return html`<h3>${heading.checks}</h3>
<div class="wide"><table class="checks">
<caption>${say.caption.checks}</caption>
<thead><tr><th scope="col">${column.check}</th><th scope="col">${column.outcome}</th><th scope="col">${column.covered}</th><th scope="col">${column.findings}</th></tr></thead>
<tbody>
${checks.map((check) => checkRow(check, language))}
</tbody>
</table></div>`;
}

function checkRow(check: CheckResult, language: Language): Html {
  const say = wordsOf[language];
  const { database, outcome, text, findings, more, covered, of } = check;
  const list = html`<ul>${findings.map((finding) => html`<li><code>${finding.object}</code>: ${finding.text}</li>`)}${more > 0 ? html`<li lang="${language}">${say.more(more)}</li>` : undefined}</ul>`;
  return html`<tr><th scope="row">${nameOf(check, language)}${database === '' ? undefined : html`<small>${database}</small>`}</th>
<td>${outcomeMark(outcome, language)}</td>
<td class="figure">${of === 0 ? '' : `${covered} / ${of}`}</td>
<td lang="en">${text}${findings.length + more > 0 ? list : undefined}</td></tr>
`;
}

/** What a reader must not take for checked. */
export function notCoveredSection({ checks }: DrillRecord, language: Language): Html {
  const { heading, column, ...say } = wordsOf[language];
  if (checks.length === 0) return html``;
  const open = checks.filter(
    ({ outcome, covered, of }) => outcome === 'skipped' || outcome === 'incomplete' || covered < of,
  );
  if (open.length === 0) return html`<h3>${heading.notCovered}</h3><p>${say.everything}</p>`;
  return html`<h3>${heading.notCovered}</h3>
<div class="wide"><table class="not-covered">
<caption>${say.caption.notCovered}</caption>
<thead><tr><th scope="col">${column.check}</th><th scope="col">${column.outcome}</th><th scope="col">${column.what}</th><th scope="col">${column.why}</th></tr></thead>
<tbody>
${open.map((check) => {
  const { database, outcome, text, notCovered, covered, of } = check;
  const rest = of - covered - notCovered.length;
  const names = notCovered.map((name, index) => html`${index > 0 ? ', ' : ''}<code>${name}</code>`);
  return html`<tr><th scope="row">${nameOf(check, language)}${database === '' ? undefined : html`<small>${database}</small>`}</th><td>${outcomeMark(outcome, language)}</td>
<td>${names}${rest > 0 ? ` ${notCovered.length > 0 ? say.more(rest) : say.ofThese(rest)}` : ''}</td><td lang="en">${text}</td></tr>
`;
})}</tbody>
</table></div>`;
}

function nameOf({ check, name }: CheckResult, language: Language): Html {
  const word = wordsOf[language].check[check];
  return name === undefined ? html`${word}` : html`${word}: <code>${name}</code>`;
}
