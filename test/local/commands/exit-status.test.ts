import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '../../../core/errors.ts';
import { exitMeanings, exitStatus, statusOf } from '../../../local/console/exit-status.ts';

const document = new URL('../../../docs/exit-codes.md', import.meta.url);

async function documented(): Promise<[number, string][]> {
  const text = await readFile(document, 'utf8');
  return [...text.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, status, meaning]) => [
    Number(status),
    meaning as string,
  ]);
}

describe('given the exit statuses', () => {
  it('then docs/exit-codes.md holds the same table', async () => {
    expect(await documented()).toEqual(exitMeanings);
  });

  it('then no number has two meanings, and each has one', () => {
    const numbers = Object.values(exitStatus);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(exitMeanings.map(([status]) => status)).toEqual(numbers);
  });

  it.each<[ErrorCode, number]>([
    ['usage', 2],
    ['policy', 2],
    ['incomplete', 3],
    ['mismatch', 4],
    ['missing', 5],
    ['source', 6],
    ['store', 7],
    ['secret', 8],
    ['locked', 9],
    ['cancelled', 130],
  ])('when an error has the code %s, then the status is %d, as scripts rely on', (code, status) => {
    expect(statusOf(code)).toBe(status);
  });
});
