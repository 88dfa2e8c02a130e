import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import {
  type Inventory,
  resourcesOf,
  type WatchedBucket,
  type WatchedDatabase,
} from '../../lambda/sentinel/inventory.ts';
import {
  databaseMetric,
  namespace,
  regionDimensions,
  regionMetric,
  resourceDimensions,
} from '../../lambda/sentinel/metrics.ts';
import { type Monitoring, sentinelInterval } from './monitoring.ts';

const { GREATER_THAN_THRESHOLD: above, LESS_THAN_THRESHOLD: below } = cloudwatch.ComparisonOperator;

/*
 * What a missing figure means. CloudWatch looks at more periods than an alarm evaluates, and as long as enough of them
 * hold a figure it goes by those and the choice here is not asked
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html): it decides late, and
 * therefore only about long silence. Short silence is what `sentinel-silent` is for.
 */
const breaching = cloudwatch.TreatMissingData.BREACHING;
const keepState = cloudwatch.TreatMissingData.IGNORE;

/** RDS uploads the log every 5 minutes (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html): six in a row are missing. */
const longestLag = 30 * 60;

/** AWS gives no figure for the replication of automated backups; ours is an hour, a third of the default cadence. */
const longestReplicationLag = 60 * 60;

/** Percent of the points that should exist. One failed slot stays in the history for as long as points are kept. */
const fewestMissing = 10;

export function metricOf(
  { policy }: Pick<Inventory, 'policy'>,
  resource: WatchedDatabase | WatchedBucket,
  metric: keyof typeof databaseMetric,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace,
    metricName: databaseMetric[metric],
    dimensionsMap: { ...resourceDimensions(policy, resource) },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: sentinelInterval,
    label: resource.name,
  });
}

/** Registers the alarms on what the sentinel of one Region publishes. */
export function addSentinelAlarms(monitoring: Monitoring, inventory: Inventory, errors: cloudwatch.IMetric): void {
  for (const resource of resourcesOf(inventory)) addResourceAlarms(monitoring, inventory, resource);

  monitoring.add('vault-drift', {
    metric: regionMetricOf(inventory, 'vaultDrift', cloudwatch.Stats.MAXIMUM),
    comparison: above,
    threshold: 0,
    periods: 1,
    // What was weakened stays so until somebody has looked: silence does not mend it.
    missing: keepState,
  });
  if (inventory.settingsExport) {
    monitoring.add('settings-export-too-old', {
      metric: exportAgeOf(inventory),
      comparison: above,
      threshold: inventory.settingsExport.due,
      periods: 2,
      // The bucket could not be asked: sentinel-errors says so.
      missing: keepState,
    });
  }
  monitoring.add('sentinel-silent', {
    // FILL, so that there is no missing figure to be passed over. The newest period is 0 until its run was there, which is
    // why four have to be empty, not one.
    metric: new cloudwatch.MathExpression({
      expression: 'FILL(runs, 0)',
      usingMetrics: { runs: regionMetricOf(inventory, 'runs', cloudwatch.Stats.SUM) },
      period: sentinelInterval,
      label: 'Runs',
    }),
    comparison: below,
    threshold: 1,
    periods: 4,
    // FILL has nothing to fill in when the metric has never existed.
    missing: breaching,
  });
  monitoring.add('sentinel-errors', {
    metric: errors,
    comparison: above,
    threshold: 0,
    // A call that was throttled once is right a quarter of an hour later.
    periods: 2,
    // Lambda writes a figure for every run, so no figure is no run: that is for sentinel-silent to say.
    missing: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

function addResourceAlarms(monitoring: Monitoring, inventory: Inventory, resource: WatchedDatabase | WatchedBucket) {
  const isDatabase = !('bucket' in resource);
  const add = (
    situation: Parameters<Monitoring['add']>[0],
    metric: keyof typeof databaseMetric,
    threshold: number,
    periods: number,
    missing: cloudwatch.TreatMissingData,
  ) =>
    monitoring.add(situation, {
      metric: metricOf(inventory, resource, metric),
      subject: resource.name,
      comparison: above,
      threshold,
      periods,
      missing,
    });
  // The one question that must never go unanswered: a recovery point of unknown age counts as too old. Two periods, since a
  // list may show a new point some minutes late.
  add('recovery-point-too-old', 'age', resource.due, 2, breaching);
  // All others keep their state: one that rings rings on, and one that does not is vouched for by sentinel-silent.
  add('too-few-recovery-points', 'missing', fewestMissing, 4, keepState);
  // Two periods: a change under way, such as a deployment, is over in half an hour.
  add('protection-drift', 'drift', 0, 2, keepState);
  if (inventory.place === 'primary') {
    if (isDatabase) add('point-in-time-lag', 'pitrLag', longestLag, 2, keepState);
    add('copy-stuck', 'stuckCopies', 0, 2, keepState);
  } else if (isDatabase && resource.automatedBackupDays !== undefined) {
    add('replication-lag', 'replicationLag', longestReplicationLag, 2, keepState);
  }
}

/** An alarm looks back 7 days at most, so a weekly run can be missed only through an age that is written all the time. */
export function exportAgeOf(inventory: Inventory): cloudwatch.Metric {
  return regionMetricOf(inventory, 'exportAge', cloudwatch.Stats.MAXIMUM);
}

function regionMetricOf(
  { policy }: Inventory,
  metric: keyof typeof regionMetric,
  statistic: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace,
    metricName: regionMetric[metric],
    dimensionsMap: regionDimensions(policy),
    statistic,
    period: sentinelInterval,
  });
}
