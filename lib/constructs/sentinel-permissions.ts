import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { latestKey } from '../../lambda/exporter/host.ts';
import type { Inventory, WatchedDatabase } from '../../lambda/sentinel/inventory.ts';
import { namespace } from '../../lambda/sentinel/metrics.ts';
import { vaultArn } from '../names.ts';

/** All that a sentinel may do. Nothing but the figures is written. */
export function sentinelStatements(scope: Construct, inventory: Inventory): iam.PolicyStatement[] {
  const { vault, reader } = inventory;
  return [
    new iam.PolicyStatement({
      actions: [
        'backup:DescribeBackupVault',
        'backup:GetBackupVaultAccessPolicy',
        'backup:ListRecoveryPointsByBackupVault',
      ],
      resources: [vaultArn(scope, vault.name, Stack.of(scope).region)],
    }),
    ...(reader
      ? [new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: [reader] })]
      : askedStatements(scope, inventory)),
    // The action knows no resource, only the namespace.
    new iam.PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
    }),
  ];
}

/** What a sentinel asks of the account of the databases: by itself where that is its own, or as the reader there. */
export function askedStatements(scope: Construct, inventory: Inventory): iam.PolicyStatement[] {
  const { databases, place, primaryRegion, uploads, settingsExport } = inventory;
  const stack = Stack.of(scope);
  const exported = settingsExport && `arn:${stack.partition}:s3:::${settingsExport.bucket}`;
  const instances = databases.filter(({ kind }) => kind === 'instance').map(({ arn }) => arn);
  const clusters = databases.filter(({ kind }) => kind === 'cluster').map(({ arn }) => arn);
  const replicated = databases.filter(({ automatedBackupDays }) => automatedBackupDays !== undefined);
  // Asked for by the identifier of the instance, which IAM may take for one of this Region.
  const inThisRegion = ({ arn }: WatchedDatabase) => arn.replace(`:${primaryRegion}:`, `:${stack.region}:`);
  const allow = (actions: string[], resources: string[], conditions: object = {}) =>
    resources.length === 0 ? [] : [new iam.PolicyStatement({ actions, resources, conditions: { ...conditions } })];
  return [
    // In the primary Region, from both: the replica's sentinel asks there when a plan began to select a database.
    ...allow(['backup:ListBackupPlans'], ['*'], { StringEquals: { 'aws:RequestedRegion': primaryRegion } }),
    ...allow(['backup:ListBackupSelections', 'backup:GetBackupSelection'], [anyPlan(scope, primaryRegion)]),
    ...(place === 'primary'
      ? [
          ...allow(['backup:GetBackupPlan'], [anyPlan(scope, primaryRegion)]),
          ...allow(['backup:ListCopyJobs'], ['*'], { StringEquals: { 'aws:RequestedRegion': stack.region } }),
          ...allow(['rds:DescribeDBInstances'], instances),
          ...allow(['rds:DescribeDBClusters'], clusters),
          ...allow(['s3:GetBucketVersioning'], uploads ? [uploads.arn] : []),
        ]
      : allow(
          ['rds:DescribeDBInstanceAutomatedBackups'],
          replicated.length > 0 ? [anyAutoBackup(scope), ...replicated.map(inThisRegion)] : [],
        )),
    // Metadata comes with the permission to get an object; without the one to decrypt, nothing else does. Without the list of
    // the bucket, an object that is not there is answered like one that is forbidden.
    ...allow(['s3:GetObject'], exported ? [`${exported}/${latestKey}`] : []),
    ...allow(['s3:ListBucket'], exported ? [exported] : []),
    ...allow(['s3:ListAllMyBuckets'], exported ? ['*'] : []),
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

/** @param role - of the sentinel, or of its reader */
export function acknowledgeWildcards(role: iam.IRole, scope: Construct, inventory: Inventory): void {
  const acknowledge = (finding: string, reason: string) =>
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
  acknowledge('*', 'Lists of plans, copy jobs and buckets have no ARN; custom metrics have only a namespace');
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
