import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { awsHost } from './aws-host.ts';
import { exportSettings } from './exporter.ts';
import type { ExportRequest } from './request.ts';

// Throttled calls are tried again with growing pauses.
const options = { maxAttempts: 8, requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 } };
const s3 = new S3Client(options);
const inRegion = new Map<string, ReturnType<typeof newClients>>();

function newClients(region: string) {
  const there = { ...options, region };
  return {
    cloudFormation: new CloudFormationClient(there),
    ec2: new EC2Client(there),
    lambda: new LambdaClient(there),
    rds: new RDSClient(there),
  };
}

function clientsIn(region: string): ReturnType<typeof newClients> {
  const clients = inRegion.get(region) ?? newClients(region);
  inRegion.set(region, clients);
  return clients;
}

/** @throws what could not be exported, after everything else was: the run counts as failed */
export async function handler(request: ExportRequest): Promise<void> {
  const { ec2, lambda, rds } = clientsIn(request.region);
  const cloudFormationIn = (region: string) => clientsIn(region).cloudFormation;
  const host = awsHost({ cloudFormationIn, ec2, lambda, rds, s3 }, request);
  const report = await exportSettings(host, request.stacks);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.failures.length > 0) throw new Error(`could not export ${report.failures.join('; ')}`);
}
