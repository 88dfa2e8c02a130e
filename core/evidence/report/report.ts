import { type Language, timeOf } from '../../notice/index.ts';
import type { Chain } from '../chain.ts';
import type { DrillRecord } from '../record.ts';
import { databaseSection } from './database-section.ts';
import { evidenceSection } from './evidence-section.ts';
import { Html, html } from './html.ts';
import { style } from './style.ts';
import { conclusionOf, summarySection } from './summary-section.ts';
import { wordsOf } from './words.ts';

export interface Report {
  readonly policy: string;
  readonly writtenAt: Date;
  /** Of one database in one Region each, with everything before the records that are reported. */
  readonly chains: readonly Chain[];
  /** Name of the execution that is reported. @default - the newest record of every chain */
  readonly drill?: string;
  /** What went wrong besides what the records say, such as a tear-down. */
  readonly problems: readonly string[];
  /** The command that walks the chains. */
  readonly verifyWith: string;
}

export interface ReportOptions {
  readonly language: Language;
  /** Of the IANA database. */
  readonly timezone: string;
}

/** One chain, and the record of it that is reported. */
export interface Reported {
  readonly chain: Chain;
  readonly record: DrillRecord;
}

/** One page that needs nothing else: no script, no request, no font of its own. */
export function renderReport(report: Report, options: ReportOptions): string {
  const { policy, writtenAt, chains, drill, problems, verifyWith } = report;
  const { language, timezone } = options;
  const say = wordsOf[language];
  const reported = chains.flatMap((chain): Reported[] => {
    const record = drill === undefined ? chain.records.at(-1) : chain.records.find((one) => one.drill === drill);
    return record ? [{ chain, record }] : [];
  });
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${say.title}: ${policy}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<header>
<h1>${say.title}</h1>
<p class="subtitle">${say.drillsOf(policy)}</p>
<p class="meta">${say.written} ${timeOf(writtenAt, { timezone })}　${say.times} ${timezone}</p>
</header>
${conclusionOf(reported, problems, language)}
${summarySection(reported, problems, options)}
${reported.map((one) => databaseSection(one, options))}
${evidenceSection(chains, verifyWith, options)}
</main>
</body>
</html>
`;
  return page.text;
}
