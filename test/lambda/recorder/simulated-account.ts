import { createHash } from 'node:crypto';
import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { awsHost } from '../../../lambda/recorder/aws-host.ts';
import type { RecorderHost } from '../../../lambda/recorder/host.ts';

type Operation = 'GetObject' | 'ListObjectsV2' | 'PutObject' | 'PutMetricData' | 'Publish';

/** An evidence bucket with object lock, a topic, and CloudWatch. Lists are answered in pages of two. */
export class SimulatedAccount {
  now = new Date('2026-11-01T02:00:00.000Z');
  readonly objects = new Map<string, PutObjectCommandInput & { readonly Body: string }>();
  readonly figures: MetricDatum[] = [];
  readonly published: PublishCommandInput[] = [];
  /** What fails, until it is taken away. */
  failing: Partial<Record<Operation, Error>> = {};
  /** Called before an object is written: somebody else may be faster. */
  beforePut: (key: string) => void = () => {};
  readonly host: RecorderHost;

  constructor(bucket = 'shop-evidence-111122223333-ap-northeast-1') {
    const region = { region: 'ap-northeast-1' };
    const clients = { s3: new S3Client(region), sns: new SNSClient(region), cloudWatch: new CloudWatchClient(region) };
    mockClient(clients.s3)
      .on(GetObjectCommand, { Bucket: bucket })
      .callsFake(({ Key }) => {
        this.check('GetObject');
        const found = this.objects.get(Key);
        if (!found) throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} });
        return { Body: { transformToString: async () => found.Body } };
      })
      .on(ListObjectsV2Command, { Bucket: bucket })
      .callsFake(({ Prefix, ContinuationToken }) => {
        this.check('ListObjectsV2');
        const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
        const first = Number(ContinuationToken ?? 0);
        const isTruncated = first + 2 < keys.length;
        return {
          Contents: keys.slice(first, first + 2).map((Key) => ({ Key })),
          IsTruncated: isTruncated,
          ...(isTruncated && { NextContinuationToken: `${first + 2}` }),
        };
      })
      .on(PutObjectCommand, { Bucket: bucket })
      .callsFake((input) => this.put(input));
    mockClient(clients.sns)
      .on(PublishCommand)
      .callsFake((input) => {
        this.check('Publish');
        this.published.push(input);
        return {};
      });
    mockClient(clients.cloudWatch)
      .on(PutMetricDataCommand, { Namespace: 'Fukugen' })
      .callsFake(({ MetricData }) => {
        this.check('PutMetricData');
        this.figures.push(...MetricData);
        return {};
      });
    const topic = 'arn:aws:sns:ap-northeast-1:111122223333:shop-notices';
    this.host = { ...awsHost(clients, { bucket, topic, keepDays: 400 }), now: () => this.now };
  }

  /** What a step of the drill left. */
  leave(key: string, value: unknown): void {
    this.objects.set(key, { Bucket: '', Key: key, Body: JSON.stringify(value) });
  }

  json(key: string) {
    return JSON.parse(this.objects.get(key)?.Body ?? 'null');
  }

  private put(input: PutObjectCommandInput & { readonly Key: string; readonly Body: string }): object {
    this.check('PutObject');
    this.beforePut(input.Key);
    const existing = this.objects.get(input.Key);
    if (existing && input.IfNoneMatch === '*') throw refused('PreconditionFailed', 412);
    if (existing?.ObjectLockMode) throw refused('AccessDenied', 403);
    const checksum = createHash('sha256').update(input.Body).digest('base64');
    if (input.ObjectLockMode && input.ChecksumSHA256 !== checksum) throw refused('BadDigest', 400);
    this.objects.set(input.Key, input);
    return {};
  }

  private check(operation: Operation): void {
    const error = this.failing[operation];
    if (error) throw error;
  }
}

export function refused(name: string, httpStatusCode: number): S3ServiceException {
  return new S3ServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });
}
