import type { Language } from '../../core/notice/index.ts';

/** What the construct tells the function, as JSON in the environment variable `NOTIFIER`. */
export interface NotifierConfig {
  /** Name of the policy. */
  readonly policy: string;
  readonly language: Language;
  /** Of the IANA database. */
  readonly timezone: string;
  /** Address of the folder `runbooks`. @default - the path in the repository */
  readonly runbooks?: string;
  /** What is protected: ARN without Region and account, by the name in the policy: `db:shop-main`, `cluster:shop-orders`. */
  readonly databases: Readonly<Record<string, string>>;
  /** Identifiers of the instances of clusters that existed before, by the name in the policy. @default - there are none */
  readonly members?: Readonly<Record<string, readonly string[]>>;
  /** In front of each database: `arn:aws:rds:ap-northeast-1:111122223333`. */
  readonly arnPrefix: string;
  /** ARNs of buckets that are backed up, by the name that alarms give them. @default - there are none */
  readonly buckets?: Readonly<Record<string, string>>;
  /** Where recovery points are, by Region. */
  readonly vaults: Readonly<Record<string, string>>;
  /** ARN of the role to read with, by the Region of a vault that belongs to another account. @default - none does */
  readonly readers?: Readonly<Record<string, string>>;
  /** Names of the backup plans. */
  readonly plans: readonly string[];
  /** Where the mails go out. */
  readonly topicArn: string;
  /** Name of the secret with the address of the webhook. @default - nothing goes to Slack */
  readonly slackSecretName?: string;
}

/** Marks what the notifier itself sends to the topic, so that it does not answer itself. */
export const renderedAttribute = 'rendered';

/** Marks what the recorder sends to the topic in its final words: mail has it from there, and Slack is told by the notifier. */
export const drillAttribute = 'drill';
