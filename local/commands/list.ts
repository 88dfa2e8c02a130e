import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { ageText, table } from '../console/table.ts';
import { momentOf } from '../generation/identifier.ts';
import { RestoreJournal } from '../restore/journal.ts';
import { chooseStores, type Workspace } from '../workspace.ts';

export interface ListOptions extends GlobalOptions {
  readonly store?: string;
}

/** Which generations there are, newest first, and where. */
export async function list(workspace: Workspace, options: ListOptions): Promise<Outcome> {
  const stores = chooseStores(workspace, options.store);
  const places = new Map<string, string[]>();
  for (const store of stores) {
    for (const { generation } of await store.list())
      places.set(generation, [...(places.get(generation) ?? []), store.name]);
  }
  const safety = await new RestoreJournal(workspace.state).safety();
  const generations = [...places]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([generation, stores]) => ({ generation, stores, safety: safety.has(generation) }));
  const now = Date.now();
  const rows = generations.map(({ generation, stores, safety: isSafety }) => [
    generation,
    ageText(now - (momentOf(generation) as Date).getTime()),
    [...stores, ...(isSafety ? ['taken right before a restore'] : [])].join(', '),
  ]);
  const text =
    rows.length === 0
      ? 'no generation yet; fukugen backup takes the first'
      : table(['GENERATION', 'AGE', 'STORES'], rows);
  return { status: exitStatus.success, json: { generations }, text, isAnswer: true };
}
