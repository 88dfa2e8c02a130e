import { CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import type { InstancePolicy, RdsWindows } from '../../core/policy/index.ts';
import { type Replication, replicateAutomatedBackups } from './database-instance.ts';

export interface ImportedInstanceProps {
  readonly policy: InstancePolicy & { readonly existing: NonNullable<InstancePolicy['existing']> };
  /** When RDS takes its own backup and does its maintenance, UTC, clear of the start windows of AWS Backup. */
  readonly windows: RdsWindows;
  /** Where automated backups are replicated to. @default - they stay in the Region of the instance */
  readonly replication?: Replication | undefined;
}

/**
 * An RDS for PostgreSQL instance that existed before its stack took it over by `cdk import`. Only what the policy says stands in
 * the template, and by its real name: an import can refer to nothing that the same change would have to make, and what is not
 * said stays as it is. The L2 would always say a master password, and have a new one made.
 */
export class ImportedInstance extends Construct {
  constructor(scope: Construct, id: string, { policy, windows, replication }: ImportedInstanceProps) {
    super(scope, id);
    const { existing } = policy;
    const instance = new rds.CfnDBInstance(this, 'Instance', {
      dbInstanceIdentifier: existing.identifier,
      engine: 'postgres',
      engineVersion: policy.engineVersion,
      dbInstanceClass: policy.instanceClass,
      dbParameterGroupName: existing.parameterGroup,
      multiAz: policy.multiAz,
      allocatedStorage: `${Math.ceil(policy.storage.gibibytes)}`,
      storageEncrypted: true,
      kmsKeyId: existing.key,
      dbSubnetGroupName: existing.subnetGroup,
      vpcSecurityGroups: existing.securityGroups,
      backupRetentionPeriod: Math.ceil(policy.automatedBackupRetention.days),
      preferredBackupWindow: windows.backup,
      preferredMaintenanceWindow: windows.maintenance,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: true,
    });
    // Without a deletion policy CloudFormation imports nothing.
    instance.applyRemovalPolicy(RemovalPolicy.RETAIN);
    if (replication) replicateAutomatedBackups(instance, policy, replication);
    for (const [rule, what] of [
      ['RDS3', 'number of zones'],
      ['RDS11', 'port'],
    ]) {
      const reason = `It existed before this stack, and its ${what} is its clients' business`;
      Validations.of(instance).acknowledge({ id: `AwsSolutions-${rule}`, reason });
    }
    new CfnOutput(this, 'Endpoint', { value: instance.attrEndpointAddress });
  }
}
