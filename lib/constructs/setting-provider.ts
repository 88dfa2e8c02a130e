import { type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
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
  readonly onEvent: BundledFunction;
  /** @default - nothing to wait for */
  readonly isComplete: BundledFunction | undefined;

  constructor(scope: Construct, id: string, { settlesWithin, ...shared }: SettingProviderProps) {
    super(scope, id);
    this.onEvent = new BundledFunction(this, 'OnEvent', { ...shared, handler: 'onEvent' });
    this.isComplete = settlesWithin && new BundledFunction(this, 'IsComplete', { ...shared, handler: 'isComplete' });
    const logGroup = new logs.LogGroup(this, 'FrameworkLog', { retention: logs.RetentionDays.THREE_MONTHS });
    const frameworkRole = new iam.Role(this, 'FrameworkRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `Calls the functions of: ${shared.description}`,
    });
    logGroup.grantWrite(frameworkRole);
    const provider = new Provider(this, 'Framework', {
      onEventHandler: this.onEvent.function,
      ...(this.isComplete && {
        isCompleteHandler: this.isComplete.function,
        queryInterval: Duration.seconds(30),
        totalTimeout: settlesWithin as Duration,
        frameworkCompleteAndTimeoutRole: frameworkRole,
      }),
      frameworkOnEventRole: frameworkRole,
      logGroup,
    });
    this.serviceToken = provider.serviceToken;
    for (const { function: fn } of [this.onEvent, this.isComplete].filter((one) => one !== undefined)) {
      Validations.of(frameworkRole).acknowledge({
        id: `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(fn.node.defaultChild as CfnElement)}.Arn>:*]`,
        reason: 'The framework calls exactly this function, in any of its versions',
      });
    }
  }
}
