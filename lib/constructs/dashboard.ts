import { Duration, type Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Inventory } from '../../lambda/sentinel/inventory.ts';
import type { databaseMetric } from '../../lambda/sentinel/metrics.ts';
import { databaseMetricOf } from './alarms.ts';
import type { Monitoring } from './monitoring.ts';

const half = 12;
const whole = 24;

export interface BackupDashboardProps {
  readonly inventory: Inventory;
  readonly monitoring: Monitoring;
  readonly region: Stack['region'];
}

/** One page for one Region: what rings, how fresh everything is, what the jobs did, what is stored. */
export class BackupDashboard extends Construct {
  constructor(scope: Construct, id: string, { inventory, monitoring, region }: BackupDashboardProps) {
    super(scope, id);
    const { policy, place, databases, vault } = inventory;
    const graph = (title: string, metric: keyof typeof databaseMetric, limits: number[] = []) =>
      new cloudwatch.GraphWidget({
        title,
        width: half,
        left: databases.map(({ name }) => databaseMetricOf(inventory, name, metric)),
        leftYAxis: { min: 0 },
        leftAnnotations: [...new Set(limits)].map((value) => ({
          value,
          label: 'too old',
          color: cloudwatch.Color.RED,
        })),
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
            databases.map(({ due }) => due),
          ),
          place === 'primary'
            ? graph('Lag of point-in-time recovery (s)', 'pitrLag')
            : graph('Lag of the replicated automated backups (s)', 'replicationLag'),
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
      ],
    });
  }
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
