import { type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct, type IConstruct } from 'constructs';
import { BundledFunction, type BundledFunctionProps } from './bundled-function.ts';

export interface SettingProviderProps extends Pick<BundledFunctionProps, 'folder' | 'description' | 'statements'> {
  /**
   * How long `isComplete` of the same handler.ts is asked again, every 30 seconds.
   * @default - the handler exports none: what it does is done when it returns
   */
  readonly settlesWithin?: Duration;
}

/** A custom resource that changes a setting of what is not in any template. CDK's framework answers CloudFormation for it. */
export class SettingProvider extends Construct {
  readonly serviceToken: string;
  /** `onEvent`, and `isComplete` where there is something to wait for. */
  readonly functions: readonly BundledFunction[];

  constructor(scope: Construct, id: string, { settlesWithin, ...shared }: SettingProviderProps) {
    super(scope, id);
    const onEvent = new BundledFunction(this, 'OnEvent', { ...shared, handler: 'onEvent' });
    const isComplete = settlesWithin && new BundledFunction(this, 'IsComplete', { ...shared, handler: 'isComplete' });
    this.functions = isComplete ? [onEvent, isComplete] : [onEvent];

    const logGroup = new logs.LogGroup(this, 'FrameworkLog', { retention: logs.RetentionDays.THREE_MONTHS });
    // CDK's own would get a managed policy that writes to any log of the account. Two: one for both would make the role depend
    // on the state machine and the state machine on the role.
    const frameworkRole = (name: string) => {
      const role = new iam.Role(this, name, {
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        description: `Calls the functions of: ${shared.description}`,
      });
      logGroup.grantWrite(role);
      acknowledgeCallsOf(role, ...this.functions.map((one) => one.function));
      return role;
    };
    const framework = new Provider(this, 'Framework', {
      onEventHandler: onEvent.function,
      frameworkOnEventRole: frameworkRole('FrameworkRole'),
      ...(isComplete && {
        isCompleteHandler: isComplete.function,
        frameworkCompleteAndTimeoutRole: frameworkRole('WaiterRole'),
        queryInterval: Duration.seconds(30),
        totalTimeout: settlesWithin as Duration,
        disableWaiterStateMachineLogging: true,
      }),
      logGroup,
    });
    this.serviceToken = framework.serviceToken;
    if (isComplete) acknowledgeWaiter(framework);
  }
}

function acknowledgeWaiter({ node }: Provider): void {
  const waiter = node.findChild('waiter-state-machine');
  acknowledgeCallsOf(waiter, node.findChild('framework-isComplete'), node.findChild('framework-onTimeout'));
  for (const id of ['AwsSolutions-SF1', 'AwsSolutions-SF2']) {
    Validations.of(waiter).acknowledge({
      id,
      reason:
        'It only asks again until the answer is yes, and every question and answer is in the log of the functions',
    });
  }
}

function acknowledgeCallsOf(caller: IConstruct, ...functions: readonly IConstruct[]): void {
  for (const { node } of functions) {
    const logicalId = Stack.of(caller).getLogicalId(node.defaultChild as CfnElement);
    Validations.of(caller).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
      reason: 'The framework calls exactly this function, in any of its versions',
    });
  }
}
