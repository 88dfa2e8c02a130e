import { CustomResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ReplicationProperties } from '../../lambda/evidence-replication/handler.ts';
import { evidenceBucketName, evidenceKeyAlias } from '../drill-names.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { type EvidenceBucket, keptPrefixes } from './evidence-bucket.ts';
import { SettingProvider } from './setting-provider.ts';

export interface EvidenceReplicationProps {
  readonly policyName: string;
  /** Of the primary Region, whose stack is deployed last: S3 refuses a destination that is not there. */
  readonly bucket: EvidenceBucket;
  /** Of the other bucket. */
  readonly region: string;
}

/**
 * What is kept in one Region's bucket is in the other's too, under the same key and the same lock. Deletions are not replicated, and
 * neither are replicas, so that both ways at once go round in no circle
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html).
 */
export class EvidenceReplication extends Construct {
  constructor(scope: Construct, id: string, { policyName, bucket, region }: EvidenceReplicationProps) {
    super(scope, id);
    const { region: own } = Stack.of(this);
    const there: Way = { from: own, to: region };
    const role = replicationRole(this, 'Role', policyName, there);
    // Of the bucket's own resource: CDK's property wants the other bucket as a construct.
    (bucket.node.defaultChild as s3.CfnBucket).replicationConfiguration = {
      role: role.roleArn,
      rules: keptPrefixes.map((prefix, priority) => ({
        id: prefix.replace('/', ''),
        status: 'Enabled',
        priority,
        filter: { prefix },
        deleteMarkerReplication: { status: 'Disabled' },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
        destination: {
          bucket: bucketArn(this, policyName, region),
          encryptionConfiguration: { replicaKmsKeyId: keyAliasArn(this, policyName, region) },
        },
      })),
    };
    this.replicateBack(policyName, bucket, { from: region, to: own });
  }

  /** The other bucket's template cannot name this one, which is made after it. */
  private replicateBack(policyName: string, bucket: EvidenceBucket, way: Way): void {
    const role = replicationRole(this, 'WayBack', policyName, way);
    const theirs = evidenceBucketName(this, policyName, way.from);
    const provider = new SettingProvider(this, 'Provider', {
      folder: 'evidence-replication',
      description: `Has the evidence of the drills of ${policyName} replicated from ${way.from}`,
      statements: [
        new iam.PolicyStatement({
          actions: ['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'],
          resources: [bucketArn(this, policyName, way.from)],
        }),
        // To S3, and no other role (https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html).
        new iam.PolicyStatement({
          actions: ['iam:PassRole'],
          resources: [role.roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
        }),
      ],
    });
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.serviceToken,
      resourceType: 'Custom::EvidenceReplication',
      properties: {
        Bucket: theirs,
        Region: way.from,
        Destination: bucket.bucketArn,
        ReplicaKey: bucket.key.keyArn,
        Role: role.roleArn,
        Prefixes: keptPrefixes,
      } satisfies ReplicationProperties,
    });
    // S3 looks whether the role may do it.
    resource.node.addDependency(role);
  }
}

interface Way {
  readonly from: string;
  readonly to: string;
}

function bucketArn(scope: Construct, policyName: string, region: string): string {
  return `arn:${Stack.of(scope).partition}:s3:::${evidenceBucketName(scope, policyName, region)}`;
}

function keyAliasArn(scope: Construct, policyName: string, region: string): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:kms:${region}:${account}:alias/${evidenceKeyAlias(policyName)}`;
}

/** What S3 replicates with, one way. Keys are known by their alias: that of the other Region belongs to another stack. */
function replicationRole(scope: Construct, id: string, policyName: string, { from, to }: Way): iam.Role {
  const { partition, account } = Stack.of(scope);
  const role = new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('s3.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
    description: `Replicates the evidence of the drills of ${policyName} to ${to}`,
  });
  const allow = (actions: string[], resources: string[], conditions?: Record<string, object>) =>
    new iam.PolicyStatement({ actions, resources, ...(conditions && { conditions }) });
  const kept = (region: string) => keptPrefixes.map((prefix) => `${bucketArn(scope, policyName, region)}/${prefix}*`);
  const keys = (region: string) => [`arn:${partition}:kms:${region}:${account}:key/*`];
  const ofEvidence = (region: string) => ({
    StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
    'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${evidenceKeyAlias(policyName)}` },
  });
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html, and for what is locked
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html. Nothing lets it replicate a deletion.
  const statements = [
    allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], [bucketArn(scope, policyName, from)]),
    allow(
      [
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectVersionAcl',
        's3:GetObjectVersionForReplication',
        's3:GetObjectVersionTagging',
      ],
      kept(from),
    ),
    allow(['s3:ReplicateObject', 's3:ReplicateTags'], kept(to)),
    allow(['kms:Decrypt'], keys(from), ofEvidence(from)),
    allow(['kms:Encrypt'], keys(to), ofEvidence(to)),
  ];
  for (const statement of statements) role.addToPolicy(statement);
  acknowledgeWildcards(role, statements, {
    ...Object.fromEntries(keptPrefixes.map((prefix) => [`${prefix}*`, 'Everything that is kept, and nothing else'])),
    'key/*': 'A condition names the alias of the key: one of the two belongs to another stack',
  });
  return role;
}
