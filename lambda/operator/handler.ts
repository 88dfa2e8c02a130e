import { BackupClient } from '@aws-sdk/client-backup';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { checkerClient } from '../shared/invoke-checker.ts';
import { environment, readPlan } from '../shared/read-plan.ts';
import { awsHost } from './aws-host.ts';
import type { ChooseInput, StepInput } from './messages.ts';
import { operate } from './operator.ts';

// Throttled calls are tried again with growing pauses; what is still refused then is tried again by the machine.
const options = { maxAttempts: 4, requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 } };
const clients = {
  backup: new BackupClient(options),
  lambda: checkerClient(),
  rds: new RDSClient(options),
  s3: new S3Client(options),
  secrets: new SecretsManagerClient(options),
};
const plan = readPlan();
const settings = {
  account: environment('ACCOUNT'),
  partition: environment('PARTITION'),
  bucket: environment('BUCKET'),
  checker: environment('CHECKER'),
  securityGroup: environment('SECURITY_GROUP'),
};

export async function handler(
  input: ChooseInput | StepInput,
  context: { getRemainingTimeInMillis(): number },
): Promise<unknown> {
  return operate(
    input,
    awsHost(clients, plan, settings, () => context.getRemainingTimeInMillis()),
  );
}
