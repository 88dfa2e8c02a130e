import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { ArchiveStore } from '../stores/archive.ts';
import { GenerationsStore } from '../stores/generations.ts';
import { RcloneStore } from '../stores/rclone.ts';
import { ResticStore } from '../stores/restic.ts';
import type { Store } from '../stores/store.ts';
import { StoreWithoutSecret } from '../stores/without-secret.ts';
import { chooseStores, type Workspace } from '../workspace.ts';

/**
 * Makes the restic repositories that the policy names and that are not there yet, and begins other stores anew that are there no more; asked for,
 * never done on the way.
 */
export async function initialise(
  workspace: Workspace,
  store: string | undefined,
  options: GlobalOptions,
): Promise<Outcome> {
  const made: string[] = [];
  const there: string[] = [];
  for (const candidate of chooseStores(workspace, store)) {
    const make = await making(candidate);
    if (make && !options.dryRun) await make();
    (make ? made : there).push(candidate.name);
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

/** `undefined`: it is there, or the first backup makes it. */
async function making(store: Store): Promise<(() => Promise<void>) | undefined> {
  if (store instanceof StoreWithoutSecret) throw store.reason;
  if (store instanceof ResticStore) return (await store.exists()) ? undefined : () => store.initialise();
  if (store instanceof GenerationsStore || store instanceof ArchiveStore)
    return (await store.home.isLost()) ? () => store.home.begin() : undefined;
  if (store instanceof RcloneStore) return (await store.isLost()) ? () => store.begin() : undefined;
  return undefined;
}
