import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatabasePolicy } from '../core/policy/index.ts';

/**
 * Names that one stack knows of another without importing anything from it. A reference would make an export, and an
 * export holds both stacks hostage: neither can change the value while the other uses it.
 *
 * Fixed names have a price that is wanted here: a change that needs a new database, vault or role fails at deployment,
 * because the name is taken, where a generated name would put an empty one in its place.
 */

/**
 * Identifier of an instance or cluster: of one that this app makes at most 61 of RDS's 63 characters, of one that existed before
 * its own.
 *
 * @param name - of the database in the policy
 */
export function databaseIdentifier(policy: string, name: string, database: DatabasePolicy): string {
  const own = database.kind === 'adopted' ? (database.instance ?? database.cluster) : database.existing?.identifier;
  return own ?? `${policy}-${name}`;
}

/** Exact, so that a plan selects this database and no scratch restore beside it. */
export function databaseArn(scope: Construct, kind: 'instance' | 'cluster', identifier: string): string {
  return Stack.of(scope).formatArn({
    service: 'rds',
    resource: kind === 'instance' ? 'db' : 'cluster',
    resourceName: identifier,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/**
 * @param region - of the vault, which need not be that of the stack
 * @param account - @default - that of the stack
 */
export function vaultArn(scope: Construct, name: string, region: string, account?: string): string {
  return Stack.of(scope).formatArn({
    service: 'backup',
    resource: 'backup-vault',
    resourceName: name,
    region,
    ...(account && { account }),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** @param account - @default - that of the stack */
export function roleArn(scope: Construct, name: string, account?: string): string {
  return Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: name,
    ...(account && { account }),
  });
}

/** Name of the role with which AWS Backup takes and copies recovery points. */
export function backupRoleName(policy: string, of: 'databases' | 'uploads'): string {
  return of === 'databases' ? `${policy}-backup` : `${policy}-uploads-backup`;
}

/** Of a function that watches from one account what another one has. Roles have no Region: one name, one account. */
export function watcherRoleName(policy: string, watcher: 'sentinel' | 'notifier'): string {
  return `${policy}-${watcher}`;
}

/** Of the role that the watchers of another account may take, to read. */
export function readerRoleName(policy: string): string {
  return `${policy}-reader`;
}

/** Alias, without `alias/`, of the key in the replica Region that encrypts the replicas of secrets. */
export function secretsKeyAlias(policy: string): string {
  return `${policy}-secrets`;
}

/** Conditions under which a denial reaches everyone but one role of this account. */
export function exceptRole(scope: Construct, role: string): Record<string, Record<string, string>> {
  return { ArnNotEquals: { 'aws:PrincipalArn': roleArn(scope, role) } };
}
