import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { alarmSituations } from '../../../core/notice/index.ts';
import { databaseMetric, namespace, regionMetric } from '../../../lambda/sentinel/metrics.ts';
import { main, orders, synthesise } from '../synthesise.ts';

let templates: ReturnType<typeof synthesise>;
beforeAll(() => {
  templates = synthesise({ databases: { main, orders, audit: { ...main, replicateAutomatedBackups: false } } });
});

const alarmsOf = (template: Template) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

/** One line for each alarm: the name, when it rings, and what silence means. */
function summary(template: Template): string[] {
  return alarmsOf(template)
    .map(({ AlarmName, ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData }) => {
      const sign = ComparisonOperator === 'GreaterThanThreshold' ? '>' : '<';
      expect(DatapointsToAlarm).toBe(EvaluationPeriods);
      return `${AlarmName} ${sign} ${Threshold} x${EvaluationPeriods} ${TreatMissingData}`;
    })
    .sort();
}

test('these are all the alarms of the primary Region', () => {
  expect(summary(templates.Watch)).toEqual([
    'shop/copy-stuck/audit > 0 x2 ignore',
    'shop/copy-stuck/main > 0 x2 ignore',
    'shop/copy-stuck/orders > 0 x2 ignore',
    'shop/notices-undelivered > 0 x1 notBreaching',
    'shop/point-in-time-lag/audit > 1800 x2 ignore',
    'shop/point-in-time-lag/main > 1800 x2 ignore',
    'shop/point-in-time-lag/orders > 1800 x2 ignore',
    'shop/protection-drift/audit > 0 x2 ignore',
    'shop/protection-drift/main > 0 x2 ignore',
    'shop/protection-drift/orders > 0 x2 ignore',
    'shop/recovery-point-too-old/audit > 25200 x2 breaching',
    'shop/recovery-point-too-old/main > 25200 x2 breaching',
    'shop/recovery-point-too-old/orders > 25200 x2 breaching',
    'shop/sentinel-errors > 0 x2 notBreaching',
    'shop/sentinel-silent < 1 x4 breaching',
    'shop/too-few-recovery-points/audit > 10 x4 ignore',
    'shop/too-few-recovery-points/main > 10 x4 ignore',
    'shop/too-few-recovery-points/orders > 10 x4 ignore',
    'shop/vault-drift > 0 x1 ignore',
  ]);
});

test('these are all the alarms of the replica Region', () => {
  expect(summary(templates.ReplicaWatch)).toEqual([
    'shop/notices-undelivered > 0 x1 notBreaching',
    'shop/protection-drift/audit > 0 x2 ignore',
    'shop/protection-drift/main > 0 x2 ignore',
    'shop/protection-drift/orders > 0 x2 ignore',
    'shop/recovery-point-too-old/audit > 25200 x2 breaching',
    'shop/recovery-point-too-old/main > 25200 x2 breaching',
    'shop/recovery-point-too-old/orders > 100800 x2 breaching',
    'shop/replication-lag/main > 3600 x2 ignore',
    'shop/sentinel-errors > 0 x2 notBreaching',
    'shop/sentinel-silent < 1 x4 breaching',
    'shop/too-few-recovery-points/audit > 10 x4 ignore',
    'shop/too-few-recovery-points/main > 10 x4 ignore',
    'shop/too-few-recovery-points/orders > 10 x4 ignore',
    'shop/vault-drift > 0 x1 ignore',
  ]);
});

test('every situation that is an alarm is one somewhere', () => {
  const names = [templates.Watch, templates.ReplicaWatch].flatMap((template) =>
    alarmsOf(template).map(({ AlarmName }) => AlarmName.split('/')[1]),
  );
  expect([...new Set(names)].sort()).toEqual(Object.keys(alarmSituations).sort());
});

describe.each(['Watch', 'ReplicaWatch'] as const)('every alarm of the %s stack', (stack) => {
  test('tells the topic when it begins and when it is over', () => {
    const [topic] = Object.keys(templates[stack].findResources('AWS::SNS::Topic'));
    for (const { AlarmActions, OKActions, InsufficientDataActions } of alarmsOf(templates[stack])) {
      expect(AlarmActions).toEqual([{ Ref: topic }]);
      expect(OKActions).toEqual([{ Ref: topic }]);
      expect(InsufficientDataActions).toBeUndefined();
    }
  });

  test('says how urgent it is, what it means and which heading to open', () => {
    for (const { AlarmName, AlarmDescription } of alarmsOf(templates[stack])) {
      const situation = AlarmName.split('/')[1] as keyof typeof alarmSituations;
      const { severity, means } = alarmSituations[situation];
      expect(AlarmDescription).toBe(`[${severity}] ${means.en}\n\nrunbooks/en/${situation}.md#${situation}`);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1_024);
    }
  });

  test('looks at a figure that is written: the sentinel’s by the names in its code, AWS’s by theirs', () => {
    const own = [...Object.values(databaseMetric), ...Object.values(regionMetric)].map(
      (name) => `${namespace} ${name}`,
    );
    const known = [...own, 'AWS/Lambda Errors', 'AWS/SQS ApproximateNumberOfMessagesVisible'];
    for (const { Namespace, MetricName, Metrics, Dimensions } of alarmsOf(templates[stack])) {
      const metric = Metrics?.find((one: { MetricStat?: unknown }) => one.MetricStat)?.MetricStat.Metric;
      expect(known).toContain(`${Namespace ?? metric.Namespace} ${MetricName ?? metric.MetricName}`);
      if (Namespace !== namespace) continue;
      expect(Dimensions).toContainEqual({ Name: 'Policy', Value: 'shop' });
    }
  });
});

test('silence has no missing figure to be passed over, and every run fills its period', () => {
  templates.Watch.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'shop/sentinel-silent',
    Metrics: [
      { Expression: 'FILL(runs, 0)', ReturnData: true },
      {
        Id: 'runs',
        ReturnData: false,
        MetricStat: { Period: 900, Stat: 'Sum', Metric: { MetricName: 'SentinelRuns', Namespace: 'Fukugen' } },
      },
    ],
  });
});

test('alarms speak the language of the policy and link to where its runbooks are read', () => {
  const runbooks = 'https://wiki.example.com/runbooks';
  const { Watch } = synthesise({ notices: { email: ['team@example.com'], runbooks } }, 'ja');
  Watch.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'shop/copy-stuck/main',
    AlarmDescription: `[ticket] ${alarmSituations['copy-stuck'].means.ja}\n\n${runbooks}/ja/copy-stuck.md#copy-stuck`,
  });
});
