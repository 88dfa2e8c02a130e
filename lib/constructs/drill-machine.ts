import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DrillPlan } from '../../lambda/shared/drill-plan.ts';
import { drillMachineArn, drillName } from '../drill-names.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import type { BundledFunction } from './bundled-function.ts';
import { drillDefinition } from './drill-definition.ts';

export interface DrillMachineProps {
  readonly plan: DrillPlan;
  readonly operator: BundledFunction;
  readonly recorder: BundledFunction;
}

/** The state machine of the drill. It may call two functions, and start itself once more for each database. */
export class DrillMachine extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { plan, operator, recorder }: DrillMachineProps) {
    super(scope, id);
    const functions = [operator.function, recorder.function];
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      description: `Leads the drills of ${plan.policy} from step to step`,
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.map(({ functionArn }) => functionArn),
      }),
    );
    // What a distributed map asks for (https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html).
    const machineArn = drillMachineArn(this, plan.policy);
    const executions = `${machineArn.replace(':stateMachine:', ':execution:')}:*`;
    const startsItself = [
      new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [machineArn] }),
      new iam.PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [executions],
      }),
    ];
    for (const statement of startsItself) role.addToPolicy(statement);
    acknowledgeWildcards(role, startsItself, {
      [`execution:${drillName(plan.policy)}:*`]: 'Step Functions chooses the names of executions',
    });
    const definition = drillDefinition({
      operator: operator.function.functionArn,
      recorder: recorder.function.functionArn,
      plan,
    });
    this.machine = new sfn.StateMachine(this, 'Machine', {
      stateMachineName: drillName(plan.policy),
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      role,
      logs: {
        // Under this prefix a group needs no resource policy, of which an account has ten
        // (https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html).
        destination: new logs.LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${drillName(plan.policy)}`,
          retention: logs.RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: sfn.LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'The delivery of logs knows no resource (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html)',
    });
    Validations.of(this.machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason:
          'Every event is in the history of the execution for 90 days, and every drill leaves a record of its own',
      },
      {
        id: 'AwsSolutions-SF2',
        reason: 'The record holds the time of every step; nothing is left for a trace to tell',
      },
    );
  }
}
