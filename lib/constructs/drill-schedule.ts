import { Duration, TimeZone } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DrillsPolicy } from '../../core/policy/index.ts';
import type { HourlyRun } from '../../lambda/janitor/messages.ts';
import type { DrillRequest } from '../../lambda/operator/messages.ts';
import { drillName } from '../drill-names.ts';

export interface DrillScheduleProps {
  readonly policyName: string;
  readonly drills: DrillsPolicy;
  /** IANA. */
  readonly timezone: string;
  readonly machine: sfn.StateMachine;
  readonly janitor: lambda.IFunction;
}

/** When a drill begins, and when the janitor looks: every hour, and at once when an execution has ended badly. */
export class DrillSchedule extends Construct {
  constructor(scope: Construct, id: string, { policyName, drills, timezone, machine, janitor }: DrillScheduleProps) {
    super(scope, id);
    const [hour, minute] = drills.at.split(':').map(Number);
    new scheduler.Schedule(this, 'Monthly', {
      scheduleName: drillName(policyName),
      description: `Has the restores of ${policyName} rehearsed`,
      schedule: scheduler.ScheduleExpression.cron({
        minute: `${minute}`,
        hour: `${hour}`,
        day: `${drills.on}`,
        timeZone: TimeZone.of(timezone),
      }),
      target: new StepFunctionsStartExecution(machine, {
        input: scheduler.ScheduleTargetInput.fromObject({
          scheduledAt: scheduler.ContextAttribute.scheduledTime,
        } satisfies DrillRequest),
        // A drill that begins half a day late is none of that day any more; the alarm on overdue drills tells.
        maxEventAge: Duration.hours(12),
        retryAttempts: 20,
      }),
    });
    const hourly: HourlyRun = { trigger: 'hourly' };
    new events.Rule(this, 'Hourly', {
      description: `Has what drills of ${policyName} left behind removed`,
      schedule: events.Schedule.rate(Duration.hours(1)),
      // The next run is an hour away and sees more.
      targets: [new LambdaFunction(janitor, { event: events.RuleTargetInput.fromObject(hourly), retryAttempts: 0 })],
    });
    new events.Rule(this, 'Ended', {
      description: `Has the janitor look when a drill of ${policyName} has ended badly`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [new LambdaFunction(janitor)],
    });
  }
}
