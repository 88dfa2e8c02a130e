import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { awsHost, type Clients } from './aws-host.ts';
import { exportSettings } from './exporter.ts';
import type { ExportRequest } from './request.ts';

// Throttled calls are tried again with growing pauses.
const options = { maxAttempts: 8, requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 } };
const s3 = new S3Client(options);
const inRegion = new Map<string, Omit<Clients, 's3'>>();

function clientsIn(region: string): Omit<Clients, 's3'> {
  const there = { ...options, region };
  const clients = inRegion.get(region) ?? {
    ec2: new EC2Client(there),
    lambda: new LambdaClient(there),
    rds: new RDSClient(there),
  };
  inRegion.set(region, clients);
  return clients;
}

/** @throws what could not be exported, after everything else was: the run counts as failed */
export async function handler(request: ExportRequest): Promise<void> {
  const report = await exportSettings(awsHost({ ...clientsIn(request.region), s3 }, request));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.failures.length > 0) throw new Error(`could not export ${report.failures.join('; ')}`);
}
