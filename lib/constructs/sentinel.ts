import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { FukugenError } from '../../core/errors.ts';
import type { Inventory, WatchedDatabase } from '../../lambda/sentinel/inventory.ts';
import { namespace } from '../../lambda/sentinel/metrics.ts';
import { vaultArn } from '../names.ts';
import { BundledFunction } from './bundled-function.ts';
import { sentinelInterval } from './monitoring.ts';

/** A schedule's input has at most 8,192 characters (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html). */
const longestInput = 8_192;

/** The function that looks at every recovery point of this Region's vault, four times an hour, and can change none. */
export class Sentinel extends Construct {
  /** Runs that could not read something. */
  readonly errors: cloudwatch.IMetric;

  constructor(scope: Construct, id: string, { inventory }: { readonly inventory: Inventory }) {
    super(scope, id);
    const sentinel = new BundledFunction(this, 'Function', {
      folder: 'sentinel',
      description: `Watches the backups of ${inventory.policy} in this Region`,
      statements: statements(this, inventory),
      timeout: Duration.minutes(5),
    });
    acknowledge(sentinel.role, this, inventory);
    this.errors = sentinel.function.metricErrors({ period: sentinelInterval });
    // A run that failed is not tried again: the next one is a quarter of an hour away and sees more.
    const retryAttempts = 0;
    sentinel.function.configureAsyncInvoke({ retryAttempts });

    // Whatever is not known before the deployment is longer here than there.
    const input = JSON.stringify(inventory);
    if (input.length > longestInput) {
      throw new FukugenError(
        'policy',
        `cloud.databases: the list of ${inventory.databases.length} databases does not fit into the sentinel's schedule (${input.length} of ${longestInput} characters)`,
        { next: 'split the policy into two with names of their own' },
      );
    }
    new events.Rule(this, 'Schedule', {
      description: `Has the backups of ${inventory.policy} in this Region looked at`,
      schedule: events.Schedule.rate(sentinelInterval),
      targets: [
        new LambdaFunction(sentinel.function, { event: events.RuleTargetInput.fromObject(inventory), retryAttempts }),
      ],
    });
  }
}

function statements(scope: Construct, { vault, databases, place, primaryRegion }: Inventory): iam.PolicyStatement[] {
  const stack = Stack.of(scope);
  const instances = databases.filter(({ kind }) => kind === 'instance').map(({ arn }) => arn);
  const clusters = databases.filter(({ kind }) => kind === 'cluster').map(({ arn }) => arn);
  const replicated = databases.filter(({ automatedBackupDays }) => automatedBackupDays !== undefined);
  // Asked for by the identifier of the instance, which IAM may take for one of this Region.
  const inThisRegion = ({ arn }: WatchedDatabase) => arn.replace(`:${primaryRegion}:`, `:${stack.region}:`);
  const allow = (actions: string[], resources: string[], conditions: object = {}) =>
    resources.length === 0 ? [] : [new iam.PolicyStatement({ actions, resources, conditions: { ...conditions } })];
  return [
    ...allow(
      ['backup:DescribeBackupVault', 'backup:GetBackupVaultAccessPolicy', 'backup:ListRecoveryPointsByBackupVault'],
      [vaultArn(scope, vault.name, stack.region)],
    ),
    // In the primary Region, from both: the replica's sentinel asks there when a plan began to select a database.
    ...allow(['backup:ListBackupPlans'], ['*'], { StringEquals: { 'aws:RequestedRegion': primaryRegion } }),
    ...allow(['backup:ListBackupSelections', 'backup:GetBackupSelection'], [anyPlan(scope, primaryRegion)]),
    ...(place === 'primary'
      ? [
          ...allow(['backup:ListCopyJobs'], ['*'], { StringEquals: { 'aws:RequestedRegion': stack.region } }),
          ...allow(['rds:DescribeDBInstances'], instances),
          ...allow(['rds:DescribeDBClusters'], clusters),
        ]
      : allow(
          ['rds:DescribeDBInstanceAutomatedBackups'],
          replicated.length > 0 ? [anyAutoBackup(scope), ...replicated.map(inThisRegion)] : [],
        )),
    // The action knows no resource, only the namespace.
    ...allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': namespace } }),
  ];
}

function anyPlan(scope: Construct, region: string): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:backup:${region}:${account}:backup-plan:*`;
}

function anyAutoBackup(scope: Construct): string {
  const { partition, account, region } = Stack.of(scope);
  return `arn:${partition}:rds:${region}:${account}:auto-backup:*`;
}

function acknowledge(role: iam.IRole, scope: Construct, inventory: Inventory): void {
  const acknowledge = (finding: string, reason: string) =>
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
  acknowledge('*', 'Lists of plans and copy jobs have no ARN, only a Region; custom metrics only a namespace');
  acknowledge(
    written(scope, anyPlan(scope, inventory.primaryRegion)),
    'The id of a plan is chosen by AWS; reading other plans of the account harms nobody',
  );
  if (inventory.place === 'replica' && inventory.databases.some((one) => one.automatedBackupDays !== undefined)) {
    acknowledge(written(scope, anyAutoBackup(scope)), 'The id of an automated backup is chosen by AWS');
  }
}

/** As cdk-nag writes an ARN: a pseudo parameter in angle brackets. */
function written(scope: Construct, arn: string): string {
  const resolved: string | { 'Fn::Join': [string, (string | { Ref: string })[]] } = Stack.of(scope).resolve(arn);
  if (typeof resolved === 'string') return resolved;
  return resolved['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
}
