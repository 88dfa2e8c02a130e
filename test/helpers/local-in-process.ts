import { FukugenError } from '../../core/errors.ts';
import { type VerifyOptions, verify } from '../../local/commands/verify.ts';
import { statusOf } from '../../local/console/exit-status.ts';
import type { Outcome } from '../../local/console/outcome.ts';
import type { RunContext } from '../../local/system/run-context.ts';
import { openWorkspace, type Workspace } from '../../local/workspace.ts';
import type { LocalWorkspace } from './local-workspace.ts';

/** What commands are given by the command line; nobody watches and nobody stops them. */
const context: RunContext = {
  progress: { stage: () => {}, count: () => {}, end: () => {} },
  signal: new AbortController().signal,
};

/** Lends what a command works from, in the workspace's own environment, without the half second that a process of its own takes. */
export async function inProcess<T>(
  home: LocalWorkspace,
  use: (workspace: Workspace, context: RunContext) => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, home.environment);
  try {
    return await use(await openWorkspace(home.home, 'backup.config.yaml', context.signal), context);
  } finally {
    for (const name of Object.keys(home.environment)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/** All that `fukugen verify` hands back. */
export async function verifyInProcess(home: LocalWorkspace, options: Partial<VerifyOptions> = {}): Promise<Outcome> {
  return inProcess(home, (workspace) => verify(workspace, { at: 'latest', ...options }, context));
}

/** The exit status of `fukugen verify`, also when it ends with an error. */
export async function verified(home: LocalWorkspace, options: Partial<VerifyOptions> = {}): Promise<number> {
  try {
    return (await verifyInProcess(home, options)).status;
  } catch (error) {
    if (error instanceof FukugenError) return statusOf(error.code);
    throw error;
  }
}
