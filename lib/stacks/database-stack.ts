import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CloudPolicy, RdsWindows } from '../../core/policy/index.ts';
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
    const { vpc } = new Network(this, 'Network');
    for (const [name, policy] of Object.entries(props.databases)) {
      const shared = {
        identifier: databaseIdentifier(props.policyName, name),
        windows: props.windows[name] as RdsWindows,
        vpc,
        breakGlassRole: props.breakGlassRole,
      };
      if (policy.kind === 'cluster') {
        new DatabaseCluster(this, name, { ...shared, policy });
      } else {
        const replication = policy.replicateAutomatedBackups ? props.replication : undefined;
        new DatabaseInstance(this, name, { ...shared, policy, replication });
      }
    }
  }
}
