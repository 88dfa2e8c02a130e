import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { rules } from '../../../lib/checks/rules/index.ts';

test('docs/checks.md tells of every rule what the rule itself says, in the order of the reports', () => {
  const page = readFileSync(new URL('../../../docs/checks.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual(
    rules.map(({ id, isAcknowledgeable, looksAt, why, source, fix }) => {
      return `| \`${id}\`${isAcknowledgeable ? '' : ' (fatal)'} | ${looksAt} | [${why}](${source}) | ${fix} |`;
    }),
  );
});

test('no id is given twice', () => {
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
});
