import { exitStatus, statusOf } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { ageText, table } from '../console/table.ts';
import { isSafety, momentOf } from '../generation/identifier.ts';
import { localTime } from '../system/local-time.ts';
import { chooseStores, type Workspace } from '../workspace.ts';
import { eachStore, unavailableJson, unavailableText } from './each-store.ts';

export interface ListOptions extends GlobalOptions {
  readonly store?: string;
}

/** Which generations there are, newest first, and where. */
export async function list(workspace: Workspace, options: ListOptions): Promise<Outcome> {
  const stores = chooseStores(workspace, options.store);
  const places = new Map<string, string[]>();
  const unavailable = await eachStore(stores, async (store) => {
    for (const { generation } of await store.list())
      places.set(generation, [...(places.get(generation) ?? []), store.name]);
  });
  const generations = [...places]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([generation, stores]) => ({ generation, stores, safety: isSafety(generation) }));
  const now = Date.now();
  const rows = generations.map(({ generation, stores, safety }) => {
    const moment = momentOf(generation) as Date;
    return [
      generation,
      // The name is in UTC.
      localTime(moment),
      ageText(now - moment.getTime()),
      [...stores, ...(safety ? ['taken right before a restore'] : [])].join(', '),
    ];
  });
  const text =
    rows.length === 0
      ? 'no generation yet; fukugen backup takes the first'
      : table(['GENERATION', 'LOCAL TIME', 'AGE', 'STORES'], rows);
  const [first] = unavailable;
  return {
    status: first ? statusOf(first.error.code) : exitStatus.success,
    json: { generations, unavailable: unavailableJson(unavailable) },
    text: [text, ...unavailableText(unavailable, 'NOT READ')].join('\n'),
    isAnswer: true,
  };
}
