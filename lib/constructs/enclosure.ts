import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ProtectedKey } from './protected-key.ts';

export interface EnclosureProps {
  /** Of the database. */
  readonly identifier: string;
  readonly kind: 'instance' | 'cluster';
  readonly vpc: ec2.IVpc;
  /** Name of the only role that may disable the key or have it deleted. @default - up to IAM */
  readonly breakGlassRole?: string | undefined;
  /** Another account, that takes copies of its recovery points. @default - none does */
  readonly copiedBy?: string | undefined;
}

/** What a database of this app lives in: its key, its log, and a security group with one door. */
export class Enclosure extends Construct {
  /**
   * Encryption cannot be added or its key changed in place, and a snapshot under AWS's own `aws/rds` key can never go to
   * another account (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html).
   */
  readonly key: kms.IKey;
  readonly securityGroup: ec2.ISecurityGroup;
  /** Its members may connect. */
  readonly clients: ec2.ISecurityGroup;
  private readonly log: logs.LogGroup;

  constructor(scope: Construct, id: string, { identifier, kind, vpc, breakGlassRole, copiedBy }: EnclosureProps) {
    super(scope, id);
    this.key = new ProtectedKey(this, 'Key', {
      alias: `${identifier}-database`,
      description: `Encrypts ${identifier} and its recovery points in this Region`,
      breakGlassRole,
      copiedBy,
    });

    // A badge, not a fence: it opens the database to its members and, like any new group, lets them out everywhere.
    this.clients = new ec2.SecurityGroup(this, 'Clients', { vpc, description: `Members may connect to ${identifier}` });
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `Holds ${identifier}`,
      allowAllOutbound: false,
    });
    new CfnOutput(this, 'ClientsSecurityGroup', {
      value: this.clients.securityGroupId,
      description: `Put what connects to ${identifier} in this security group`,
    });

    this.log = new logs.LogGroup(this, 'Log', {
      logGroupName: `/aws/rds/${kind}/${identifier}/postgresql`,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Lets the clients in, and has the log there first: RDS would create the group itself, to be kept for ever. */
  enclose(database: Construct & ec2.IConnectable): void {
    database.connections.allowDefaultPortFrom(this.clients);
    database.node.addDependency(this.log);
  }
}
