import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { account } from '../synthesise.ts';

/**
 * Compares a whole template with the one in `__golden__`, so that nothing changes unseen. What a template must hold is
 * said by the other tests; this one only makes a change visible. `UPDATE_GOLDEN=1` writes the file anew.
 */
export function expectGolden(name: string, template: Template): void {
  const file = new URL(`__golden__/${name}.json`, import.meta.url);
  const { Parameters, Rules, ...own } = template.toJSON();
  const text = `${JSON.stringify(own, null, 2)}\n`
    .replaceAll(/[0-9a-f]{64}/g, '(asset hash)')
    .replaceAll(account, '(account)');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
