import { Duration, type Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Inventory, resourcesOf } from '../../lambda/sentinel/inventory.ts';
import type { databaseMetric } from '../../lambda/sentinel/metrics.ts';
import { drillMetric } from '../../lambda/shared/drill-metrics.ts';
import { exportAgeOf, metricOf } from './alarms.ts';
import { drillMetricOf } from './drill-alarms.ts';
import type { Monitoring } from './monitoring.ts';

const half = 12;
const whole = 24;

export interface BackupDashboardProps {
  readonly inventory: Inventory;
  readonly monitoring: Monitoring;
  readonly region: Stack['region'];
  readonly hasDrills: boolean;
}

/** One page for one Region: what rings, how fresh everything is, what the jobs did, what is stored. */
export class BackupDashboard extends Construct {
  constructor(scope: Construct, id: string, { inventory, monitoring, region, hasDrills }: BackupDashboardProps) {
    super(scope, id);
    const { policy, place, databases, vault, settingsExport } = inventory;
    const all = resourcesOf(inventory);
    const graph = (title: string, metric: keyof typeof databaseMetric, limits: number[] = [], of = all) =>
      new cloudwatch.GraphWidget({
        title,
        width: half,
        left: of.map((one) => metricOf(inventory, one, metric)),
        leftYAxis: { min: 0 },
        leftAnnotations: [...new Set(limits)].map(tooOld),
      });
    const jobs = (title: string, prefix: string, states: string[]) =>
      new cloudwatch.GraphWidget({
        title,
        width: half,
        stacked: true,
        left: states.map((state) => jobMetric(`${prefix}${state}`, vault.name, state)),
      });
    // Dashboards have no Region: two of one name would be one.
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: `${policy}-backups-${place}`,
      defaultInterval: Duration.days(3),
      widgets: [
        alarmStates(`${policy}, ${region}`, monitoring.alarms),
        [
          graph(
            'Age of the newest recovery point (s)',
            'age',
            all.map(({ due }) => due),
          ),
          place === 'primary'
            ? graph('Lag of point-in-time recovery (s)', 'pitrLag', [], databases)
            : graph('Lag of the replicated automated backups (s)', 'replicationLag', [], databases),
        ],
        [
          place === 'primary'
            ? jobs('Backup jobs', 'NumberOfBackupJobs', ['Completed', 'Failed', 'Expired', 'Aborted'])
            : jobs('Copy jobs to this vault', 'NumberOfCopyJobs', ['Completed', 'Failed']),
          graph('Protection that is not as declared', 'drift'),
        ],
        [graph('Recovery points', 'count'), graph('Missing recovery points (%)', 'missing')],
        [
          graph('Age of the oldest recovery point (s)', 'oldestAge'),
          graph('Size of the newest recovery point (bytes; AWS reports 0 for Aurora)', 'size'),
        ],
        ...(hasDrills ? drillHistory(inventory) : []),
        ...(settingsExport
          ? [
              [
                new cloudwatch.GraphWidget({
                  title: 'Age of the newest complete export of settings (s)',
                  width: half,
                  left: [exportAgeOf(inventory)],
                  leftYAxis: { min: 0 },
                  leftAnnotations: [tooOld(settingsExport.due)],
                }),
              ],
            ]
          : []),
      ],
    });
  }
}

/** Each drill is one point, whatever else the dashboard shows. Objectives differ by database, so what is drawn is the excess. */
function drillHistory(inventory: Inventory): cloudwatch.IWidget[][] {
  const graph = (title: string, metric: keyof typeof drillMetric, limit?: number) =>
    new cloudwatch.GraphWidget({
      title,
      width: half,
      start: '-P400D',
      left: inventory.databases.map(({ name }) => drillMetricOf(inventory, name, drillMetric[metric])),
      ...(limit !== undefined && {
        leftAnnotations: [{ value: limit, label: 'objective', color: cloudwatch.Color.RED }],
      }),
    });
  return [
    [graph('Drills: time to recovery (s)', 'rto'), graph('Drills: data that would have been lost (s)', 'rpo')],
    [
      graph('Drills: time to recovery over its objective (s)', 'rtoExcess', 0),
      graph('Drills: data lost over its objective (s)', 'rpoExcess', 0),
    ],
  ];
}

function tooOld(value: number): cloudwatch.HorizontalAnnotation {
  return { value, label: 'too old', color: cloudwatch.Color.RED };
}

/** A widget shows at most 100 alarms (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html). */
function alarmStates(title: string, alarms: readonly cloudwatch.IAlarm[]): cloudwatch.IWidget[] {
  const most = 100;
  return Array.from({ length: Math.ceil(alarms.length / most) }, (_, index) => {
    const shown = alarms.slice(index * most, (index + 1) * most);
    return new cloudwatch.AlarmStatusWidget({ title, alarms: shown, width: whole });
  });
}

/** Written only when not zero, and without a dimension for the database: for the eye, not for an alarm. */
function jobMetric(metricName: string, vault: string, label: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Backup',
    metricName,
    dimensionsMap: { BackupVaultName: vault },
    statistic: cloudwatch.Stats.SUM,
    period: Duration.hours(1),
    label,
  });
}
