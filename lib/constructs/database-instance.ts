import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import type { InstancePolicy, RdsWindows } from '../../core/policy/index.ts';
import { Enclosure } from './enclosure.ts';
import { PostgresParameters, postgresEngine } from './postgres-parameters.ts';

/** The place of replicated automated backups. */
export interface Replication {
  readonly region: string;
  /** ARN of a key in that Region. */
  readonly keyArn: string;
}

export interface DatabaseInstanceProps {
  /** Identifier of the RDS instance, unique in the account and Region. */
  readonly identifier: string;
  readonly policy: InstancePolicy;
  /** When RDS takes its own backup and does its maintenance, UTC, clear of the start windows of AWS Backup. */
  readonly windows: RdsWindows;
  readonly vpc: ec2.IVpc;
  /** Name of the only role that may disable its key or have it deleted. @default - up to IAM */
  readonly breakGlassRole?: string | undefined;
  /** Another account, that takes copies of its recovery points. @default - none does */
  readonly copiedBy?: string | undefined;
  /**
   * Where automated backups are replicated to.
   * @default - they stay in the Region of the instance
   */
  readonly replication?: Replication | undefined;
}

/**
 * An RDS for PostgreSQL instance that nothing in this app can delete, in a network with no way out. RDS owns its
 * point-in-time recovery; the snapshots that are copied away are AWS Backup's (see SnapshotPlan).
 */
export class DatabaseInstance extends Construct {
  readonly instance: rds.DatabaseInstance;
  /** Its members may connect. */
  readonly clients: ec2.ISecurityGroup;

  constructor(scope: Construct, id: string, props: DatabaseInstanceProps) {
    super(scope, id);
    const { identifier, policy, windows, vpc, replication } = props;

    const enclosure = new Enclosure(this, 'Enclosure', {
      identifier,
      kind: 'instance',
      vpc,
      breakGlassRole: props.breakGlassRole,
      copiedBy: props.copiedBy,
    });
    this.clients = enclosure.clients;
    this.instance = new rds.DatabaseInstance(this, 'Instance', {
      instanceIdentifier: identifier,
      engine: postgresEngine(policy.engineVersion),
      // The L2 puts `db.` in front.
      instanceType: new ec2.InstanceType(policy.instanceClass.replace(/^db\./, '')),
      parameterGroup: new PostgresParameters(this, 'Parameters', {
        database: identifier,
        kind: 'instance',
        engineVersion: policy.engineVersion,
      }),
      multiAz: policy.multiAz,
      autoMinorVersionUpgrade: true,

      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [enclosure.securityGroup],
      publiclyAccessible: false,
      iamAuthentication: true,
      // RDS makes the password, keeps it in Secrets Manager and rotates it: no template, state or person ever holds it.
      manageMasterUserPassword: true,

      storageType: rds.StorageType.GP3,
      // Up to the next whole GiB: `100GB` is 93.1 of them.
      allocatedStorage: Math.ceil(policy.storage.gibibytes),
      storageEncrypted: true,
      storageEncryptionKey: enclosure.key,

      backupRetention: Duration.days(Math.ceil(policy.automatedBackupRetention.days)),
      preferredBackupWindow: windows.backup,
      preferredMaintenanceWindow: windows.maintenance,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      // Said outright: the L2 derives it from the removal policy, and only one of the two should ever have to change.
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      cloudwatchLogsExports: ['postgresql'],
    });
    if (replication) {
      replicateAutomatedBackups(this.instance.node.defaultChild as rds.CfnDBInstance, policy, replication);
    }
    enclosure.enclose(this.instance);

    Validations.of(this.instance).acknowledge({
      id: 'AwsSolutions-RDS11',
      reason:
        'In isolated subnets, open to one security group only, another port hides nothing and surprises every client',
    });
    if (!policy.multiAz) {
      Validations.of(this.instance).acknowledge({
        id: 'AwsSolutions-RDS3',
        reason: 'The policy sets multiAz to false: the loss of a zone is answered by a restore within the declared RTO',
      });
    }

    new CfnOutput(this, 'Endpoint', { value: this.instance.dbInstanceEndpointAddress });
  }
}

/** In the L1 only: https://github.com/aws/aws-cdk/issues/21206. */
export function replicateAutomatedBackups(
  resource: rds.CfnDBInstance,
  policy: InstancePolicy,
  { region, keyArn }: Replication,
): void {
  resource.automaticBackupReplicationRegion = region;
  // An ARN: the API documents nothing else, and without it an encrypted instance is refused, whatever key it has
  // (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html).
  resource.automaticBackupReplicationKmsKeyId = keyArn;
  resource.automaticBackupReplicationRetentionPeriod = Math.ceil(policy.automatedBackupRetention.days);
}
