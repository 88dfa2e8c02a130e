import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmSituation, alarmSituations, type Language, runbookLink } from '../../core/notice/index.ts';

export interface MonitoringProps {
  readonly policyName: string;
  readonly language: Language;
  /** Address of the folder `runbooks`. @default - the path in this repository */
  readonly runbooks?: string | undefined;
  /** Where every alarm reports, when it begins and when it is over. */
  readonly topic: sns.ITopic;
}

export interface AlarmProps {
  readonly metric: cloudwatch.IMetric;
  /** The name of the database, or of the bucket, that it is about. @default - the whole Region */
  readonly subject?: string;
  readonly comparison: cloudwatch.ComparisonOperator;
  readonly threshold: number;
  /** How many of the metric's periods in a row have to be on the wrong side. */
  readonly periods: number;
  /** What silence means: each caller says why. */
  readonly missing: cloudwatch.TreatMissingData;
}

/** How often the sentinel looks, and so the period of every alarm on its figures. */
export const sentinelInterval = Duration.minutes(15);

/**
 * The register of alarms, and the one place where they get their actions. Words, severity and runbook of an alarm come from
 * `core/notice`, where the notifier finds the same ones by the alarm's name.
 */
export class Monitoring extends Construct {
  readonly alarms: cloudwatch.Alarm[] = [];
  private readonly props: MonitoringProps;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.props = props;
  }

  add(situation: AlarmSituation, props: AlarmProps): void {
    const { policyName, language, runbooks, topic } = this.props;
    const { severity, means } = alarmSituations[situation];
    const name = [situation, ...(props.subject ? [props.subject] : [])];
    const alarm = new cloudwatch.Alarm(this, name.join('-'), {
      alarmName: alarmName(policyName, situation, props.subject),
      // What a mail of CloudWatch shows first.
      alarmDescription: `[${severity}] ${means[language]}\n\n${runbookLink(situation, language, runbooks)}`,
      metric: props.metric,
      comparisonOperator: props.comparison,
      threshold: props.threshold,
      evaluationPeriods: props.periods,
      datapointsToAlarm: props.periods,
      treatMissingData: props.missing,
    });
    const action = new SnsAction(topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    this.alarms.push(alarm);
  }
}

/** Read again by `lambda/notifier`. No subject holds a slash. */
function alarmName(policyName: string, situation: AlarmSituation, subject?: string): string {
  return [policyName, situation, ...(subject ? [subject] : [])].join('/');
}
