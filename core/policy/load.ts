import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { FukugenError } from '../errors.ts';
import { type BackupPolicy, parsePolicy } from './schema.ts';

const fileNames = ['backup.config.ts', 'backup.config.yaml', 'backup.config.yml'];

/** A policy and the file it was read from: relative paths in it are beside that file. */
export interface LoadedPolicy {
  readonly policy: BackupPolicy;
  /** Absolute. */
  readonly file: string;
}

/**
 * Reads the policy from a file, TypeScript or YAML.
 *
 * @param file - @default - `FUKUGEN_CONFIG`, then backup.config.ts, .yaml or .yml in the folder, then ~/.config/fukugen
 * @throws FukugenError `missing` when there is no such file, `policy` when it cannot be read or has mistakes
 */
export async function loadPolicy(folder: string, file?: string): Promise<LoadedPolicy> {
  const found = await findPolicy(folder, file ?? process.env.FUKUGEN_CONFIG);
  return { policy: parsePolicy(await readPolicy(found), found), file: found };
}

async function findPolicy(folder: string, wanted: string | undefined): Promise<string> {
  const candidates = wanted
    ? [resolve(folder, wanted)]
    : [folder, join(homedir(), '.config', 'fukugen')].flatMap((place) => fileNames.map((name) => join(place, name)));
  for (const candidate of candidates) {
    if (
      await access(candidate).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  throw new FukugenError(
    'missing',
    wanted ? `there is no policy at ${candidates[0]}` : `there is no policy in ${folder}, nor in ~/.config/fukugen`,
    {
      next: 'copy examples/laptop/backup.config.yaml to ~/.config/fukugen and change it, or name a file: fukugen --config FILE, cdk -c config=FILE',
    },
  );
}

async function readPolicy(file: string): Promise<unknown> {
  try {
    if (extname(file) === '.ts') return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
    return parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new FukugenError('policy', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
