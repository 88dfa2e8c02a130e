import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { ResticStore } from '../stores/restic.ts';
import { chooseStores, type Workspace } from '../workspace.ts';

/** Makes the restic repositories that the policy names and that are not there yet; asked for by name, never done on the way. */
export async function initialise(
  workspace: Workspace,
  store: string | undefined,
  options: GlobalOptions,
): Promise<Outcome> {
  const made: string[] = [];
  const there: string[] = [];
  for (const candidate of chooseStores(workspace, store)) {
    if (!(candidate instanceof ResticStore) || (await candidate.exists())) {
      there.push(candidate.name);
      continue;
    }
    if (!options.dryRun) await candidate.initialise();
    made.push(candidate.name);
  }
  const lines = [
    ...made.map((name) => `${name}: ${options.dryRun ? 'would be made' : 'made'}`),
    ...there.map((name) => `${name}: nothing to make`),
  ];
  return {
    status: exitStatus.success,
    json: { made, there, dryRun: options.dryRun ?? false },
    text: lines.join('\n'),
    isAnswer: true,
  };
}
