import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import type { ClusterPolicy, RdsWindows } from '../../core/policy/index.ts';
import { Enclosure } from './enclosure.ts';
import { auroraEngine, PostgresParameters } from './postgres-parameters.ts';

export interface DatabaseClusterProps {
  /** Identifier of the Aurora cluster, unique in the account and Region; its instances are numbered after it. */
  readonly identifier: string;
  readonly policy: ClusterPolicy;
  /** When Aurora notes its daily backup and does its maintenance, UTC, clear of the start windows of AWS Backup. */
  readonly windows: RdsWindows;
  readonly vpc: ec2.IVpc;
  /** Name of the only role that may disable its key or have it deleted. @default - up to IAM */
  readonly breakGlassRole?: string | undefined;
  /** Another account, that takes copies of its recovery points. @default - none does */
  readonly copiedBy?: string | undefined;
}

/**
 * An Aurora PostgreSQL cluster that nothing in this app can delete, in a network with no way out. Aurora owns its
 * point-in-time recovery, in its own Region only: replicated automated backups are a feature of RDS instances
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html).
 */
export class DatabaseCluster extends Construct {
  readonly cluster: rds.DatabaseCluster;
  /** Its members may connect. */
  readonly clients: ec2.ISecurityGroup;

  constructor(scope: Construct, id: string, props: DatabaseClusterProps) {
    super(scope, id);
    const { identifier, policy, windows, vpc } = props;
    const enclosure = new Enclosure(this, 'Enclosure', {
      identifier,
      kind: 'cluster',
      vpc,
      breakGlassRole: props.breakGlassRole,
      copiedBy: props.copiedBy,
    });
    this.clients = enclosure.clients;

    this.cluster = new rds.DatabaseCluster(this, 'Cluster', {
      clusterIdentifier: identifier,
      engine: auroraEngine(policy.engineVersion),
      ...instances(identifier, policy),
      parameterGroup: new PostgresParameters(this, 'Parameters', {
        database: identifier,
        kind: 'cluster',
        engineVersion: policy.engineVersion,
      }),

      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [enclosure.securityGroup],
      iamAuthentication: true,
      // RDS makes the password, keeps it in Secrets Manager and rotates it: no template, state or person ever holds it.
      // The user name has to be said: CDK puts in one of its own.
      credentials: rds.Credentials.fromUsername('postgres'),
      manageMasterUserPassword: true,

      // The L2 leaves it out, and snapshots of an unencrypted cluster stay unencrypted in every copy
      // (https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html).
      storageEncrypted: true,
      storageEncryptionKey: enclosure.key,

      // Without it the service keeps automated backups for a day, and charges for nearly every snapshot in full.
      backup: {
        retention: Duration.days(Math.ceil(policy.automatedBackupRetention.days)),
        preferredWindow: windows.backup,
      },
      preferredMaintenanceWindow: windows.maintenance,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      // Said outright: the L2 derives it from the removal policy, and only one of the two should ever have to change.
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      cloudwatchLogsExports: ['postgresql'],
    });
    enclosure.enclose(this.cluster);

    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions-RDS11',
      reason:
        'In isolated subnets, open to one security group only, another port hides nothing and surprises every client',
    });
    new CfnOutput(this, 'Endpoint', { value: this.cluster.clusterEndpoint.hostname });
  }
}

/** A writer and its readers. A reader in the tiers 0 and 1 scales with a serverless writer and can take its place at once. */
function instances(
  identifier: string,
  policy: ClusterPolicy,
): Pick<rds.DatabaseClusterProps, 'writer' | 'readers' | 'serverlessV2MinCapacity' | 'serverlessV2MaxCapacity'> {
  const options = (number: number) => ({
    instanceIdentifier: `${identifier}-${number}`,
    autoMinorVersionUpgrade: true,
    publiclyAccessible: false,
  });
  const numbers = Array.from({ length: policy.readers }, (_, index) => index + 2);
  if (policy.instanceClass === 'db.serverless') {
    const { min, max } = capacityOf(policy);
    return {
      writer: rds.ClusterInstance.serverlessV2('1', options(1)),
      readers: numbers.map((number) =>
        rds.ClusterInstance.serverlessV2(`${number}`, { ...options(number), scaleWithWriter: number === 2 }),
      ),
      serverlessV2MinCapacity: min,
      serverlessV2MaxCapacity: max,
    };
  }
  // The L2 puts `db.` in front.
  const instanceType = new ec2.InstanceType(policy.instanceClass.replace(/^db\./, ''));
  const provisioned = (number: number) =>
    rds.ClusterInstance.provisioned(`${number}`, { ...options(number), instanceType });
  return { writer: provisioned(1), readers: numbers.map(provisioned) };
}

/** Aurora capacity units. */
export function capacityOf({ capacity }: ClusterPolicy): { readonly min: number; readonly max: number } {
  return capacity ?? { min: 0.5, max: 4 };
}
