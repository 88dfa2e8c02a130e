import { Stack, type StackProps } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { type CloudPolicy, isReplicated, kindOf, vaultName } from '../../core/policy/index.ts';
import { PostgresParameters } from '../constructs/postgres-parameters.ts';
import { ProtectedKey } from '../constructs/protected-key.ts';
import { ServiceOptIn } from '../constructs/service-opt-in.ts';
import { Vault } from '../constructs/vault.ts';
import { databaseIdentifier, secretsKeyAlias } from '../names.ts';

export interface ReplicaStackProps extends StackProps {
  readonly policyName: string;
  readonly databases: CloudPolicy['databases'];
  /** Of the vault. */
  readonly lock: CloudPolicy['replica']['lock'];
  /** Whether secrets are replicated here. */
  readonly hasSecrets: boolean;
  /** Name of the only role that may delete recovery points and end a key. @default - see Vault and ProtectedKey */
  readonly breakGlassRole?: string | undefined;
}

/** What the replica Region needs to receive copies and to restore from them with the primary Region gone. */
export class ReplicaStack extends Stack {
  /** Encrypts the automated backups that are replicated here, where there are any. */
  readonly replicationKey: kms.IKey | undefined;

  constructor(scope: Construct, id: string, props: ReplicaStackProps) {
    super(scope, id, props);
    const { policyName, databases, lock, breakGlassRole, hasSecrets } = props;
    new Vault(this, 'Vault', { name: vaultName(policyName, 'replica'), lock, breakGlassRole });
    if (Object.values(databases).some((one) => kindOf(one) === 'cluster')) new ServiceOptIn(this, 'OptIn');
    if (Object.values(databases).some(isReplicated)) {
      // Apart from the vault's: these backups are RDS's own, and stay in the account of their database.
      this.replicationKey = new ProtectedKey(this, 'ReplicationKey', {
        alias: `${policyName}-replication`,
        description: `Encrypts the automated backups of ${policyName} that RDS replicates to this Region`,
        breakGlassRole,
      });
    }
    if (hasSecrets) {
      new ProtectedKey(this, 'SecretsKey', {
        alias: secretsKeyAlias(policyName),
        description: `Encrypts the secrets of ${policyName} that are replicated to this Region`,
        breakGlassRole,
      });
    }
    for (const [name, database] of Object.entries(databases)) {
      // The settings of an adopted database are its owner's, here too.
      if (database.kind === 'adopted') continue;
      const { kind, engineVersion } = database;
      new PostgresParameters(this, name, {
        database: databaseIdentifier(policyName, name, database),
        kind,
        engineVersion,
      });
    }
  }
}
