import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { environment, readPlan } from '../shared/read-plan.ts';
import { awsHost } from './aws-host.ts';
import { conclude } from './conclude.ts';
import type { ConcludeInput, Conclusion, Recorded, RecordInput } from './messages.ts';
import { record } from './record.ts';

// Throttled calls are tried again with growing pauses.
const options = { maxAttempts: 8, requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 } };
const plan = readPlan();
const host = awsHost(
  { s3: new S3Client(options), sns: new SNSClient(options), cloudWatch: new CloudWatchClient(options) },
  { bucket: environment('BUCKET'), topic: environment('TOPIC'), keepDays: plan.keepEvidenceDays },
);

export function handler(input: RecordInput | ConcludeInput): Promise<Recorded | Conclusion> {
  return input.operation === 'record' ? record(input, plan, host) : conclude(input, plan, host);
}
