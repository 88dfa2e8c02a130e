import { BackupClient } from '@aws-sdk/client-backup';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { readingAs } from '../shared/reader.ts';
import { awsHost } from './aws-host.ts';
import type { NotifierConfig } from './config.ts';
import type { AwsEvent, SnsEvent } from './events.ts';
import { notify } from './notifier.ts';
import { Recent } from './recent.ts';

const config = JSON.parse(process.env.NOTIFIER ?? '{}') as NotifierConfig;
const recent = new Recent();
const inRegion = new Map<string, BackupClient>();

/** A Region that is gone must not keep the notice of it back. */
function backupIn(region: string): BackupClient {
  const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000 };
  const credentials = readingAs(config.readers?.[region], 'notifier');
  const client = inRegion.get(region) ?? new BackupClient({ region, requestHandler, maxAttempts: 2, ...credentials });
  inRegion.set(region, client);
  return client;
}

const host = awsHost({ backupIn, secrets: new SecretsManagerClient(), sns: new SNSClient() }, config);

export async function handler(event: AwsEvent | SnsEvent): Promise<void> {
  await notify(event, config, host, recent);
}
