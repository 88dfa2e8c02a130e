import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { RDSClient } from '@aws-sdk/client-rds';
import type { S3Client } from '@aws-sdk/client-s3';
import { guarded } from '../operator/guard.ts';
import { lists } from '../operator/rds-things.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import { notebookIn } from '../shared/notebook.ts';
import { putMetrics } from '../shared/put-metrics.ts';
import type { JanitorHost } from './host.ts';

export interface JanitorClients {
  readonly cloudWatch: CloudWatchClient;
  readonly rds: RDSClient;
  readonly s3: S3Client;
}

/** The world as AWS's APIs show it. */
export function awsHost(
  { cloudWatch, rds, s3 }: JanitorClients,
  plan: DrillPlan,
  { bucket, region }: { readonly bucket: string; readonly region: string },
): JanitorHost {
  const notebook = notebookIn(s3, bucket);
  return {
    plan,
    region,
    notebook,
    guard: guarded(rds, notebook, plan),
    now: () => new Date(),
    lists: Object.fromEntries(
      Object.entries(lists).map(([kind, list]) => [kind, () => list(rds)]),
    ) as unknown as JanitorHost['lists'],
    publish: (metrics) => putMetrics(cloudWatch, metrics),
  };
}
