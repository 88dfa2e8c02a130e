import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');

/** What each floor of the house may import from, itself apart. The rehearsal plays the whole system, so it may import anything. */
const below: Record<string, readonly string[]> = {
  bin: ['lib', 'core', 'backup.config.ts'],
  lib: ['lambda', 'core'],
  lambda: ['core'],
  // Which release it is stands in package.json alone.
  local: ['core', 'package.json'],
  core: [],
};

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;

async function sourcesIn(floor: string): Promise<string[]> {
  const names = await readdir(join(root, floor), { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(root, floor, name));
}

function importsOf(text: string): string[] {
  return [...text.matchAll(importPattern)].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
}

/** Imports of a file that its floor does not allow. */
function wrongImports(floor: string, file: string, text: string): string[] {
  return importsOf(text).filter((specifier) => {
    if (!specifier.startsWith('.'))
      return floor === 'core' && /^(aws-cdk-lib|constructs|cdk-nag|@aws-sdk\/)/.test(specifier);
    const target = relative(root, resolve(dirname(file), specifier));
    const floorOfTarget = target.includes('/') ? (target.split('/')[0] as string) : target;
    return floorOfTarget !== floor && !(below[floor] as readonly string[]).includes(floorOfTarget);
  });
}

describe('imports point downwards only', () => {
  test.each(Object.keys(below))('%s imports nothing above it', async (floor) => {
    const wrong: string[] = [];
    for (const file of await sourcesIn(floor)) {
      for (const specifier of wrongImports(floor, file, await readFile(file, 'utf8')))
        wrong.push(`${relative(root, file)} imports ${specifier}`);
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['core', "import { x } from '../../local/x.ts';"],
    ['core', "import { Stack } from 'aws-cdk-lib';"],
    ['core', "export type { A } from '../../lib/a.ts';"],
    ['local', "const a = await import('../../lib/a.ts');"],
    ['lambda', "import {\n  b,\n} from '../../rehearsal/b.ts';"],
  ])('given %s with %s, the rule finds it', (floor, text) => {
    expect(wrongImports(floor, join(root, floor, 'room', 'file.ts'), text)).toHaveLength(1);
  });

  test('every floor has something to look at', async () => {
    for (const floor of ['bin', 'lib', 'local', 'core']) expect((await sourcesIn(floor)).length).toBeGreaterThan(0);
  });
});
