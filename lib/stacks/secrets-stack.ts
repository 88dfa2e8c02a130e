import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ReplicatedSecrets, type ReplicatedSecretsProps } from '../constructs/replicated-secrets.ts';

/** The secrets of the primary Region that the replica Region has as well. Their key there is in the replica's stack. */
export class SecretsStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & ReplicatedSecretsProps) {
    super(scope, id, props);
    const { policyName, secrets, replicaRegion } = props;
    new ReplicatedSecrets(this, 'Secrets', { policyName, secrets, replicaRegion });
  }
}
