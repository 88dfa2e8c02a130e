import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { watchingOf } from '../../../core/coverage/watching.ts';
import { alarmSituations } from '../../../core/notice/index.ts';
import { databaseMetric, namespace, regionMetric } from '../../../lambda/sentinel/metrics.ts';
import { cloudPolicy, main, orders, synthesise } from '../synthesise.ts';

let templates: ReturnType<typeof synthesise>;
beforeAll(() => {
  templates = synthesise({
    databases: { main, orders, audit: { ...main, replicateAutomatedBackups: false } },
    settingsExport: { every: '3d' },
    uploads: { kind: 'declared' },
    // Their alarms are in drill-alarms.test.ts.
    drills: false,
  });
});

const alarmsOf = (template: Template) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

/** One line for each alarm: name, figure, when it rings, what silence means, and how urgent it is. */
function summary(template: Template): string[] {
  return alarmsOf(template)
    .map((alarm) => {
      const { AlarmName, Threshold, EvaluationPeriods, TreatMissingData, AlarmDescription } = alarm;
      const sign = { GreaterThanThreshold: '>', LessThanThreshold: '<' }[alarm.ComparisonOperator as string];
      expect(alarm.DatapointsToAlarm).toBe(EvaluationPeriods);
      const inner = alarm.Metrics?.find((one: { MetricStat?: unknown }) => one.MetricStat)?.MetricStat;
      const [metric, period] = [alarm.MetricName ?? inner.Metric.MetricName, alarm.Period ?? inner.Period];
      const severity = /^\[(\w+)\]/.exec(AlarmDescription)?.[1];
      return `${AlarmName}: ${metric} ${sign} ${Threshold} x${EvaluationPeriods} of ${period / 60}m, ${TreatMissingData}, ${severity}`;
    })
    .sort();
}

test('these are all the alarms of the primary Region', () => {
  expect(summary(templates.Watch)).toEqual([
    'shop/copy-stuck/Uploads: StuckCopies > 0 x2 of 15m, ignore, ticket',
    'shop/copy-stuck/audit: StuckCopies > 0 x2 of 15m, ignore, ticket',
    'shop/copy-stuck/main: StuckCopies > 0 x2 of 15m, ignore, ticket',
    'shop/copy-stuck/orders: StuckCopies > 0 x2 of 15m, ignore, ticket',
    'shop/notices-undelivered: ApproximateNumberOfMessagesVisible > 0 x1 of 5m, notBreaching, page',
    'shop/point-in-time-lag/audit: PointInTimeLag > 1800 x2 of 15m, ignore, page',
    'shop/point-in-time-lag/main: PointInTimeLag > 1800 x2 of 15m, ignore, page',
    'shop/point-in-time-lag/orders: PointInTimeLag > 1800 x2 of 15m, ignore, page',
    'shop/protection-drift/Uploads: ProtectionDrift > 0 x2 of 15m, ignore, ticket',
    'shop/protection-drift/audit: ProtectionDrift > 0 x2 of 15m, ignore, ticket',
    'shop/protection-drift/main: ProtectionDrift > 0 x2 of 15m, ignore, ticket',
    'shop/protection-drift/orders: ProtectionDrift > 0 x2 of 15m, ignore, ticket',
    'shop/recovery-point-too-old/Uploads: RecoveryPointAge > 100800 x2 of 15m, breaching, page',
    'shop/recovery-point-too-old/audit: RecoveryPointAge > 25200 x2 of 15m, breaching, page',
    'shop/recovery-point-too-old/main: RecoveryPointAge > 25200 x2 of 15m, breaching, page',
    'shop/recovery-point-too-old/orders: RecoveryPointAge > 25200 x2 of 15m, breaching, page',
    'shop/sentinel-errors: Errors > 0 x2 of 15m, notBreaching, ticket',
    'shop/sentinel-silent: SentinelRuns < 1 x4 of 15m, breaching, page',
    'shop/too-few-recovery-points/Uploads: MissingRecoveryPoints > 10 x4 of 15m, ignore, ticket',
    'shop/too-few-recovery-points/audit: MissingRecoveryPoints > 10 x4 of 15m, ignore, ticket',
    'shop/too-few-recovery-points/main: MissingRecoveryPoints > 10 x4 of 15m, ignore, ticket',
    'shop/too-few-recovery-points/orders: MissingRecoveryPoints > 10 x4 of 15m, ignore, ticket',
    'shop/vault-drift: VaultDrift > 0 x1 of 15m, ignore, page',
  ]);
});

test('these are all the alarms of the replica Region', () => {
  expect(summary(templates.ReplicaWatch)).toEqual([
    'shop/notices-undelivered: ApproximateNumberOfMessagesVisible > 0 x1 of 5m, notBreaching, page',
    'shop/protection-drift/Uploads: ProtectionDrift > 0 x2 of 15m, ignore, ticket',
    'shop/protection-drift/audit: ProtectionDrift > 0 x2 of 15m, ignore, ticket',
    'shop/protection-drift/main: ProtectionDrift > 0 x2 of 15m, ignore, ticket',
    'shop/protection-drift/orders: ProtectionDrift > 0 x2 of 15m, ignore, ticket',
    'shop/recovery-point-too-old/Uploads: RecoveryPointAge > 111600 x2 of 15m, breaching, page',
    'shop/recovery-point-too-old/audit: RecoveryPointAge > 25200 x2 of 15m, breaching, page',
    'shop/recovery-point-too-old/main: RecoveryPointAge > 25200 x2 of 15m, breaching, page',
    'shop/recovery-point-too-old/orders: RecoveryPointAge > 100800 x2 of 15m, breaching, page',
    'shop/replication-lag/main: ReplicationLag > 3600 x2 of 15m, ignore, ticket',
    'shop/sentinel-errors: Errors > 0 x2 of 15m, notBreaching, ticket',
    'shop/sentinel-silent: SentinelRuns < 1 x4 of 15m, breaching, page',
    'shop/settings-export-too-old: SettingsExportAge > 262800 x2 of 15m, ignore, ticket',
    'shop/too-few-recovery-points/Uploads: MissingRecoveryPoints > 10 x4 of 15m, ignore, ticket',
    'shop/too-few-recovery-points/audit: MissingRecoveryPoints > 10 x4 of 15m, ignore, ticket',
    'shop/too-few-recovery-points/main: MissingRecoveryPoints > 10 x4 of 15m, ignore, ticket',
    'shop/too-few-recovery-points/orders: MissingRecoveryPoints > 10 x4 of 15m, ignore, ticket',
    'shop/vault-drift: VaultDrift > 0 x1 of 15m, ignore, page',
  ]);
});

test('the bill of `fukugen plan` counts as many', () => {
  const replicateAutomatedBackups = false;
  for (const cloud of [
    {},
    { databases: { main, orders, audit: { ...main, replicateAutomatedBackups } }, uploads: { kind: 'declared' } },
    { settingsExport: {}, databases: { members: { kind: 'adopted', instance: 'members-prod' } } },
    { drills: false },
  ] as const) {
    const all = synthesise(cloud);
    const policy = cloudPolicy(cloud);
    expect(watchingOf(policy, 'primary').alarms).toBe(alarmsOf(all.Watch).length);
    expect(watchingOf(policy, 'replica').alarms).toBe(alarmsOf(all.ReplicaWatch).length);
  }
});

test('every situation that is an alarm is one somewhere', () => {
  const drilling = synthesise();
  const names = [templates.Watch, templates.ReplicaWatch, drilling.Watch].flatMap((template) =>
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
