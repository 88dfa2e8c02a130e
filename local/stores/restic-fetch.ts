import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { layout } from '../generation/manifest.ts';
import type { ProgramResult } from '../system/run-program.ts';
import { fileFailure, isLoss } from './restic-failure.ts';
import type { ResticRepository } from './restic-repository.ts';

/**
 * Restores a snapshot into an empty folder. Files whose data the repository has lost stay missing: the comparison that follows names
 * them, and the rest is worth having. For each pack that is lost restic before 0.17 looks for three quarters of a minute.
 *
 * @throws FukugenError when anything else fails, or nothing is left that says what the rest should be
 */
export async function fetchSnapshot(repository: ResticRepository, id: string, into: string): Promise<void> {
  const lines: string[] = [];
  // A server that is gone fails for each file again, and each time as slowly.
  const enough = new AbortController();
  const onLine = (line: string) => {
    lines.push(line);
    if (fileFailure.test(line) && !isLoss(line)) enough.abort();
    return false;
  };
  let result: ProgramResult;
  try {
    const options = { accept: [0, 1], onLine, linesFrom: 'stderr', signal: enough.signal } as const;
    result = await repository.run(['restore', id, '--target', into, '--quiet'], options);
  } catch (error) {
    if (!enough.signal.aborted) throw error;
    throw repository.failure('restore', { status: 1, stdout: '', stderr: lines.join('\n') });
  }
  if (result.status === 0) return;
  const hasManifest = await access(join(into, layout.manifest)).then(
    () => true,
    () => false,
  );
  if (!lines.some((line) => fileFailure.test(line)) || !hasManifest) throw repository.failure('restore', result);
}
