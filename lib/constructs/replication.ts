import type { Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { type CloudPolicy, isMade, isReplicated } from '../../core/policy/index.ts';
import { databaseIdentifier, secretsKeyAlias } from '../names.ts';
import { PostgresParameters } from './postgres-parameters.ts';
import { ProtectedKey } from './protected-key.ts';

/*
 * Parts of the stacks in the replica Region. Functions, not constructs: with a second account they move to another stack, and
 * a construct around them would have changed every logical id in the one where they were.
 */

export interface ReplicationKeysProps {
  readonly policyName: string;
  readonly databases: CloudPolicy['databases'];
  /** Whether secrets are replicated. */
  readonly hasSecrets: boolean;
  /** Name of the only role that may end a key. @default - see ProtectedKey */
  readonly breakGlassRole?: string | undefined;
}

/**
 * Keys for what RDS and Secrets Manager replicate by themselves, which always stays in the account of its original.
 *
 * @returns the key of the automated backups, where a database replicates any
 */
export function addReplicationKeys(stack: Stack, props: ReplicationKeysProps): kms.IKey | undefined {
  const { policyName, databases, hasSecrets, breakGlassRole } = props;
  // Apart from the vault's: these backups are RDS's own, and stay in the account of their database.
  const key = Object.values(databases).some(isReplicated)
    ? new ProtectedKey(stack, 'ReplicationKey', {
        alias: `${policyName}-replication`,
        description: `Encrypts the automated backups of ${policyName} that RDS replicates to this Region`,
        breakGlassRole,
      })
    : undefined;
  if (hasSecrets) {
    new ProtectedKey(stack, 'SecretsKey', {
      alias: secretsKeyAlias(policyName),
      description: `Encrypts the secrets of ${policyName} that are replicated to this Region`,
      breakGlassRole,
    });
  }
  return key;
}

/** The twin of the parameter group of each database, for a restore in this stack's Region and account. */
export function addParameterTwins(stack: Stack, policyName: string, databases: CloudPolicy['databases']): void {
  for (const [name, database] of Object.entries(databases)) {
    // The settings of a database that existed before are its owner's, here too.
    if (!isMade(database)) continue;
    const { kind, engineVersion } = database;
    new PostgresParameters(stack, name, {
      database: databaseIdentifier(policyName, name, database),
      kind,
      engineVersion,
    });
  }
}
