import { CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct, type IConstruct } from 'constructs';
import type { ClusterPolicy, InstancePolicy, RdsWindows } from '../../core/policy/index.ts';
import { capacityOf } from './database-cluster.ts';
import { type Replication, replicateAutomatedBackups } from './database-instance.ts';

/*
 * Databases that existed before their stack took them over by `cdk import`. Only what the policy says stands in the template, and
 * by its real name: an import can refer to nothing that the same change would have to make, and what is not said stays as it is.
 * The L2 would always say a master password, and have a new one made.
 */

type Existing<T extends InstancePolicy | ClusterPolicy> = T & { readonly existing: NonNullable<T['existing']> };

interface ImportedProps<T extends InstancePolicy | ClusterPolicy> {
  readonly policy: Existing<T>;
  /** When RDS takes its own backup and does its maintenance, UTC, clear of the start windows of AWS Backup. */
  readonly windows: RdsWindows;
}

export interface ImportedInstanceProps extends ImportedProps<InstancePolicy> {
  /** Where automated backups are replicated to. @default - they stay in the Region of the instance */
  readonly replication?: Replication | undefined;
}

/** An RDS for PostgreSQL instance that existed before. */
export class ImportedInstance extends Construct {
  constructor(scope: Construct, id: string, { policy, windows, replication }: ImportedInstanceProps) {
    super(scope, id);
    const { existing } = policy;
    const instance = new rds.CfnDBInstance(this, 'Instance', {
      ...shared(policy, windows),
      dbInstanceIdentifier: existing.identifier,
      engine: 'postgres',
      dbInstanceClass: policy.instanceClass,
      dbParameterGroupName: existing.parameterGroup,
      multiAz: policy.multiAz,
      allocatedStorage: `${Math.ceil(policy.storage.gibibytes)}`,
      vpcSecurityGroups: existing.securityGroups,
    });
    keep(instance);
    if (replication) replicateAutomatedBackups(instance, policy, replication);
    acknowledge(instance, { RDS3: 'number of zones', RDS11: 'port' });
    new CfnOutput(this, 'Endpoint', { value: instance.attrEndpointAddress });
  }
}

/** An Aurora PostgreSQL cluster that existed before, with its instances. */
export class ImportedCluster extends Construct {
  constructor(scope: Construct, id: string, { policy, windows }: ImportedProps<ClusterPolicy>) {
    super(scope, id);
    const { existing } = policy;
    const engine = 'aurora-postgresql';
    const capacity = policy.instanceClass === 'db.serverless' ? capacityOf(policy) : undefined;
    const cluster = new rds.CfnDBCluster(this, 'Cluster', {
      ...shared(policy, windows),
      dbClusterIdentifier: existing.identifier,
      engine,
      dbClusterParameterGroupName: existing.parameterGroup,
      ...(capacity && { serverlessV2ScalingConfiguration: { minCapacity: capacity.min, maxCapacity: capacity.max } }),
      vpcSecurityGroupIds: existing.securityGroups,
    });
    keep(cluster);
    for (const identifier of existing.instances) {
      const member = new rds.CfnDBInstance(this, identifier, {
        dbInstanceIdentifier: identifier,
        // By its name: a reference would tie the import of the one to that of the other.
        dbClusterIdentifier: existing.identifier,
        engine,
        dbInstanceClass: policy.instanceClass,
      });
      keep(member);
    }
    acknowledge(this, { RDS6: 'way to authenticate', RDS11: 'port' });
    new CfnOutput(this, 'Endpoint', { value: cluster.attrEndpointAddress });
  }
}

/** What CloudFormation calls the same of an instance and a cluster. */
function shared(policy: Existing<InstancePolicy> | Existing<ClusterPolicy>, windows: RdsWindows) {
  const { engineVersion, existing, automatedBackupRetention } = policy;
  return {
    engineVersion,
    storageEncrypted: true,
    kmsKeyId: existing.key,
    dbSubnetGroupName: existing.subnetGroup,
    backupRetentionPeriod: Math.ceil(automatedBackupRetention.days),
    preferredBackupWindow: windows.backup,
    preferredMaintenanceWindow: windows.maintenance,
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: false,
    deletionProtection: true,
  };
}

/** Without a deletion policy CloudFormation imports nothing. */
function keep(resource: rds.CfnDBInstance | rds.CfnDBCluster): void {
  resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
}

function acknowledge(scope: IConstruct, rules: Readonly<Record<string, string>>): void {
  for (const [rule, what] of Object.entries(rules)) {
    const reason = `It existed before this stack, and its ${what} is its clients' business`;
    Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason });
  }
}
