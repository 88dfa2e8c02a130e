import type { DrillRecord } from '../../core/evidence/record.ts';
import type { Metric } from '../sentinel/metrics.ts';
import { drillDimensions, drillMetric } from '../shared/drill-metrics.ts';

/** A record as metrics. What was not measured is left out: an alarm on it must not be told that it is fine. */
export function figuresOf({ policy, database, verdict, measured: { rto, rpo, bytes, cost } }: DrillRecord): Metric[] {
  const dimensions = drillDimensions(policy, database);
  const seconds = (name: string, value: number): Metric => ({ name, value, unit: 'Seconds', dimensions });
  const recovered = rto.met === null ? undefined : (rto.loaded ?? rto.available);
  return [
    { name: drillMetric.failed, value: verdict === 'failed' ? 1 : 0, unit: 'Count', dimensions },
    ...(recovered === undefined
      ? []
      : [seconds(drillMetric.rto, recovered), seconds(drillMetric.rtoExcess, recovered - rto.objective)]),
    ...(rpo.seconds === null
      ? []
      : [seconds(drillMetric.rpo, rpo.seconds), seconds(drillMetric.rpoExcess, rpo.seconds - rpo.objective)]),
    ...(rto.checked === undefined ? [] : [seconds(drillMetric.checked, rto.checked)]),
    ...(bytes === null ? [] : [{ name: drillMetric.size, value: bytes, unit: 'Bytes', dimensions } as const]),
    // CloudWatch has no unit for money.
    ...(cost.usd === null ? [] : [{ name: drillMetric.cost, value: cost.usd, unit: 'None', dimensions } as const]),
  ];
}
