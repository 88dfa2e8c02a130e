import {
  BackupClient,
  type BackupRule,
  DescribeBackupVaultCommand,
  GetBackupPlanCommand,
  GetBackupSelectionCommand,
  GetBackupVaultAccessPolicyCommand,
  ListBackupPlansCommand,
  ListBackupSelectionsCommand,
  ListCopyJobsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  type RecoveryPointByBackupVault,
  ResourceNotFoundException,
} from '@aws-sdk/client-backup';
import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  type DBCluster,
  DBClusterNotFoundFault,
  type DBInstance,
  type DBInstanceAutomatedBackup,
  DBInstanceNotFoundFault,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  NotFound,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { awsHost } from '../../../lambda/sentinel/aws-host.ts';
import type { SentinelHost } from '../../../lambda/sentinel/host.ts';

const denial = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
      Resource: '*',
    },
  ],
});

/** One Region, as far as a sentinel can see it. Change its fields between runs; every list is answered in pages. */
export class SimulatedAws {
  now = new Date('2026-11-21T09:00:00Z');
  points: RecoveryPointByBackupVault[] = [];
  vault = {
    locked: true,
    minDays: 7,
    maxDays: undefined as number | undefined,
    createdAt: new Date('2026-01-01T00:00:00Z'),
  };
  accessPolicy: string | undefined = denial;
  plans: Record<string, { readonly since: Date; readonly resources: string[]; readonly rules?: BackupRule[] }> = {};
  copies: { readonly ResourceArn: string; readonly CreationDate: Date; readonly State: string }[] = [];
  instances: DBInstance[] = [];
  clusters: DBCluster[] = [];
  replicated: DBInstanceAutomatedBackup[] = [];
  /** When each was made, and when each of its objects was written. */
  buckets: Record<
    string,
    {
      readonly createdAt: Date;
      readonly objects: Readonly<Record<string, Date>>;
      readonly versioning?: 'Enabled' | 'Suspended';
    }
  > = {};
  /** Names of commands that fail, with what they fail with, until taken away. */
  failing: Record<string, Error> = {};
  /** The list of recovery points is this long behind. */
  listLag = 0;
  readonly published: MetricDatum[] = [];
  readonly calls: string[] = [];
  readonly host: SentinelHost;

  constructor() {
    const [backup, plans, rds, s3, cloudWatch] = [
      new BackupClient({ region: 'ap-northeast-1' }),
      new BackupClient({ region: 'ap-northeast-1' }),
      new RDSClient({ region: 'ap-northeast-1' }),
      new S3Client({ region: 'ap-northeast-1' }),
      new CloudWatchClient({ region: 'ap-northeast-1' }),
    ];
    for (const client of [backup, plans]) this.answerBackup(client);
    this.answerRds(rds);
    this.answerS3(s3);
    mockClient(cloudWatch)
      .on(PutMetricDataCommand)
      .callsFake(({ MetricData }) => {
        this.called('PutMetricData');
        this.published.push(...MetricData);
        return {};
      });
    this.host = { ...awsHost({ backup, plans, rds, s3, cloudWatch }), now: () => this.now };
  }

  /** The last published value of a metric, by the name of the database or of the Region's own. */
  value(metric: string, database?: string): number | undefined {
    return this.published.findLast(
      ({ MetricName, Dimensions }) =>
        MetricName === metric && Dimensions?.find(({ Name }) => Name === 'Database')?.Value === database,
    )?.Value;
  }

  private called(command: string): void {
    this.calls.push(command);
    const error = this.failing[command];
    if (error) throw error;
  }

  private answerBackup(client: BackupClient): void {
    mockClient(client)
      .on(DescribeBackupVaultCommand)
      .callsFake(() => {
        this.called('DescribeBackupVault');
        const { locked, minDays, maxDays, createdAt } = this.vault;
        return { CreationDate: createdAt, Locked: locked, MinRetentionDays: minDays, MaxRetentionDays: maxDays };
      })
      .on(GetBackupVaultAccessPolicyCommand)
      .callsFake(() => {
        this.called('GetBackupVaultAccessPolicy');
        if (!this.accessPolicy) throw new ResourceNotFoundException({ message: 'no policy', $metadata: {} });
        return { Policy: this.accessPolicy };
      })
      .on(ListRecoveryPointsByBackupVaultCommand)
      .callsFake(({ ByResourceArn, MaxResults, NextToken }) => {
        this.called('ListRecoveryPointsByBackupVault');
        const seen = this.now.getTime() - this.listLag;
        const found = this.points.filter(
          ({ ResourceArn, CreationDate }) => ResourceArn === ByResourceArn && Number(CreationDate) <= seen,
        );
        return page(found, 'RecoveryPoints', NextToken, MaxResults);
      })
      .on(ListBackupPlansCommand)
      .callsFake(({ NextToken }) => {
        this.called('ListBackupPlans');
        const list = Object.keys(this.plans).map((name) => ({ BackupPlanName: name, BackupPlanId: `id of ${name}` }));
        return page(list, 'BackupPlansList', NextToken, 1);
      })
      .on(GetBackupPlanCommand)
      .callsFake(({ BackupPlanId }) => {
        this.called('GetBackupPlan');
        const { rules: Rules } = this.planOf(BackupPlanId);
        return { BackupPlan: { BackupPlanName: BackupPlanId.replace('id of ', ''), Rules } };
      })
      .on(ListBackupSelectionsCommand)
      .callsFake(({ BackupPlanId }) => {
        const { since } = this.planOf(BackupPlanId);
        return { BackupSelectionsList: [{ BackupPlanId, SelectionId: 'only', CreationDate: since }] };
      })
      .on(GetBackupSelectionCommand)
      .callsFake(({ BackupPlanId }) => ({ BackupSelection: { Resources: this.planOf(BackupPlanId).resources } }))
      .on(ListCopyJobsCommand)
      .callsFake(({ ByState, NextToken }) => {
        this.called('ListCopyJobs');
        return page(
          this.copies.filter(({ State }) => State === ByState),
          'CopyJobs',
          NextToken,
          1,
        );
      });
  }

  private planOf(id: string) {
    return this.plans[id.replace('id of ', '')] as NonNullable<SimulatedAws['plans'][string]>;
  }

  private answerS3(client: S3Client): void {
    mockClient(client)
      .on(HeadObjectCommand)
      .callsFake(({ Bucket, Key }) => {
        this.called('HeadObject');
        const LastModified = this.buckets[Bucket]?.objects[Key];
        if (!LastModified) throw new NotFound({ message: 'UnknownError', $metadata: {} });
        return { LastModified };
      })
      .on(GetBucketVersioningCommand)
      .callsFake(({ Bucket }) => {
        this.called('GetBucketVersioning');
        return { Status: this.buckets[Bucket]?.versioning };
      })
      .on(ListBucketsCommand)
      .callsFake(({ Prefix }) => {
        this.called('ListBuckets');
        const found = Object.entries(this.buckets).filter(([name]) => name.startsWith(Prefix));
        return { Buckets: found.map(([Name, { createdAt }]) => ({ Name, CreationDate: createdAt })) };
      });
  }

  private answerRds(client: RDSClient): void {
    mockClient(client)
      .on(DescribeDBInstancesCommand)
      .callsFake(({ DBInstanceIdentifier }) => {
        this.called('DescribeDBInstances');
        const found = this.instances.filter((one) => one.DBInstanceIdentifier === DBInstanceIdentifier);
        if (found.length === 0) throw new DBInstanceNotFoundFault({ message: 'not found', $metadata: {} });
        return { DBInstances: found };
      })
      .on(DescribeDBClustersCommand)
      .callsFake(({ DBClusterIdentifier }) => {
        this.called('DescribeDBClusters');
        const found = this.clusters.filter((one) => one.DBClusterIdentifier === DBClusterIdentifier);
        if (found.length === 0) throw new DBClusterNotFoundFault({ message: 'not found', $metadata: {} });
        return { DBClusters: found };
      })
      .on(DescribeDBInstanceAutomatedBackupsCommand)
      .callsFake(({ DBInstanceIdentifier, Marker }) => {
        this.called('DescribeDBInstanceAutomatedBackups');
        const found = this.replicated.filter((one) => one.DBInstanceIdentifier === DBInstanceIdentifier);
        const { NextToken, ...answer } = page(found, 'DBInstanceAutomatedBackups', Marker, 1);
        return { ...answer, Marker: NextToken };
      });
  }
}

function page(all: readonly object[], key: string, token: string | undefined, size = 1_000): Record<string, unknown> {
  const first = Number(token ?? 0);
  const last = first + size;
  return { [key]: all.slice(first, last), NextToken: last < all.length ? `${last}` : undefined };
}
