import { count, counted } from '../../counted.ts';
import type { Comparison, Verdict } from './comparison.ts';

const verdicts: Readonly<Record<Verdict, string>> = {
  identical: 'identical',
  'identical-with-notes': 'identical, with notes',
  incomplete: 'what was compared is identical, but not everything was compared',
  different: 'DIFFERENT',
};

/** One line when all is well; otherwise one more for each finding, the gravest first. */
export function renderComparison({ verdict, findings, compared }: Comparison): string {
  const uncovered = compared.uncovered > 0 ? ` (${count(compared.uncovered)} not compared)` : '';
  const differences = findings.filter(({ severity }) => severity === 'difference').length;
  const how =
    verdict === 'different' ? `${verdicts[verdict]}, ${counted(differences, 'difference')}` : verdicts[verdict];
  const summary = `${counted(compared.tables, 'table')}, ${counted(compared.rows, 'row')}: ${how}${uncovered}`;
  return [summary, ...findings.map(({ severity, text }) => `  ${severity}: ${text}`)].join('\n');
}
