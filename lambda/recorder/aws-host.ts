import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { drillAttribute } from '../notifier/config.ts';
import { notebookIn, readText } from '../shared/notebook.ts';
import { putMetrics } from '../shared/put-metrics.ts';
import type { RecorderHost } from './host.ts';

export interface Clients {
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly cloudWatch: CloudWatchClient;
}

export interface Places {
  readonly bucket: string;
  /** ARN. */
  readonly topic: string;
  readonly keepDays: number;
}

/** The world as AWS's APIs show it. */
export function awsHost({ s3, sns, cloudWatch }: Clients, { bucket: Bucket, topic, keepDays }: Places): RecorderHost {
  const now = () => new Date();
  return {
    now,
    read: (key) => readText(s3, Bucket, key),
    list: async (prefix) => (await notebookIn(s3, Bucket).list(prefix)).map(({ key }) => key),
    write: async (Key, Body) => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
    },
    keep: async (Key, Body, ContentType) => {
      const command = new PutObjectCommand({
        ...{ Bucket, Key, Body, ContentType },
        IfNoneMatch: '*',
        // A lock is taken only with a checksum of what is locked.
        ChecksumSHA256: createHash('sha256').update(Body).digest('base64'),
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: new Date(now().getTime() + keepDays * 86_400_000),
      });
      return putOnce(() => s3.send(command));
    },
    address: (key) => `s3://${Bucket}/${key}`,
    publish: (metrics) => putMetrics(cloudWatch, metrics),
    notify: async ({ title, text }) => {
      const MessageAttributes = { [drillAttribute]: { DataType: 'String', StringValue: 'yes' } };
      await sns.send(new PublishCommand({ TopicArn: topic, Subject: title, Message: text, MessageAttributes }));
    },
  };
}

/** Somebody else is writing the same object at this moment; S3 asks to try again then. */
const mostConflicts = 5;

/** By https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html. */
async function putOnce(put: () => Promise<unknown>, conflicts = 0): Promise<boolean> {
  try {
    await put();
    return true;
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 412) return false;
    if (status !== 409 || conflicts === mostConflicts) throw error;
    await setTimeout(100 * 2 ** conflicts);
    return putOnce(put, conflicts + 1);
  }
}
