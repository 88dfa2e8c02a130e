import pMap from 'p-map';
import { verifyChains } from '../../core/evidence/chain.ts';
import { renderReport } from '../../core/evidence/report/report.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import type { RecorderHost } from './host.ts';
import type { ConcludeInput } from './messages.ts';
import { regionOf } from './record.ts';

const concurrency = 16;

/**
 * Writes the page about this drill, with the history of its databases in this Region.
 *
 * @returns where it is
 */
export async function writeReport(
  { execution, targets = [], results }: ConcludeInput,
  problems: readonly string[],
  plan: DrillPlan,
  host: RecorderHost,
): Promise<string> {
  const { policy, language, timezone } = plan;
  const region = regionOf(plan);
  const databases = [...new Set([...targets, ...results.map(({ target }) => target)].map(({ database }) => database))];
  const keys = await pMap(databases, (database) => host.list(drillKeys.records(region, database)), { concurrency });
  const stored = await pMap(keys.flat(), async (key) => ({ key, text: (await host.read(key)) ?? '' }), { concurrency });
  const page = renderReport(
    {
      policy,
      writtenAt: host.now(),
      chains: verifyChains(stored),
      drill: execution,
      problems,
      verifyWith: `fukugen evidence verify ${host.address('')}`,
    },
    { language, timezone },
  );
  const key = drillKeys.report(region, execution);
  // Delivered twice, the first one stays.
  await host.keep(key, page, 'text/html; charset=utf-8');
  return host.address(key);
}
