import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { checkerClient } from '../shared/invoke-checker.ts';
import { environment, readPlan } from '../shared/read-plan.ts';
import { awsHost } from './aws-host.ts';
import { takeBaseline } from './baseline.ts';
import type { BaselineRequest } from './messages.ts';

// Throttled calls are tried again with growing pauses.
const options = { maxAttempts: 5, requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 } };
const clients = {
  lambda: checkerClient(),
  rds: new RDSClient(options),
  s3: new S3Client(options),
  secrets: new SecretsManagerClient(options),
};
const plan = readPlan();
const bucket = environment('BUCKET');

export async function handler(
  request: BaselineRequest,
  context: { getRemainingTimeInMillis(): number },
): Promise<{ readonly key: string }> {
  return takeBaseline(
    request,
    awsHost(clients, plan, bucket, () => context.getRemainingTimeInMillis()),
  );
}
