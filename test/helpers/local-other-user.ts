import { execFileSync } from 'node:child_process';

const nobody = '65534';

/**
 * Permission bits mean nothing to root: it gives the folder to somebody else and runs as them. Anybody else stays who they are.
 *
 * @returns what to run a program through
 */
export function asOrdinaryUser(folder: string): string[] {
  if (process.getuid?.() !== 0) return [];
  execFileSync('chown', ['-R', `${nobody}:${nobody}`, folder]);
  return ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
}
