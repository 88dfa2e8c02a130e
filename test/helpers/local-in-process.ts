import { join } from 'node:path';
import { type VerifyOptions, verify } from '../../local/commands/verify.ts';
import type { Outcome } from '../../local/console/outcome.ts';
import { openWorkspace } from '../../local/workspace.ts';

/** What commands are given by the command line; nobody watches and nobody stops them. */
const context = {
  progress: { stage: () => {}, count: () => {}, end: () => {} },
  signal: new AbortController().signal,
};

/** The exit status of `fukugen verify`, without the half second that a process of its own takes. */
export async function verifyInProcess(home: string, at = 'latest'): Promise<number> {
  return (await verifiedInProcess(home, { at })).status;
}

/** All that `fukugen verify` hands back; it remembers where the commands of a `LocalWorkspace` do. */
export async function verifiedInProcess(home: string, options: Partial<VerifyOptions>): Promise<Outcome> {
  const workspace = await openWorkspace(home, 'backup.config.yaml', context.signal);
  const state = join(home, 'state', 'fukugen', workspace.name);
  return verify({ ...workspace, state }, { at: 'latest', ...options }, context);
}
