import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CloudPolicy, RdsWindows } from '../../core/policy/index.ts';
import { DatabaseInstance, type Replication } from '../constructs/database-instance.ts';
import { Network, zonesOf } from '../constructs/network.ts';
import { instanceIdentifier } from '../names.ts';

export interface DatabaseStackProps extends StackProps {
  readonly policyName: string;
  readonly databases: CloudPolicy['databases'];
  /** Of every database, by its name in the policy. */
  readonly windows: Readonly<Record<string, RdsWindows>>;
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
      new DatabaseInstance(this, name, {
        identifier: instanceIdentifier(props.policyName, name),
        policy,
        windows: props.windows[name] as RdsWindows,
        vpc,
        replication: policy.replicateAutomatedBackups ? props.replication : undefined,
      });
    }
  }
}
