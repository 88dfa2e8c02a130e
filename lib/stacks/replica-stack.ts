import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CloudPolicy } from '../../core/policy/index.ts';
import { PostgresParameters } from '../constructs/postgres-parameters.ts';
import { Vault } from '../constructs/vault.ts';
import { instanceIdentifier, vaultName } from '../names.ts';

export interface ReplicaStackProps extends StackProps {
  readonly policyName: string;
  readonly databases: CloudPolicy['databases'];
}

/** What the replica Region needs to receive copies and to restore from them with the primary Region gone. */
export class ReplicaStack extends Stack {
  constructor(scope: Construct, id: string, props: ReplicaStackProps) {
    super(scope, id, props);
    new Vault(this, 'Vault', { name: vaultName(props.policyName, 'replica') });
    for (const [name, { engineVersion }] of Object.entries(props.databases)) {
      const instance = instanceIdentifier(props.policyName, name);
      new PostgresParameters(this, name, { instance, engineVersion });
    }
  }
}
