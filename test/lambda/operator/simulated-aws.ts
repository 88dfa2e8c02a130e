import {
  BackupClient,
  ListRecoveryPointsByBackupVaultCommand,
  type RecoveryPointByBackupVault,
} from '@aws-sdk/client-backup';
import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { BatchAnswer, CheckerRequest, SurveyAnswer } from '../../../lambda/checker/messages.ts';
import { awsHost } from '../../../lambda/operator/aws-host.ts';
import type { OperatorHost } from '../../../lambda/operator/host.ts';
import type { DrillPlan } from '../../../lambda/shared/drill-plan.ts';
import { answerInstead, heirOf } from './answer-instead.ts';
import { SimulatedRds } from './simulated-rds.ts';

export const bucket = 'shop-evidence-111122223333-ap-northeast-1';
const account = '111122223333';

/** A drill of a policy with an instance and a cluster, in one of its Regions. */
export function samplePlan(place: 'primary' | 'replica' = 'primary', changes: Partial<DrillPlan> = {}): DrillPlan {
  const shared = {
    objectives: { rpoSeconds: 14_400, rtoSeconds: 7_200 },
    freshness: [{ table: 'public.orders', column: 'created_at', withinSeconds: 3_600 }],
    shrinkage: 20,
    hasBaseline: false,
  };
  return {
    policy: 'shop',
    language: 'en',
    place,
    primaryRegion: 'ap-northeast-1',
    replicaRegion: 'ap-northeast-3',
    vault: `shop-${place}`,
    scratchPrefix: 'shop-drill-',
    subnetGroup: 'shop-drill',
    timezone: 'Asia/Tokyo',
    concurrency: 2,
    timeLimitSeconds: 8 * 3_600,
    waitUntilLoaded: true,
    keepEvidenceDays: 400,
    checks: { readable: 'fail', constraints: 'warn' },
    ownChecks: [{ name: 'paid', sql: 'select 1', expectation: { of: 'rows', comparison: '=', number: 0 } }],
    databases: [
      {
        ...shared,
        name: 'orders',
        kind: 'instance',
        identifier: 'shop-orders',
        resource: 'rds:ap-northeast-1:db:shop-orders',
        hasAutomatedBackups: true,
        parameterGroup: 'shop-orders-postgres17',
      },
      {
        ...shared,
        name: 'members',
        kind: 'cluster',
        identifier: 'shop-members',
        resource: 'rds:ap-northeast-1:cluster:shop-members',
        hasAutomatedBackups: place === 'primary',
      },
    ],
    ...changes,
  };
}

/** What AWS is to a drill in one Region: change its fields between steps. */
export class SimulatedAws {
  now = new Date('2026-12-01T01:00:00Z');
  readonly rds: SimulatedRds;
  points: RecoveryPointByBackupVault[] = [];
  readonly objects = new Map<string, { readonly body: string; readonly at: Date }>();
  readonly metrics: MetricDatum[] = [];
  /** Every call, in order, by command. */
  readonly calls: string[] = [];
  /** Asked before every call; what it returns is thrown instead of an answer. */
  fail: (command: string, call: number) => Error | undefined = () => undefined;
  /** Asked after a call was carried out: an answer that is lost on the way. */
  lose: (command: string, call: number) => Error | undefined = () => undefined;
  /** What the checker does; it may throw what a Lambda function throws. */
  checker: (request: CheckerRequest) => unknown = answerAsChecker;
  /** Payloads that the checker was given. */
  readonly asked: CheckerRequest[] = [];
  readonly plan: DrillPlan;
  readonly clients: {
    readonly backup: BackupClient;
    readonly cloudWatch: CloudWatchClient;
    readonly lambda: LambdaClient;
    readonly rds: SimulatedRds['client'];
    readonly s3: S3Client;
    readonly secrets: SecretsManagerClient;
  };
  readonly host: OperatorHost;

  constructor(plan = samplePlan()) {
    this.plan = plan;
    this.rds = new SimulatedRds(<T>(command: string, answer: () => T) => this.called(command, answer));
    this.clients = {
      backup: heirOf(BackupClient),
      cloudWatch: heirOf(CloudWatchClient),
      lambda: heirOf(LambdaClient),
      rds: this.rds.client,
      s3: heirOf(S3Client),
      secrets: heirOf(SecretsManagerClient),
    };
    this.answer();
    const settings = {
      account,
      partition: 'aws',
      bucket,
      checker: 'shop-drill-checker',
      securityGroup: 'sg-1',
    };
    const remaining = () => 15 * 60_000;
    this.host = { ...awsHost(this.clients, plan, settings, remaining), now: () => this.now };
  }

  /** The JSON of an object. */
  read(key: string): unknown {
    const found = this.objects.get(key);
    return found && JSON.parse(found.body);
  }

  wait(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1_000);
  }

  private called<T>(command: string, answer: () => T): T {
    this.calls.push(command);
    const number = this.calls.length - 1;
    const refusal = this.fail(command, number);
    if (refusal) throw refusal;
    const result = answer();
    const lost = this.lose(command, number);
    if (lost) throw lost;
    return result;
  }

  private answer(): void {
    const { backup, cloudWatch, lambda, s3, secrets } = this.clients;
    answerInstead(backup).on(
      ListRecoveryPointsByBackupVaultCommand,
      ({ BackupVaultName, ByResourceArn, MaxResults = 1_000, NextToken }) =>
        this.called('ListRecoveryPointsByBackupVault', () => {
          const found = this.points.filter(
            (one) => one.ResourceArn === ByResourceArn && one.BackupVaultName === BackupVaultName,
          );
          const first = Number(NextToken ?? 0);
          const last = first + MaxResults;
          return {
            RecoveryPoints: found.slice(first, last),
            NextToken: last < found.length ? `${last}` : undefined,
          };
        }),
    );
    answerInstead(cloudWatch).on(PutMetricDataCommand, ({ MetricData = [] }) =>
      this.called('PutMetricData', () => {
        this.metrics.push(...MetricData);
        return {};
      }),
    );
    answerInstead(lambda).on(InvokeCommand, ({ Payload }) =>
      this.called('Invoke', () => this.invoke(JSON.parse(String(Payload)))),
    );
    this.answerS3(s3);
    answerInstead(secrets)
      .on(GetSecretValueCommand, ({ SecretId = '' }) =>
        this.called('GetSecretValue', () => {
          const SecretString = this.rds.secrets.get(SecretId);
          if (SecretString === undefined) throw missingSecret();
          return { SecretString };
        }),
      )
      .on(DescribeSecretCommand, ({ SecretId = '' }) =>
        this.called('DescribeSecret', () => {
          if (!this.rds.secrets.has(SecretId)) throw missingSecret();
          return { ARN: SecretId };
        }),
      );
  }

  private invoke(request: CheckerRequest): InvokeCommandOutput {
    this.asked.push(request);
    const payload = (value: unknown) => ({ transformToString: () => JSON.stringify(value) }) as never;
    try {
      return { StatusCode: 200, Payload: payload(this.checker(request)), $metadata: {} };
    } catch (error) {
      const { name, message } = error as Error;
      return {
        StatusCode: 200,
        $metadata: {},
        FunctionError: 'Unhandled',
        Payload: payload({ errorType: name, errorMessage: message }),
      };
    }
  }

  private answerS3(client: S3Client): void {
    answerInstead(client)
      .on(GetObjectCommand, ({ Key = '' }) =>
        this.called('GetObject', () => {
          const found = this.objects.get(Key);
          if (!found) throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} });
          return { Body: { transformToString: async () => found.body } as never };
        }),
      )
      .on(PutObjectCommand, ({ Key = '', Body, IfNoneMatch }) =>
        this.called('PutObject', () => {
          if (IfNoneMatch === '*' && this.objects.has(Key)) {
            throw new S3ServiceException({
              name: 'PreconditionFailed',
              message: 'At least one of the pre-conditions you specified did not hold',
              $fault: 'client',
              $metadata: { httpStatusCode: 412 },
            });
          }
          this.objects.set(Key, { body: Body as string, at: this.now });
          return {};
        }),
      )
      .on(ListObjectsV2Command, ({ Prefix = '', ContinuationToken }) =>
        this.called('ListObjectsV2', () => {
          const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
          const first = Number(ContinuationToken ?? 0);
          const last = first + 2;
          return {
            Contents: keys.slice(first, last).map((Key) => ({ Key, LastModified: this.objects.get(Key)?.at })),
            IsTruncated: last < keys.length,
            NextContinuationToken: last < keys.length ? `${last}` : undefined,
          };
        }),
      );
  }
}

function missingSecret(): ResourceNotFoundException {
  return new ResourceNotFoundException({ message: "Secrets Manager can't find the specified secret.", $metadata: {} });
}

/** Three batches, and nothing wrong in any. */
export function answerAsChecker(request: CheckerRequest): unknown {
  if (request.task === 'survey') {
    return {
      version: '17.4',
      databases: [{ name: 'shop', bytes: 8_000_000, tables: 2 }],
      batches: [
        { kind: 'tables', database: 'shop', parts: [{ schema: 'public', name: 'orders' }] },
        { kind: 'tables', database: 'shop', parts: [{ schema: 'public', name: 'members' }] },
        { kind: 'database', database: 'shop' },
      ],
      checks: [],
    } satisfies SurveyAnswer;
  }
  return { checks: [], tables: [], freshness: [] } satisfies BatchAnswer;
}
