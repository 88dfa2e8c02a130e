import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { secondsText, table } from '../console/table.ts';
import { momentOf } from '../generation/identifier.ts';
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
  const generations = [...places]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([generation, where]) => ({ generation, stores: where }));
  const now = Date.now();
  const rows = generations.map(({ generation, stores: where }) => [
    generation,
    ageText(now - (momentOf(generation) as Date).getTime()),
    where.join(', '),
  ]);
  const text =
    rows.length === 0
      ? 'no generation yet; fukugen backup takes the first'
      : table(['GENERATION', 'AGE', 'STORES'], rows);
  return { status: exitStatus.success, json: { generations }, text, isAnswer: true };
}

function ageText(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  if (hours < 1) return secondsText(milliseconds);
  return hours < 48 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} days`;
}
