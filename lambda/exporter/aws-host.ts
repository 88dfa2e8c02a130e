import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { RDSClient } from '@aws-sdk/client-rds';
import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { readDatabases } from './databases.ts';
import { readFunctions } from './functions.ts';
import { readParameterGroups, readSecurityGroups, readSubnetGroups } from './groups.ts';
import type { ExporterHost } from './host.ts';
import type { ExportRequest } from './request.ts';
import { readTemplate } from './templates.ts';

export interface Clients {
  readonly cloudFormationIn: (region: string) => CloudFormationClient;
  readonly ec2: EC2Client;
  readonly lambda: LambdaClient;
  readonly rds: RDSClient;
  /** Of the Region of the bucket; the others are of the infrastructure's. */
  readonly s3: S3Client;
}

/** The world as AWS's APIs show it. */
export function awsHost({ cloudFormationIn, ec2, lambda, rds, s3 }: Clients, request: ExportRequest): ExporterHost {
  const { bucket: Bucket } = request;
  return {
    now: () => new Date(),
    read: {
      databases: () => readDatabases(rds, request),
      functions: () => readFunctions(lambda, request.functions),
      parameterGroups: () => readParameterGroups(rds),
      securityGroups: () => readSecurityGroups(ec2),
      subnetGroups: () => readSubnetGroups(rds),
    },
    template: ({ name, region }) => readTemplate(cloudFormationIn(region), name),
    // From the metadata, which the bucket's key does not encrypt: the exporter compares and cannot read what it wrote.
    digest: async (Key) => {
      try {
        return (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata?.sha256;
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },
    write: async (Key, Body, sha256) => {
      const Metadata = { sha256 };
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata, ContentType: 'application/json' }));
    },
  };
}
