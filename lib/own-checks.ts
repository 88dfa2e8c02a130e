import { resolve } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { FukugenError } from '../core/errors.ts';
import { readOwnChecks } from '../core/integrity/checks/own/read-own-checks.ts';
import type { CloudPolicy } from '../core/policy/index.ts';
import type { OwnCheck } from '../lambda/checker/messages.ts';

export interface OwnChecks {
  readonly ofAll: readonly OwnCheck[];
  /** By the name of the database in the policy. */
  readonly of: Readonly<Record<string, readonly OwnCheck[]>>;
}

/**
 * The own checks that a policy names.
 *
 * @param folder - of the policy
 * @throws FukugenError `policy` as readOwnChecks does, from every folder at once, or when a database has two of one name
 */
export function ownChecksOf({ drills, databases }: CloudPolicy, folder: string): OwnChecks {
  if (drills === false) return { ofAll: [], of: {} };
  const mistakes: string[] = [];
  const read = (path: string | undefined): readonly OwnCheck[] => {
    try {
      return path === undefined ? [] : readOwnChecks(resolve(folder, path));
    } catch (error) {
      if (!(error instanceof FukugenError)) throw error;
      mistakes.push(error.message);
      return [];
    }
  };
  const ofAll = read(drills.ownChecks);
  const of = Object.fromEntries(Object.entries(databases).map(([name, { drill }]) => [name, read(drill.ownChecks)]));
  for (const [database, own] of Object.entries(of)) {
    for (const { name } of own.filter((one) => ofAll.some((other) => other.name === one.name))) {
      mistakes.push(`the own check ${name} is there for every database, and once more for ${database}`);
    }
  }
  if (mistakes.length === 0) return { ofAll, of };
  throw new FukugenError('policy', mistakes.join('\n'), { next: 'docs/drills.md tells how own checks are written' });
}

/**
 * The same for a synth, which tells what is wrong with them together with all else, not before it.
 *
 * @param scope - where the error is shown
 */
export function ownChecksOrError(scope: IConstruct, cloud: CloudPolicy, folder: string): OwnChecks {
  try {
    return ownChecksOf(cloud, folder);
  } catch (error) {
    if (!(error instanceof FukugenError)) throw error;
    Validations.of(scope).addError('fukugen-own-checks', `${error.message}; ${error.next}`);
    return { ofAll: [], of: {} };
  }
}
