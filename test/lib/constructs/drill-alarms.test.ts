import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { watchingOf } from '../../../core/coverage/watching.ts';
import { alarmSituations } from '../../../core/notice/index.ts';
import { namespace } from '../../../lambda/sentinel/metrics.ts';
import { drillAge, drillMetric, janitorMetric } from '../../../lambda/shared/drill-metrics.ts';
import { account, cloudPolicy, main, orders, synthesise } from '../synthesise.ts';

const databases = { main, orders };
let templates: ReturnType<typeof synthesise>;
let without: ReturnType<typeof synthesise>;
beforeAll(() => {
  templates = synthesise({ databases });
  without = synthesise({ databases, drills: false });
});

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Metrics?: readonly { readonly Expression?: string; readonly MetricStat?: { readonly Metric: object } }[];
}

function alarmsOf(template: Template): Alarm[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties as Alarm);
}

const names = (template: Template) => alarmsOf(template).map(({ AlarmName }) => AlarmName);
const added = (stack: 'Watch' | 'ReplicaWatch') => {
  const others = names(without[stack]);
  return alarmsOf(templates[stack]).filter(({ AlarmName }) => !others.includes(AlarmName));
};

describe.each(['Watch', 'ReplicaWatch'] as const)('the drills of the Region of %s', (stack) => {
  test('have these alarms', () => {
    const summary = added(stack).map((alarm) => {
      const sign = alarm.ComparisonOperator === 'GreaterThanThreshold' ? '>' : '<';
      return `${alarm.AlarmName} ${sign} ${alarm.Threshold} x${alarm.EvaluationPeriods} ${alarm.TreatMissingData}`;
    });
    expect(summary.sort()).toEqual([
      'shop/drill-failed > 0 x1 notBreaching',
      'shop/drill-failed/main > 0 x1 ignore',
      'shop/drill-failed/orders > 0 x1 ignore',
      'shop/drill-leftovers > 0 x1 ignore',
      'shop/drill-overdue/main > 3024000 x1 ignore',
      'shop/drill-overdue/orders > 3024000 x1 ignore',
      'shop/janitor-silent < 1 x3 breaching',
      'shop/recovery-point-exceeded/main > 0 x1 ignore',
      'shop/recovery-point-exceeded/orders > 0 x1 ignore',
      'shop/recovery-time-exceeded/main > 0 x1 ignore',
      'shop/recovery-time-exceeded/orders > 0 x1 ignore',
    ]);
  });

  test('are looked at by the figures that recorder and janitor write', () => {
    const own = [...Object.values(drillMetric), drillAge];
    for (const alarm of added(stack)) {
      const database = alarm.AlarmName.split('/')[2];
      if (!database) continue;
      // A metric with a label is in a list.
      const [metric] = alarm.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [];
      const Dimensions = [
        { Name: 'Database', Value: database },
        { Name: 'Policy', Value: 'shop' },
      ];
      expect(metric).toMatchObject({ Namespace: namespace, Dimensions });
      expect(own).toContain((metric as { MetricName: string }).MetricName);
    }
    const [leftovers] = added(stack).filter(({ AlarmName }) => AlarmName === 'shop/drill-leftovers');
    expect(leftovers).toMatchObject({ Namespace: namespace, MetricName: janitorMetric.leftovers });
  });

  test('ring when an execution ends without a verdict: failed, out of time, or stopped', () => {
    const [alarm] = added(stack).filter(({ AlarmName }) => AlarmName === 'shop/drill-failed');
    const region = { Watch: 'ap-northeast-1', ReplicaWatch: 'ap-northeast-3' }[stack];
    const machine = `arn:aws:states:${region}:${account}:stateMachine:shop-drill`;
    const read = alarm?.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
    expect(read).toEqual(
      ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((MetricName) => ({
        ...{ Namespace: 'AWS/States', MetricName },
        Dimensions: [{ Name: 'StateMachineArn', Value: machine }],
      })),
    );
  });

  test('are told of with what it means and what to open', () => {
    for (const { AlarmName, AlarmDescription } of added(stack)) {
      const situation = AlarmName.split('/')[1] as keyof typeof alarmSituations;
      const { severity, means } = alarmSituations[situation];
      expect(AlarmDescription).toBe(`[${severity}] ${means.en}\n\nrunbooks/en/${situation}.md#${situation}`);
    }
  });
});

test('the bill of `fukugen plan` counts the figures that drills write', () => {
  const count = 2;
  const written = count * (Object.keys(drillMetric).length + 1) + Object.keys(janitorMetric).length;
  for (const place of ['primary', 'replica'] as const) {
    const metrics = (drills?: false) =>
      watchingOf(cloudPolicy({ databases, ...(drills === false && { drills }) }), place).metrics;
    expect(metrics() - metrics(false)).toBe(written);
  }
});
