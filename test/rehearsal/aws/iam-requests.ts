import type { Tag } from '@aws-sdk/client-rds';
import type { AwsCall } from '../../../rehearsal/aws/endpoint.ts';
import type { Json } from '../../../rehearsal/aws/shapes.ts';

/** What IAM is asked when a call arrives: one question for each resource of the call. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** Resources of RDS's calls by the parameter that names them (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html). */
const rdsResources: Readonly<Record<string, string>> = {
  DBInstanceIdentifier: 'db',
  TargetDBInstanceIdentifier: 'db',
  SourceDBInstanceIdentifier: 'db',
  DBClusterIdentifier: 'cluster',
  SourceDBClusterIdentifier: 'cluster',
  DBSnapshotIdentifier: 'snapshot',
  DBClusterSnapshotIdentifier: 'cluster-snapshot',
  DBSubnetGroupName: 'subgrp',
  DBParameterGroupName: 'pg',
  DBClusterParameterGroupName: 'cluster-pg',
};

/** Names that IAM has for actions of other names. */
const actions: Readonly<Record<string, string>> = {
  's3:ListObjectsV2': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  'monitoring:PutMetricData': 'cloudwatch:PutMetricData',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

/**
 * @param tagsOf - of an instance or a cluster by its ARN, as they were when the call was made
 * @param sourceOf - of a secret that RDS manages: the ARN of its database
 */
export function iamRequests(
  { service, region, operation, input }: AwsCall,
  account: string,
  tagsOf: (arn: string) => readonly Tag[],
  sourceOf: (secret: string) => string,
): IamRequest[] {
  const action = actions[`${service}:${operation}`] ?? `${service}:${operation}`;
  const arn = (resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const one = (resource: string, context: Record<string, string> = {}) => [{ action, resource, context }];
  switch (service) {
    case 'rds':
      return ofRds(action, input, (name) => (name.startsWith('arn:') ? name : arn(name)), tagsOf);
    case 's3': {
      const object = input.Key === undefined ? '' : `/${input.Key}`;
      const put = one(`arn:aws:s3:::${input.Bucket}${object}`);
      const locked = input.ObjectLockRetainUntilDate
        ? [{ ...put[0], action: 's3:PutObjectRetention' } as IamRequest]
        : [];
      return [...put, ...locked];
    }
    case 'backup':
      return one(arn(`backup-vault:${input.BackupVaultName}`));
    case 'lambda':
      return one(
        `${input.FunctionName}`.startsWith('arn:') ? `${input.FunctionName}` : arn(`function:${input.FunctionName}`),
      );
    case 'sns':
      return one(`${input.TopicArn}`);
    case 'monitoring':
      return one('*', { 'cloudwatch:namespace': `${input.Namespace}` });
    case 'secretsmanager': {
      const database = sourceOf(`${input.SecretId}`);
      const noun = database.includes(':cluster:') ? 'Cluster' : 'Instance';
      return one(`${input.SecretId}`, {
        'aws:ResourceTag/aws:secretsmanager:owningService': 'rds',
        [`aws:ResourceTag/aws:rds:primaryDB${noun}Arn`]: database,
      });
    }
    default:
      throw new Error(`nobody has said what IAM is asked for ${action}`);
  }
}

function ofRds(
  action: string,
  input: Json,
  arn: (resource: string) => string,
  tagsOf: (arn: string) => readonly Tag[],
): IamRequest[] {
  const requested = Object.fromEntries(
    ((input.Tags ?? []) as readonly Tag[]).map(({ Key, Value }) => [`aws:RequestTag/${Key}`, `${Value}`]),
  );
  const isCluster = action.includes('DBCluster');
  const named = Object.entries(input).flatMap(([name, value]) => {
    if (name === 'SnapshotIdentifier') return [arn(`cluster-snapshot:${value}`)];
    if (name === 'SourceDBInstanceAutomatedBackupsArn') return [`${value}`];
    // A filter of a list, which has no resource but all of its kind.
    if (name === 'DBInstanceIdentifier' && isCluster) return [];
    const kind = rdsResources[name];
    return kind === undefined ? [] : [`${value}`.startsWith('arn:') ? `${value}` : arn(`${kind}:${value}`)];
  });
  return (named.length > 0 ? named : [arn('*')]).map((resource) => ({
    action,
    resource,
    context: {
      ...requested,
      ...Object.fromEntries(tagsOf(resource).map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, `${Value}`])),
    },
  }));
}
