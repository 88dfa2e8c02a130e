import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FukugenError } from '../../../errors.ts';
import type { OwnCheck } from './own-check.ts';
import { parseOwnCheck } from './parse-own-check.ts';

/**
 * The own checks of a folder, sorted by name: every file in it that ends in `.sql`. Synchronous, because CDK builds stacks so.
 *
 * @throws FukugenError `policy` when the folder cannot be read, has no such file, or with every mistake of every file
 */
export function readOwnChecks(folder: string): readonly OwnCheck[] {
  const parsed = filesIn(folder).map((file) => ({
    file,
    ...parseOwnCheck(file, readFileSync(join(folder, file), 'utf8')),
  }));
  const mistakes = parsed.flatMap((one) =>
    'mistakes' in one ? one.mistakes.map((text) => `${one.file}: ${text}`) : [],
  );
  if (mistakes.length > 0) {
    throw new FukugenError('policy', `the own checks in ${folder} have mistakes:\n  ${mistakes.join('\n  ')}`, {
      next: 'docs/drills.md tells how they are written',
    });
  }
  return parsed.flatMap((one) => ('check' in one ? [one.check] : []));
}

function filesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new FukugenError('policy', `the folder of own checks, ${folder}, cannot be read`, { cause });
  }
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  if (files.length === 0) {
    throw new FukugenError('policy', `the folder of own checks, ${folder}, holds no .sql file`, {
      next: 'write one, or leave drills.ownChecks out',
    });
  }
  return files;
}
