import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { CloudPolicy } from '../../core/policy/index.ts';
import { PostgresParameters } from '../constructs/postgres-parameters.ts';
import { Vault } from '../constructs/vault.ts';
import { databaseIdentifier, vaultName } from '../names.ts';

export interface ReplicaStackProps extends StackProps {
  readonly policyName: string;
  readonly databases: CloudPolicy['databases'];
}

/** What the replica Region needs to receive copies and to restore from them with the primary Region gone. */
export class ReplicaStack extends Stack {
  /** Encrypts the automated backups that are replicated here, where there are any. */
  readonly replicationKey: kms.IKey | undefined;

  constructor(scope: Construct, id: string, props: ReplicaStackProps) {
    super(scope, id, props);
    new Vault(this, 'Vault', { name: vaultName(props.policyName, 'replica') });
    if (Object.values(props.databases).some((one) => one.kind === 'instance' && one.replicateAutomatedBackups)) {
      // Apart from the vault's: these backups are RDS's own, and stay in the account of their database.
      this.replicationKey = new kms.Key(this, 'ReplicationKey', {
        alias: `alias/${props.policyName}-replication`,
        description: `Encrypts the automated backups of ${props.policyName} that RDS replicates to this Region`,
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.RETAIN,
      });
    }
    for (const [name, { kind, engineVersion }] of Object.entries(props.databases)) {
      const database = databaseIdentifier(props.policyName, name);
      new PostgresParameters(this, name, { database, kind, engineVersion });
    }
  }
}
