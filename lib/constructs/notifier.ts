import { Duration, Stack, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { NotifierConfig } from '../../lambda/notifier/config.ts';
import { vaultArn, watcherRoleName } from '../names.ts';
import { BundledFunction } from './bundled-function.ts';
import type { Monitoring } from './monitoring.ts';

export interface NotifierProps {
  readonly config: Omit<NotifierConfig, 'topicArn'>;
  readonly topic: sns.ITopic;
  /** That encrypts the topic. */
  readonly key: kms.IKey;
  readonly monitoring: Monitoring;
}

/** Turns alarms and events into messages that people read, for Slack and by mail, and keeps what it could not deliver. */
export class Notifier extends Construct {
  private readonly function: lambda.IFunction;
  private readonly undelivered: sqs.IQueue;

  constructor(scope: Construct, id: string, { config, topic, key, monitoring }: NotifierProps) {
    super(scope, id);
    const queue = new sqs.Queue(this, 'Undelivered', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue: of the function, of its subscription and of the rules',
    });
    this.undelivered = queue;
    const notifier = new BundledFunction(this, 'Function', {
      folder: 'notifier',
      description: `Tells people about the backups of ${config.policy}`,
      statements: [
        new iam.PolicyStatement({
          actions: ['backup:ListRecoveryPointsByBackupVault'],
          resources: Object.entries(config.vaults)
            .filter(([region]) => !config.readers?.[region])
            .map(([region, vault]) => vaultArn(this, vault, region)),
        }),
        ...(config.readers
          ? [new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: Object.values(config.readers) })]
          : []),
        new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
        new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
        ...slackStatements(this, config.slackSecretName),
      ],
      // The readers trust it by this name.
      ...(config.readers && { roleName: watcherRoleName(config.policy, 'notifier') }),
      environment: { NOTIFIER: Stack.of(this).toJsonString({ ...config, topicArn: topic.topicArn }) },
    });
    this.function = notifier.function;
    notifier.function.configureAsyncInvoke({ onFailure: new SqsDestination(queue), retryAttempts: 2 });
    topic.addSubscription(new LambdaSubscription(notifier.function, { deadLetterQueue: queue }));

    monitoring.add('notices-undelivered', {
      metric: queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: cloudwatch.Stats.MAXIMUM,
      }),
      comparison: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      periods: 1,
      // SQS stops writing figures for a queue that nothing has happened to for six hours: nothing is in it then.
      missing: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /** Events that people are told of. */
  on(id: string, description: string, eventPattern: events.EventPattern): void {
    const target = new targets.LambdaFunction(this.function, { deadLetterQueue: this.undelivered });
    new events.Rule(this, id, { description, eventPattern, targets: [target] });
  }

  /** Events that the notifier of another Region tells of. */
  forward(id: string, description: string, eventPattern: events.EventPattern, region: string): void {
    const bus = events.EventBus.fromEventBusArn(
      this,
      `${id}Bus`,
      Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default', region }),
    );
    const target = new targets.EventBus(bus, { deadLetterQueue: this.undelivered });
    new events.Rule(this, id, { description, eventPattern, targets: [target] });
  }
}

/** By name, so the last six characters, which Secrets Manager chooses, are not known. */
function slackStatements(scope: Construct, secret: string | undefined): iam.PolicyStatement[] {
  if (secret === undefined) return [];
  const { secretArn } = secretsmanager.Secret.fromSecretNameV2(scope, 'Webhook', secret);
  return [new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [`${secretArn}-??????`] })];
}
