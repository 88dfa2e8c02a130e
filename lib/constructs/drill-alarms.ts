import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { namespace, regionDimensions } from '../../lambda/sentinel/metrics.ts';
import { drillAge, drillMetric, janitorMetric } from '../../lambda/shared/drill-metrics.ts';
import type { Monitoring } from './monitoring.ts';

const { GREATER_THAN_THRESHOLD: above, LESS_THAN_THRESHOLD: below } = cloudwatch.ComparisonOperator;
const { BREACHING: breaching, IGNORE: keepState, NOT_BREACHING: fine } = cloudwatch.TreatMissingData;

export interface WatchedDrills {
  readonly policy: string;
  /** ARN of the state machine. */
  readonly machine: string;
  readonly databases: readonly { readonly name: string }[];
}

/** Seconds. A month has 31 days at most, and a drill may take one more; three days are left for somebody to start it by hand. */
const longestAge = 35 * 86_400;

const hour = Duration.hours(1);

/**
 * Of a figure that is written once a month no period before it holds one, and none after it: an alarm goes by the newest and keeps
 * it, until the next drill has something else to say.
 */
export function drillMetricOf(
  { policy }: Pick<WatchedDrills, 'policy'>,
  database: string,
  metricName: (typeof drillMetric)[keyof typeof drillMetric] | typeof drillAge,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace,
    metricName,
    dimensionsMap: { ...regionDimensions(policy), Database: database },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: hour,
    label: database,
  });
}

/** Registers the alarms on the drills of one Region, and on who tidies up after them. */
export function addDrillAlarms(monitoring: Monitoring, watched: WatchedDrills): void {
  for (const { name } of watched.databases) {
    const add = (
      situation: Parameters<Monitoring['add']>[0],
      metric: Parameters<typeof drillMetricOf>[2],
      threshold: number,
    ) =>
      monitoring.add(situation, {
        metric: drillMetricOf(watched, name, metric),
        subject: name,
        comparison: above,
        threshold,
        periods: 1,
        // A verdict holds until the next one. That there was none for too long is for drill-overdue to say.
        missing: keepState,
      });
    add('drill-failed', drillMetric.failed, 0);
    add('recovery-time-exceeded', drillMetric.rtoExcess, 0);
    add('recovery-point-exceeded', drillMetric.rpoExcess, 0);
    // The janitor writes the age every hour; its own silence is an alarm of its own.
    add('drill-overdue', drillAge, longestAge);
  }
  monitoring.add('drill-failed', {
    // An execution that was stopped, or never came to a verdict, leaves no figure but these. A sum of series goes by those that
    // there are; plus would have no value as long as one of them has none
    // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
    metric: new cloudwatch.MathExpression({
      expression: 'SUM([FILL(failed, 0), FILL(timedOut, 0), FILL(aborted, 0)])',
      usingMetrics: {
        failed: executions(watched, 'ExecutionsFailed'),
        timedOut: executions(watched, 'ExecutionsTimedOut'),
        aborted: executions(watched, 'ExecutionsAborted'),
      },
      period: hour,
      label: 'Executions that ended badly',
    }),
    comparison: above,
    threshold: 0,
    periods: 1,
    // Step Functions writes figures only when an execution ends.
    missing: fine,
  });
  monitoring.add('drill-leftovers', {
    metric: regionMetricOf(watched, janitorMetric.leftovers, cloudwatch.Stats.MAXIMUM),
    comparison: above,
    threshold: 0,
    periods: 1,
    // RDS could not be asked: what was left over an hour ago may still be there.
    missing: keepState,
  });
  monitoring.add('janitor-silent', {
    // FILL, so that there is no missing figure to be passed over. The newest period is 0 until its run was there.
    metric: new cloudwatch.MathExpression({
      expression: 'FILL(runs, 0)',
      usingMetrics: { runs: regionMetricOf(watched, janitorMetric.runs, cloudwatch.Stats.SUM) },
      period: hour,
      label: 'Runs',
    }),
    comparison: below,
    threshold: 1,
    periods: 3,
    // FILL has nothing to fill in when the metric has never existed.
    missing: breaching,
  });
}

function executions({ machine }: WatchedDrills, metricName: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/States',
    metricName,
    dimensionsMap: { StateMachineArn: machine },
    statistic: cloudwatch.Stats.SUM,
    period: hour,
  });
}

function regionMetricOf({ policy }: WatchedDrills, metricName: string, statistic: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace,
    metricName,
    dimensionsMap: regionDimensions(policy),
    statistic,
    period: hour,
  });
}
