import { Stack, type StackProps } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { type CloudPolicy, type DatabasePolicy, isReplicated, type RdsWindows } from '../../core/policy/index.ts';
import { type AdoptedDatabase, AdoptedDatabases } from '../constructs/adopted-databases.ts';
import { DatabaseCluster } from '../constructs/database-cluster.ts';
import { DatabaseInstance, type Replication } from '../constructs/database-instance.ts';
import { Network, zonesOf } from '../constructs/network.ts';
import { databaseIdentifier } from '../names.ts';

export interface DatabaseStackProps extends StackProps {
  readonly policyName: string;
  readonly databases: CloudPolicy['databases'];
  /** Of every database, by its name in the policy. */
  readonly windows: Readonly<Record<string, RdsWindows>>;
  /** Name of the only role that may end a key. @default - up to IAM */
  readonly breakGlassRole?: string | undefined;
  /**
   * Where automated backups are replicated to, and the key that encrypts them there.
   * @default - no database replicates its automated backups
   */
  readonly replication?: Replication | undefined;
}

/** The databases and the network they live in, in the primary Region. */
export class DatabaseStack extends Stack {
  override get availabilityZones(): string[] {
    return zonesOf(this.region);
  }

  constructor(scope: Construct, id: string, props: DatabaseStackProps) {
    super(scope, id, props);
    const { databases, replication } = props;
    const isAdopted = (database: DatabasePolicy) => database.kind === 'adopted';
    const vpc = Object.values(databases).every(isAdopted) ? undefined : new Network(this, 'Network').vpc;
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
      const declared = { ...shared, vpc: vpc as ec2.IVpc, breakGlassRole: props.breakGlassRole };
      if (policy.kind === 'cluster') new DatabaseCluster(this, name, { ...declared, policy });
      else new DatabaseInstance(this, name, { ...declared, policy });
    }
    if (adopted.length > 0) new AdoptedDatabases(this, 'Adopted', { databases: adopted });
  }
}
