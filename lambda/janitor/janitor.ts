import { type Metric, regionDimensions } from '../sentinel/metrics.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import { drillAge, janitorMetric } from '../shared/drill-metrics.ts';
import type { JanitorHost } from './host.ts';
import type { JanitorEvent, JanitorReport } from './messages.ts';
import { type Sweep, sweep } from './sweep.ts';

/**
 * One look at everything that looks like a scratch. Figures are published every hour whatever fails; a run that an ended
 * execution woke publishes none, so that it cannot hide that the schedule is broken.
 *
 * @throws when figures cannot be published
 */
export async function tidy(event: JanitorEvent, host: JanitorHost): Promise<JanitorReport> {
  if ('detail' in event) {
    const { name, status } = event.detail;
    if (status === 'RUNNING') return { removed: [], waiting: [], foreign: [], failures: [] };
    // RDS refuses to delete what it is still creating: an hourly run, which knows nothing of the event, will find this.
    await host.notebook.settle(drillKeys.ended(name), { at: host.now().toISOString() });
    return sweep(host);
  }
  const report = await sweep(host);
  const ages = await agesOf(host);
  await host.publish([...figuresOf(report, host), ...ages.metrics]);
  return { ...report, failures: [...report.failures, ...ages.failures] };
}

function figuresOf(report: Sweep, { plan }: JanitorHost): Metric[] {
  const { removed, waiting, foreign, failures, isComplete } = report;
  const dimensions = regionDimensions(plan.policy);
  const found = removed.length + waiting.length + foreign.length + failures.length;
  return [
    { name: janitorMetric.runs, value: 1, unit: 'Count', dimensions },
    // Nobody knows what there is when RDS did not say: the alarm takes missing figures for what they are.
    ...(isComplete ? [{ name: janitorMetric.leftovers, value: found, unit: 'Count' as const, dimensions }] : []),
  ];
}

async function agesOf(host: JanitorHost): Promise<{ readonly metrics: Metric[]; readonly failures: string[] }> {
  const metrics: Metric[] = [];
  const failures: string[] = [];
  for (const { name } of host.plan.databases) {
    try {
      const value = Math.max(0, (host.now().getTime() - (await lastDrill(name, host)).getTime()) / 1_000);
      const dimensions = { ...regionDimensions(host.plan.policy), Database: name };
      metrics.push({ name: drillAge, value, unit: 'Seconds', dimensions });
    } catch (error) {
      failures.push(`${name}, its last drill: ${(error as Error).name}: ${(error as Error).message}`);
    }
  }
  return { metrics, failures };
}

/**
 * When the newest record was written. A database without any counts from when it was first seen here: from the deployment it
 * would be overdue at once where it was added to a policy a year later.
 */
async function lastDrill(database: string, { notebook, region, now }: JanitorHost): Promise<Date> {
  const records = await notebook.list(drillKeys.records(region, database));
  const newest = Math.max(...records.map(({ writtenAt }) => writtenAt.getTime()));
  if (records.length > 0) return new Date(newest);
  const since = await notebook.settle(drillKeys.watched(region, database), { at: now().toISOString() });
  return new Date(since.at);
}
