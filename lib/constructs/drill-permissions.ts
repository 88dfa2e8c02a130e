import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { BaselineRequest } from '../../lambda/baseline/messages.ts';
import { finalSnapshot } from '../../lambda/operator/scratch.ts';
import { namespace } from '../../lambda/sentinel/metrics.ts';
import { type DrillPlan, scratchPurpose, scratchTags } from '../../lambda/shared/drill-plan.ts';
import { drillFunctionArn, drillFunctionName, noticesName } from '../drill-names.ts';
import { vaultArn } from '../names.ts';
import type { EvidenceBucket } from './evidence-bucket.ts';

export interface DrillPermissionsProps {
  readonly plan: DrillPlan;
  readonly bucket: EvidenceBucket;
}

/**
 * The operator: makes scratch databases and nothing else, and changes and deletes those alone, by their name and by their tags.
 * It passes no role, and knows no action on a snapshot of a vault but to restore from it.
 */
export function operatorStatements(scope: Construct, { plan, bucket }: DrillPermissionsProps): iam.PolicyStatement[] {
  const { region } = Stack.of(scope);
  return [
    allow(['backup:ListRecoveryPointsByBackupVault'], [vaultArn(scope, plan.vault, region)]),
    ...looking(scope),
    ...restoring(scope, plan),
    ...takingOver(scope, plan),
    ...tearingDown(scope, plan),
    // Another function of the same name in another Region or account is none of its business.
    allow(['lambda:InvokeFunction'], [drillFunctionArn(scope, drillFunctionName(plan.policy, 'checker'))]),
    ...notes(bucket, ['work/*']),
    ...readingSecrets(scope, plan),
  ];
}

/** The janitor: deletes what the operator may delete, and tells what it found. */
export function janitorStatements(scope: Construct, { plan, bucket }: DrillPermissionsProps): iam.PolicyStatement[] {
  return [...looking(scope), ...tearingDown(scope, plan), ...notes(bucket, ['work/*', 'watched/*']), ...measuring()];
}

/**
 * The recorder: adds evidence, each object locked from the moment it is there, reads what it builds upon, and tells the outcome.
 * It may neither delete nor shorten a lock.
 */
export function recorderStatements(scope: Construct, { plan, bucket }: DrillPermissionsProps): iam.PolicyStatement[] {
  const kept = ['evidence/*', 'fingerprints/*', 'reports/*'].map((prefix) => bucket.arnForObjects(prefix));
  const { partition, region, account } = Stack.of(scope);
  return [
    ...notes(bucket, ['work/*']),
    allow(['s3:GetObject'], [...kept, bucket.arnForObjects('baselines/*')]),
    // Putting an object with a retention needs both (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html).
    allow(['s3:PutObject', 's3:PutObjectRetention'], kept),
    ...measuring(),
    allow(['sns:Publish'], [`arn:${partition}:sns:${region}:${account}:${noticesName(plan.policy)}`]),
    // The topic's key belongs to another stack, and is known by its alias.
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [anyKey(scope)], {
      StringEquals: { 'kms:ViaService': `sns.${region}.amazonaws.com` },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${noticesName(plan.policy)}` },
    }),
  ];
}

/**
 * The function of the baselines: reads the secrets that the policy names, asks the readers, and writes down what they say. It
 * changes nothing of a database.
 */
export function baselineStatements(
  scope: Construct,
  { bucket }: DrillPermissionsProps,
  requests: readonly BaselineRequest[],
): iam.PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  return [
    allow(['rds:DescribeDBClusters', 'rds:DescribeDBInstances'], [rds(scope, '*')]),
    allow(
      ['lambda:InvokeFunction'],
      requests.map(({ reader }) => drillFunctionArn(scope, reader)),
    ),
    allow(
      ['secretsmanager:GetSecretValue'],
      requests.map(({ secret }) => `arn:${partition}:secretsmanager:${region}:${account}:secret:${secret}-??????`),
    ),
    allow(['kms:Decrypt'], [anyKey(scope)], {
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
    }),
    ...notes(bucket, ['baselines/*']),
  ];
}

/**
 * Lambda makes and removes the network interface with the function's own role, and code that runs in the function must not: AWS
 * advises this denial (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
 *
 * @param functionArn - of the function that has the interface
 */
export function networkInterfaceStatements(functionArn: string): iam.PolicyStatement[] {
  const actions = [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ];
  return [
    allow(actions, ['*']),
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: [...actions, 'ec2:DetachNetworkInterface'],
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  ];
}

/** A list has no resource but all of its kind. */
function looking(scope: Construct): iam.PolicyStatement[] {
  return [
    allow(
      [
        'rds:DescribeDBClusterAutomatedBackups',
        'rds:DescribeDBClusterSnapshots',
        'rds:DescribeDBClusters',
        'rds:DescribeDBInstanceAutomatedBackups',
        'rds:DescribeDBInstances',
        'rds:DescribeDBSnapshots',
        'rds:ListTagsForResource',
      ],
      [rds(scope, '*')],
    ),
  ];
}

/**
 * Every restore names new databases with the prefix and carries the tags. What it restores from, and the groups it uses, are
 * resources of the same call: they are read. A point in time also names its source, which RDS then refuses to write over, since a
 * restore never goes into a database that is there.
 */
function restoring(scope: Construct, plan: DrillPlan): iam.PolicyStatement[] {
  const tagged = {
    StringEquals: {
      [`aws:RequestTag/${scratchTags.purpose}`]: scratchPurpose,
      [`aws:RequestTag/${scratchTags.policy}`]: plan.policy,
    },
  };
  const groups = [
    rds(scope, `subgrp:${plan.subnetGroup}`),
    rds(scope, 'pg:*'),
    rds(scope, 'cluster-pg:*'),
    rds(scope, 'og:*'),
  ];
  const sources = (kind: 'instance' | 'cluster') =>
    plan.databases
      .filter((database) => database.kind === kind && plan.place === 'primary')
      .map(({ identifier }) => rds(scope, `${kind === 'instance' ? 'db' : 'cluster'}:${identifier}`));
  return [
    allow([...making, 'rds:AddTagsToResource'], scratches(scope, plan), tagged),
    allow(making, groups, tagged),
    allow(['rds:RestoreDBInstanceFromDBSnapshot'], [rds(scope, 'snapshot:awsbackup:*')], tagged),
    allow(['rds:RestoreDBClusterFromSnapshot'], [rds(scope, 'cluster-snapshot:awsbackup:*')], tagged),
    ...allowAny(['rds:RestoreDBInstanceToPointInTime'], [...sources('instance'), rds(scope, 'auto-backup:*')], tagged),
    ...allowAny(['rds:RestoreDBClusterToPointInTime'], sources('cluster'), tagged),
    // RDS takes grants for itself on the key of what it restores: whose that is, only the snapshot knows.
    allow(['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey*'], [anyKey(scope)], {
      StringEquals: { 'kms:ViaService': `rds.${Stack.of(scope).region}.amazonaws.com` },
    }),
  ];
}

/** Actions that make a database. */
const making = [
  'rds:CreateDBInstance',
  'rds:RestoreDBClusterFromSnapshot',
  'rds:RestoreDBInstanceFromDBSnapshot',
  'rds:RestoreDBInstanceToPointInTime',
  'rds:RestoreDBClusterToPointInTime',
];

/** What RDS asks of who has it manage a password (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html). */
function takingOver(scope: Construct, plan: DrillPlan): iam.PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  const managed = ['db', 'cluster'].map(
    (kind) => `arn:${partition}:secretsmanager:${region}:${account}:secret:rds!${kind}-*`,
  );
  return [
    allow(['rds:ModifyDBCluster', 'rds:ModifyDBInstance'], scratches(scope, plan), ofScratch(plan)),
    allow(['secretsmanager:CreateSecret', 'secretsmanager:TagResource'], managed),
    allow(['kms:DescribeKey'], [anyKey(scope)], {
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
    }),
  ];
}

/**
 * RDS marks each secret that it manages with the database it opens, under a tag that nobody else can write. Whether one is gone
 * has to be asked without that condition, since what is gone has no tags: it would be answered like a forbidden one, for ever.
 */
function readingSecrets(scope: Construct, { scratchPrefix }: DrillPlan): iam.PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  return (
    [
      ['db', 'db', 'Instance'],
      ['cluster', 'cluster', 'Cluster'],
    ] as const
  ).flatMap(([secret, resource, noun]) => {
    const managed = [`arn:${partition}:secretsmanager:${region}:${account}:secret:rds!${secret}-*`];
    return [
      allow(['secretsmanager:DescribeSecret'], managed),
      allow(['secretsmanager:GetSecretValue'], managed, {
        StringEquals: { 'aws:ResourceTag/aws:secretsmanager:owningService': 'rds' },
        ArnLike: {
          [`aws:ResourceTag/aws:rds:primaryDB${noun}Arn`]: rds(scope, `${resource}:${scratchPrefix}*`),
        },
      }),
    ];
  });
}

/** By name and by tags, which both have to be those of a scratch. Backups have no name of their own, only the tags. */
function tearingDown(scope: Construct, plan: DrillPlan): iam.PolicyStatement[] {
  const ours = ofScratch(plan);
  return [
    allow(['rds:DeleteDBCluster', 'rds:DeleteDBInstance'], scratches(scope, plan), ours),
    allow(
      ['rds:DeleteDBClusterSnapshot', 'rds:DeleteDBSnapshot'],
      ['snapshot', 'cluster-snapshot'].map((kind) => rds(scope, `${kind}:${finalSnapshot}${plan.scratchPrefix}*`)),
      ours,
    ),
    allow(
      ['rds:DeleteDBClusterAutomatedBackup', 'rds:DeleteDBInstanceAutomatedBackup'],
      [rds(scope, 'auto-backup:*'), rds(scope, 'cluster-auto-backup:*')],
      ours,
    ),
  ];
}

function ofScratch({ policy }: DrillPlan) {
  return {
    StringEquals: {
      [`aws:ResourceTag/${scratchTags.purpose}`]: scratchPurpose,
      [`aws:ResourceTag/${scratchTags.policy}`]: policy,
    },
  };
}

/** Objects are encrypted under the bucket's key, and without the list an absent one is answered like a forbidden one. */
function notes(bucket: EvidenceBucket, keys: readonly string[]): iam.PolicyStatement[] {
  return [
    allow(
      ['s3:GetObject', 's3:PutObject'],
      keys.map((key) => bucket.arnForObjects(key)),
    ),
    allow(['s3:ListBucket'], [bucket.bucketArn]),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [bucket.key.keyArn]),
  ];
}

/** The action knows no resource, only the namespace. */
function measuring(): iam.PolicyStatement[] {
  return [allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': namespace } })];
}

function scratches(scope: Construct, { scratchPrefix }: DrillPlan): string[] {
  return [rds(scope, `db:${scratchPrefix}*`), rds(scope, `cluster:${scratchPrefix}*`)];
}

function rds(scope: Construct, resource: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:rds:${region}:${account}:${resource}`;
}

function anyKey(scope: Construct): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:kms:${region}:${account}:key/*`;
}

function allow(
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Record<string, Record<string, string>>,
): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions }),
  });
}

/** Why each wildcard is there, for the security rules. */
export function wildcardsOf({ scratchPrefix: prefix }: DrillPlan): Record<string, string> {
  const identifier = 'Identifiers of scratch databases are made up for every drill, all with this prefix';
  const byTags = 'AWS chooses the id; a condition wants the tags of a scratch';
  const read = 'The groups that a restored database uses; they are read, and the call has to make a tagged scratch';
  const snapshot = 'AWS Backup chooses the name; it is restored from, by a call that has to make a tagged scratch';
  const secret = 'RDS chooses the name; a condition wants that of a scratch before it is read';
  const objects = 'Objects are named after drills and databases, below a prefix of their own';
  return {
    '*': 'Lists, metrics and network interfaces have no resource but all of their kind',
    [`db:${prefix}*`]: identifier,
    [`cluster:${prefix}*`]: identifier,
    [`snapshot:${finalSnapshot}${prefix}*`]: identifier,
    [`cluster-snapshot:${finalSnapshot}${prefix}*`]: identifier,
    'auto-backup:*': byTags,
    'cluster-auto-backup:*': byTags,
    'pg:*': read,
    'cluster-pg:*': read,
    'og:*': read,
    'snapshot:awsbackup:*': snapshot,
    'cluster-snapshot:awsbackup:*': snapshot,
    'secret:rds!db-*': secret,
    'secret:rds!cluster-*': secret,
    'key/*': 'Which key encrypts a snapshot, a secret or a topic is not known here; a condition names the service',
    'kms:GenerateDataKey*': 'With and without the plain text, as RDS asks for it',
    'work/*': objects,
    'evidence/*': objects,
    'fingerprints/*': objects,
    'reports/*': objects,
    'baselines/*': objects,
    'watched/*': objects,
  };
}

function allowAny(...args: Parameters<typeof allow>): iam.PolicyStatement[] {
  return args[1].length === 0 ? [] : [allow(...args)];
}
