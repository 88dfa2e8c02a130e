import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { environment, readPlan } from '../shared/read-plan.ts';
import { awsHost } from './aws-host.ts';
import { tidy } from './janitor.ts';
import type { JanitorEvent } from './messages.ts';

// Throttled calls are tried again with growing pauses.
const options = { maxAttempts: 5, requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 } };
const clients = {
  cloudWatch: new CloudWatchClient(options),
  rds: new RDSClient(options),
  s3: new S3Client(options),
};
const host = awsHost(clients, readPlan(), { bucket: environment('BUCKET'), region: environment('AWS_REGION') });

/** @throws what could not be read or removed, after everything else was: the alarm on errors counts it */
export async function handler(event: JanitorEvent): Promise<void> {
  const report = await tidy(event, host);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.failures.length > 0) throw new Error(`could not tidy up ${report.failures.join('; ')}`);
}
