import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { RDSClient } from '@aws-sdk/client-rds';
import type { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describeCluster, describeInstance } from '../operator/rds-things.ts';
import { readCredentials } from '../shared/credentials.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import { invokeChecker } from '../shared/invoke-checker.ts';
import { notebookIn } from '../shared/notebook.ts';
import type { BaselineHost } from './host.ts';

export interface BaselineClients {
  readonly lambda: LambdaClient;
  readonly rds: RDSClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
}

/** The world as AWS's APIs show it. */
export function awsHost(
  { lambda, rds, s3, secrets }: BaselineClients,
  plan: DrillPlan,
  bucket: string,
  remainingMilliseconds: () => number,
): BaselineHost {
  return {
    plan,
    notebook: notebookIn(s3, bucket),
    now: () => new Date(),
    remainingMilliseconds,
    endpoint: async (kind, identifier) => {
      const instance = kind === 'instance' ? await describeInstance(rds, identifier) : undefined;
      const cluster = kind === 'cluster' ? await describeCluster(rds, identifier) : undefined;
      // Of the writer: a replica cancels what reads for long, and shows what is a little older.
      const host = instance?.Endpoint?.Address ?? cluster?.Endpoint;
      const port = instance?.Endpoint?.Port ?? cluster?.Port;
      return host && port ? { host, port } : undefined;
    },
    credentials: async (SecretId) => {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
      return readCredentials(SecretString, SecretId);
    },
    ask: (reader, request) => invokeChecker(lambda, reader, request),
  };
}
