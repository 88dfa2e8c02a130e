import { verify } from '../../local/commands/verify.ts';
import { openWorkspace } from '../../local/workspace.ts';

/** What commands are given by the command line; nobody watches and nobody stops them. */
const context = {
  progress: { stage: () => {}, count: () => {}, end: () => {} },
  signal: new AbortController().signal,
};

/** The exit status of `fukugen verify`, without the half second that a process of its own takes. */
export async function verifyInProcess(home: string, at = 'latest'): Promise<number> {
  const workspace = await openWorkspace(home, 'backup.config.yaml', context.signal);
  return (await verify(workspace, { at }, context)).status;
}
