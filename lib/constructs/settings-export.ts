import { Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { latestKey, sections, templateKey } from '../../lambda/exporter/host.ts';
import type { ExportedStack, ExportRequest } from '../../lambda/exporter/request.ts';
import { BundledFunction } from './bundled-function.ts';

export interface SettingsExportProps {
  /** Of the policy. */
  readonly policyName: string;
  /** Whole days between two looks. */
  readonly everyDays: number;
  readonly request: Omit<ExportRequest, 'bucket'>;
  readonly bucket: s3.Bucket;
  readonly key: kms.IKey;
}

/** The function that writes down how the infrastructure of another Region is set. It reads there, and writes to one bucket. */
export class SettingsExport extends Construct {
  constructor(scope: Construct, id: string, props: SettingsExportProps) {
    super(scope, id);
    const { policyName, everyDays, request, bucket } = props;
    const exporter = new BundledFunction(this, 'Function', {
      folder: 'exporter',
      description: `Exports settings of the infrastructure of ${policyName}`,
      statements: statements(this, props),
      timeout: Duration.minutes(5),
    });
    acknowledge(this, exporter.role, request);
    new events.Rule(this, 'Schedule', {
      description: `Has the settings of the infrastructure of ${policyName} exported`,
      schedule: events.Schedule.rate(Duration.days(everyDays)),
      targets: [
        new LambdaFunction(exporter.function, {
          event: events.RuleTargetInput.fromObject({ ...request, bucket: bucket.bucketName } satisfies ExportRequest),
        }),
      ],
    });
  }
}

function statements(scope: Construct, { request, bucket, key }: SettingsExportProps): iam.PolicyStatement[] {
  const there = { StringEquals: { 'aws:RequestedRegion': request.region } };
  const allow = (actions: string[], resources: string[], conditions?: Record<string, object>) =>
    new iam.PolicyStatement({ actions, resources, ...(conditions && { conditions }) });
  return [
    allow(
      [
        'rds:DescribeDBClusterParameterGroups',
        'rds:DescribeDBClusterParameters',
        'rds:DescribeDBClusters',
        'rds:DescribeDBInstances',
        'rds:DescribeDBParameterGroups',
        'rds:DescribeDBParameters',
        'rds:DescribeDBSubnetGroups',
      ],
      [anyOfRds(scope, request.region)],
    ),
    allow(['ec2:DescribeSecurityGroups', 'lambda:ListFunctions'], ['*'], there),
    allow(
      ['cloudformation:GetTemplate'],
      request.stacks.map((stack) => stackArn(scope, stack)),
    ),
    // Metadata comes with the permission to get an object; without the one to decrypt, nothing else does.
    allow(
      ['s3:GetObject', 's3:PutObject'],
      [
        latestKey,
        ...sections.map((name) => `${name}.json`),
        ...request.stacks.map(({ name }) => templateKey(name)),
      ].map((key) => bucket.arnForObjects(key)),
    ),
    // Without it, an object that is not there yet is answered like one that is forbidden
    // (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).
    allow(['s3:ListBucket'], [bucket.bucketArn]),
    allow(['kms:GenerateDataKey'], [key.keyArn]),
  ];
}

/** A list has no resource but all of its kind. */
function anyOfRds(scope: Construct, region: string): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:rds:${region}:${account}:*`;
}

/** CloudFormation puts an id of its own behind the name. */
function stackArn(scope: Construct, { name, region }: ExportedStack): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/*`;
}

function acknowledge(scope: Construct, role: iam.IRole, { region, stacks }: SettingsExportProps['request']): void {
  // As cdk-nag writes a pseudo parameter: the account is one when the policy names none.
  const { account } = Stack.of(scope);
  const written = (arn: string) => (Token.isUnresolved(account) ? arn.replace(account, '<AWS::AccountId>') : arn);
  const reasons = {
    [written(anyOfRds(scope, region))]:
      'Lists of databases and groups have no resource but all of their kind; nothing but the lists can be read',
    '*': 'Lists of security groups and functions have no ARN, only a Region',
    ...Object.fromEntries(
      stacks.map((stack) => [written(stackArn(scope, stack)), 'The id of a stack is chosen by CloudFormation']),
    ),
  };
  for (const [resource, reason] of Object.entries(reasons)) {
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
  }
}
