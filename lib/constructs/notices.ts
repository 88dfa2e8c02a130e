import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface NoticesProps {
  /** Of the topic. */
  readonly name: string;
  readonly email: readonly string[];
}

/** The encrypted topic that everything bad ends in, and the mails that go out from it without any function in between. */
export class Notices extends Construct {
  readonly topic: sns.ITopic;
  readonly key: kms.IKey;

  constructor(scope: Construct, id: string, { name, email }: NoticesProps) {
    super(scope, id);
    // AWS's own key for SNS lets no alarm publish, and its policy cannot be changed
    // (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html).
    this.key = new kms.Key(this, 'Key', {
      alias: `alias/${name}`,
      description: `Encrypts the notices of ${name}`,
      enableKeyRotation: true,
    });
    const account = Stack.of(this).account;
    this.key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisAccountMayPublish',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    const topic = new sns.Topic(this, 'Topic', {
      topicName: name,
      displayName: name,
      masterKey: this.key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisAccountMayPublish',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    for (const address of email) topic.addSubscription(new EmailSubscription(address));
    this.topic = topic;
  }
}
