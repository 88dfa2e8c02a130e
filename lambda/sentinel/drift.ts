import type { DatabaseState, RecoveryPoint, ReplicatedBackups, VaultState } from './host.ts';
import type { ExpectedVault, WatchedBucket, WatchedDatabase } from './inventory.ts';

/**
 * Where protection is weaker than declared, each as a sentence for the log. Stronger is no drift: whoever keeps more in an
 * emergency is not to be paged for it.
 */

export function driftOfDatabase(expected: WatchedDatabase, found: DatabaseState | undefined): string[] {
  if (!found) return ['the database does not exist'];
  const days = expected.automatedBackupDays ?? 0;
  return [
    ...(found.retentionDays < days ? [`automated backups are kept ${found.retentionDays} days, not ${days}`] : []),
    ...(found.hasDeletionProtection ? [] : ['deletion protection is off']),
    ...(found.isEncrypted || expected.isUnencrypted ? [] : ['the storage is not encrypted']),
    ...(found.copiesTags ? [] : ['tags are not copied to snapshots']),
  ];
}

export function driftOfReplication(expected: WatchedDatabase, found: ReplicatedBackups | undefined): string[] {
  const days = expected.automatedBackupDays ?? 0;
  if (!found) return ['automated backups are not replicated to this Region'];
  return [
    ...(found.retentionDays < days
      ? [`replicated automated backups are kept ${found.retentionDays} days, not ${days}`]
      : []),
    ...(found.isEncrypted || expected.isUnencrypted ? [] : ['replicated automated backups are not encrypted']),
  ];
}

/** Of the newest point only: the older ones cannot be changed any more. */
export function driftOfPoints(expected: WatchedDatabase | WatchedBucket, points: readonly RecoveryPoint[]): string[] {
  const isUnencrypted = 'isUnencrypted' in expected && expected.isUnencrypted;
  const [newest] = [...points].sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  return newest && !newest.isEncrypted && !isUnencrypted ? ['the newest recovery point is not encrypted'] : [];
}

export function driftOfVault(expected: ExpectedVault, found: VaultState): string[] {
  const { minRetentionDays: min, maxRetentionDays: max } = expected;
  return [
    ...(found.isLocked ? [] : ['the vault is not locked']),
    ...(found.isLocked && (found.minRetentionDays ?? 0) < min
      ? [`the lock keeps recovery points at least ${found.minRetentionDays ?? 0} days, not ${min}`]
      : []),
    // A plan that keeps longer than the highest number fails its jobs.
    ...(found.isLocked &&
    found.maxRetentionDays !== undefined &&
    found.maxRetentionDays < (max ?? Number.POSITIVE_INFINITY)
      ? [`the lock lets recovery points be kept at most ${found.maxRetentionDays} days, not ${max ?? 'any number'}`]
      : []),
    ...(denies(deletion, found.accessPolicy, expected.exceptRole)
      ? []
      : ['the vault does not deny deletion to everyone']),
    // Without a role that is left out, nothing of the kind is declared: see lib/constructs/vault.ts.
    ...(expected.exceptRole === undefined || denies(itsOwnEnd, found.accessPolicy, expected.exceptRole)
      ? []
      : ['the vault does not deny a change of its policy, or the end of its lock, to everyone']),
  ];
}

const deletion = ['DeleteRecoveryPoint', 'UpdateRecoveryPointLifecycle'];
const itsOwnEnd = ['DeleteBackupVaultAccessPolicy', 'DeleteBackupVaultLockConfiguration', 'PutBackupVaultAccessPolicy'];

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | string[];
  readonly Condition?: unknown;
}

/** Whether the statements that deny, taken together, cover these actions of AWS Backup. */
function denies(wanted: readonly string[], accessPolicy: string | undefined, exceptRole: string | undefined): boolean {
  const exception = exceptRole && written({ ArnNotEquals: { 'aws:PrincipalArn': exceptRole } });
  const { Statement = [] } = JSON.parse(accessPolicy ?? '{}') as { Statement?: Statement | Statement[] };
  const actions = [Statement]
    .flat()
    .filter(
      ({ Effect, Principal, Condition }) =>
        Effect === 'Deny' &&
        [written('*'), written({ AWS: '*' })].includes(written(Principal)) &&
        (Condition === undefined || written(Condition) === exception),
    )
    .flatMap(({ Action = [] }) => Action);
  return wanted.every((action) => actions.includes(`backup:${action}`));
}

/** A list of one is the same to IAM as what is in it. */
function written(part: unknown): string {
  return JSON.stringify(part, (_, value) => (Array.isArray(value) && value.length === 1 ? value[0] : value));
}
