import { FukugenError } from '../../core/errors.ts';
import type { SourcePolicy } from '../../core/policy/index.ts';
import { runProgram } from '../system/run-program.ts';
import { resolveSecret } from '../system/secrets.ts';

export interface Hooks extends NonNullable<SourcePolicy['hooks']> {
  /** Where they run, absolute. */
  readonly folder: string;
}

/**
 * Runs something between the hooks of a source. Those after it run whatever happened, also when the run is being stopped:
 * an application that was stopped for its backup must not stay so.
 *
 * Hooks find FUKUGEN_SOURCE in their environment, those after also FUKUGEN_OUTCOME, which is `success` or `failure`.
 *
 * @throws FukugenError `source` when a hook fails; what went wrong first comes first
 */
export async function withHooks<T>(
  source: string,
  hooks: Hooks | undefined,
  signal: AbortSignal,
  use: () => Promise<T>,
): Promise<T> {
  if (!hooks) return use();
  let result: { readonly value: T } | undefined;
  let failure: unknown;
  try {
    for (const command of hooks.before) await runHook('before', command, hooks, { FUKUGEN_SOURCE: source }, signal);
    result = { value: await use() };
  } catch (error) {
    failure = error;
  }
  const complaints: string[] = [];
  const environment = { FUKUGEN_SOURCE: source, FUKUGEN_OUTCOME: result ? 'success' : 'failure' };
  for (const command of hooks.after) {
    await runHook('after', command, hooks, environment).catch((error: unknown) => {
      if (!(error instanceof FukugenError)) throw error;
      complaints.push(error.message);
    });
  }
  if (!result) throw withComplaints(failure, complaints);
  if (complaints.length > 0) {
    throw new FukugenError('source', complaints.join('; '), {
      next: 'nothing of this source was kept; mend the hook and run again',
    });
  }
  return result.value;
}

async function runHook(
  when: 'before' | 'after',
  command: readonly string[],
  hooks: Hooks,
  about: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const environment: Record<string, string> = { ...about };
  for (const [name, secret] of Object.entries(hooks.environment)) environment[name] = await resolveSecret(secret);
  const [program, ...args] = command as [string, ...string[]];
  const { folder, timeout } = hooks;
  try {
    await runProgram(program, args, { environment, folder, timeout: timeout.seconds, leavesOthers: true, signal });
  } catch (cause) {
    if (!(cause instanceof FukugenError) || cause.code !== 'source') throw cause;
    throw new FukugenError('source', `the hook ${when} it failed: ${cause.message}`, { cause });
  }
}

/** What went wrong first decides the status; a hook that failed besides is told with it. */
function withComplaints(failure: unknown, complaints: readonly string[]): unknown {
  if (complaints.length === 0 || !(failure instanceof FukugenError)) return failure;
  return new FukugenError(failure.code, [failure.message, ...complaints].join('; '), {
    cause: failure,
    next: failure.next,
  });
}
