/** What arrives, as far as it is used. */

/** An event of AWS Backup or RDS, from EventBridge. */
export interface AwsEvent {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  /** Where it was seen, which stays the same when it is sent on to another Region. */
  readonly region: string;
  readonly account: string;
  readonly time: string;
  readonly resources?: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** From the topic: a change of an alarm, how a drill ended, or what the notifier itself has put there. */
export interface SnsEvent {
  readonly Records: readonly {
    readonly Sns: {
      readonly MessageId?: string;
      readonly Subject?: string;
      readonly Message: string;
      readonly MessageAttributes?: Readonly<Record<string, unknown>>;
    };
  }[];
}

/** The message that CloudWatch sends (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html). */
export interface AlarmMessage {
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly NewStateValue: string;
  readonly NewStateReason: string;
  readonly StateChangeTime: string;
}

/** A dead-letter queue that is redriven, a test from the console: whatever it is, it is one of these or nothing. */
export function isFromTopic(event: AwsEvent | SnsEvent): event is SnsEvent {
  return 'Records' in event;
}
