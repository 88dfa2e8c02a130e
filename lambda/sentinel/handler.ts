import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { awsHost } from './aws-host.ts';
import type { Inventory } from './inventory.ts';
import { watch } from './sentinel.ts';

// Throttled calls are tried again with growing pauses. A Region that is gone must not eat the time of the other one.
const options = { maxAttempts: 5, requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 } };
const backup = new BackupClient(options);
const rds = new RDSClient(options);
const cloudWatch = new CloudWatchClient(options);
const inRegion = new Map<string, BackupClient>();

function plansIn(region: string): BackupClient {
  const client = inRegion.get(region) ?? new BackupClient({ ...options, region });
  inRegion.set(region, client);
  return client;
}

/** @throws what could not be read, after everything else was published: the alarm on errors counts it */
export async function handler(inventory: Inventory): Promise<void> {
  const report = await watch(inventory, awsHost({ backup, plans: plansIn(inventory.primaryRegion), rds, cloudWatch }));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.failures.length > 0) throw new Error(`could not read ${report.failures.join('; ')}`);
}
