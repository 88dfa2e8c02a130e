import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { readingAs } from '../shared/reader.ts';
import { awsHost, type Clients } from './aws-host.ts';
import type { Inventory } from './inventory.ts';
import { watch } from './sentinel.ts';

// Throttled calls are tried again with growing pauses. A Region that is gone must not eat the time of the other one.
const options = { maxAttempts: 5, requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 } };
const backup = new BackupClient(options);
const cloudWatch = new CloudWatchClient(options);
const ofDatabases = new Map<string, Pick<Clients, 'plans' | 'rds' | 's3'>>();

/** Clients for the account of the databases, made once: temporary credentials live in them. */
function clientsFor({ primaryRegion, reader }: Inventory): Pick<Clients, 'plans' | 'rds' | 's3'> {
  const key = `${primaryRegion} ${reader}`;
  const known = ofDatabases.get(key);
  if (known) return known;
  const own = { ...options, ...readingAs(reader, 'sentinel') };
  const made = {
    plans: new BackupClient({ ...own, region: primaryRegion }),
    rds: new RDSClient(own),
    s3: new S3Client(own),
  };
  ofDatabases.set(key, made);
  return made;
}

/** @throws what could not be read, after everything else was published: the alarm on errors counts it */
export async function handler(inventory: Inventory): Promise<void> {
  const report = await watch(inventory, awsHost({ backup, cloudWatch, ...clientsFor(inventory) }));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.failures.length > 0) throw new Error(`could not read ${report.failures.join('; ')}`);
}
