import { CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import type { ClusterPolicy, RdsWindows } from '../../core/policy/index.ts';
import { capacityOf } from './database-cluster.ts';

export interface ImportedClusterProps {
  readonly policy: ClusterPolicy & { readonly existing: NonNullable<ClusterPolicy['existing']> };
  /** When Aurora notes its daily backup and does its maintenance, UTC, clear of the start windows of AWS Backup. */
  readonly windows: RdsWindows;
}

/** An Aurora PostgreSQL cluster that existed before its stack took it over by `cdk import`; see ImportedInstance. */
export class ImportedCluster extends Construct {
  constructor(scope: Construct, id: string, { policy, windows }: ImportedClusterProps) {
    super(scope, id);
    const { existing } = policy;
    const engine = 'aurora-postgresql';
    const capacity = policy.instanceClass === 'db.serverless' ? capacityOf(policy) : undefined;
    const cluster = new rds.CfnDBCluster(this, 'Cluster', {
      dbClusterIdentifier: existing.identifier,
      engine,
      engineVersion: policy.engineVersion,
      dbClusterParameterGroupName: existing.parameterGroup,
      ...(capacity && { serverlessV2ScalingConfiguration: { minCapacity: capacity.min, maxCapacity: capacity.max } }),
      storageEncrypted: true,
      kmsKeyId: existing.key,
      dbSubnetGroupName: existing.subnetGroup,
      vpcSecurityGroupIds: existing.securityGroups,
      backupRetentionPeriod: Math.ceil(policy.automatedBackupRetention.days),
      preferredBackupWindow: windows.backup,
      preferredMaintenanceWindow: windows.maintenance,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: true,
    });
    cluster.applyRemovalPolicy(RemovalPolicy.RETAIN);
    for (const identifier of existing.instances) {
      const member = new rds.CfnDBInstance(this, identifier, {
        dbInstanceIdentifier: identifier,
        // By its name: a reference would tie the import of the one to that of the other.
        dbClusterIdentifier: existing.identifier,
        engine,
        dbInstanceClass: policy.instanceClass,
      });
      member.applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
    for (const [rule, what] of [
      ['RDS6', 'way to authenticate'],
      ['RDS11', 'port'],
    ]) {
      const reason = `It existed before this stack, and its ${what} is its clients' business`;
      Validations.of(this).acknowledge({ id: `AwsSolutions-${rule}`, reason });
    }
    new CfnOutput(this, 'Endpoint', { value: cluster.attrEndpointAddress });
  }
}
