import type { Chain } from '../chain.ts';
import { type Html, html } from './html.ts';
import { outcomeMark } from './marks.ts';
import type { ReportOptions } from './report.ts';
import { wordsOf } from './words.ts';

/** Where the records are, whether their chain is whole, and how to see that for oneself. */
export function evidenceSection(chains: readonly Chain[], verifyWith: string, { language }: ReportOptions): Html {
  const { heading, column, ...say } = wordsOf[language];
  return html`<section aria-labelledby="evidence">
<h2 id="evidence">${heading.evidence}</h2>
<p>${say.howToVerify}</p>
<pre><code>${verifyWith}</code></pre>
<div class="wide"><table class="evidence">
<caption>${say.caption.evidence}</caption>
<thead><tr><th scope="col">${column.database}</th><th scope="col">${column.records}</th><th scope="col">${column.chain}</th><th scope="col">${say.newest}: ${column.sha256}</th></tr></thead>
<tbody>
${chains.map(({ region, database, records, findings, hashes }) => {
  const mark = outcomeMark(findings.length === 0 ? 'passed' : 'failed', language);
  const list = html`<ul lang="en">${findings.map(({ key, text }) => html`<li><code>${key}</code>: ${text}</li>`)}</ul>`;
  return html`<tr><th scope="row">${database}<small>${region}</small></th><td class="figure">${records.length}</td>
<td>${findings.length === 0 ? html`<span class="mark passed">✓ ${say.intact}</span>` : html`${mark} ${say.damaged(findings.length)}${list}`}</td>
<td class="hash">${hashes.at(-1)}</td></tr>
`;
})}</tbody>
</table></div>
</section>`;
}
