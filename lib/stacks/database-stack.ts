import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import {
  type CloudPolicy,
  type DatabasePolicy,
  isMade,
  isReplicated,
  type RdsWindows,
} from '../../core/policy/index.ts';
import { type AdoptedDatabase, AdoptedDatabases } from '../constructs/adopted-databases.ts';
import { BaselineReader } from '../constructs/baseline-reader.ts';
import { DatabaseCluster } from '../constructs/database-cluster.ts';
import { DatabaseInstance, type Replication } from '../constructs/database-instance.ts';
import { ImportedCluster, ImportedInstance } from '../constructs/imported-databases.ts';
import { Network, zonesOf } from '../constructs/network.ts';
import { databaseIdentifier } from '../names.ts';

export interface DatabaseStackProps extends StackProps {
  readonly policyName: string;
  readonly databases: CloudPolicy['databases'];
  /** Whether restores are rehearsed. */
  readonly hasDrills: boolean;
  /** Of every database, by its name in the policy. */
  readonly windows: Readonly<Record<string, RdsWindows>>;
  /** Name of the only role that may end a key. @default - up to IAM */
  readonly breakGlassRole?: string | undefined;
  /**
   * Where automated backups are replicated to, and the key that encrypts them there.
   * @default - no database replicates its automated backups
   */
  readonly replication?: Replication | undefined;
  /** Another account, that takes copies of the recovery points. @default - none does */
  readonly copiedBy?: string | undefined;
}

/** The databases and the network they live in, in the primary Region. */
export class DatabaseStack extends Stack {
  override get availabilityZones(): string[] {
    return zonesOf(this.region);
  }

  constructor(scope: Construct, id: string, props: DatabaseStackProps) {
    super(scope, id, props);
    const { databases, replication } = props;
    const vpc = Object.values(databases).some(isMade) ? new Network(this, 'Network').vpc : undefined;
    const adopted: AdoptedDatabase[] = [];
    for (const [name, policy] of Object.entries(databases)) {
      const shared = {
        identifier: databaseIdentifier(props.policyName, name, policy),
        windows: props.windows[name] as RdsWindows,
        replication: isReplicated(policy) ? replication : undefined,
      };
      if (policy.kind === 'adopted') {
        adopted.push({ ...shared, name, policy });
        continue;
      }
      const { breakGlassRole, copiedBy } = props;
      const declared = { ...shared, vpc: vpc as ec2.IVpc, breakGlassRole, copiedBy };
      if (policy.kind === 'cluster') {
        const { existing } = policy;
        if (existing) new ImportedCluster(this, name, { ...shared, policy: { ...policy, existing } });
        else this.read(name, policy, vpc, new DatabaseCluster(this, name, { ...declared, policy }).clients, props);
      } else {
        const { existing } = policy;
        if (existing) new ImportedInstance(this, name, { ...shared, policy: { ...policy, existing } });
        else this.read(name, policy, vpc, new DatabaseInstance(this, name, { ...declared, policy }).clients, props);
      }
    }
    if (adopted.length > 0) new AdoptedDatabases(this, 'Adopted', { databases: adopted });
  }

  /** What drills compare with is read from here, where the database is; a reader elsewhere would need this network. */
  private read(
    name: string,
    { drill }: DatabasePolicy,
    vpc: ec2.IVpc | undefined,
    clients: ec2.ISecurityGroup,
    { policyName, hasDrills }: DatabaseStackProps,
  ): void {
    if (!hasDrills || !drill.baseline || !vpc) return;
    const network = { vpc, subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, securityGroups: [clients] };
    new BaselineReader(this, `Reader-${name}`, { policyName, database: name, network });
  }
}
