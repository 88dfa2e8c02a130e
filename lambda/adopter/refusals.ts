import type { Observed } from './observed.ts';
import type { Wanted } from './wanted.ts';

/** In which nothing can be changed until a person has done something. */
const brokenStatuses =
  /^(stopp(ed|ing)|failed|deleting|storage-full|incompatible-.*|inaccessible-encryption-credentials.*|restore-error|insufficient-capacity)$/;

/**
 * Why the database cannot be adopted, all at once, each as a sentence with what would be right.
 *
 * @param hasAwsKey - whether the key that the policy names is one of AWS's own
 */
export function refusals(observed: Observed, wanted: Wanted, hasAwsKey: boolean): string[] {
  const { kind, identifier } = wanted;
  const reasons: (string | false | undefined)[] = [
    !/^(aurora-)?postgres(ql)?$/.test(observed.engine) &&
      `it runs ${observed.engine}, and this app protects PostgreSQL and Aurora PostgreSQL`,
    // https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
    kind === 'cluster' &&
      observed.engine === 'postgres' &&
      'it is a Multi-AZ DB cluster, and AWS Backup copies no recovery point of those anywhere',
    observed.cluster && `it belongs to the cluster ${observed.cluster}; adopt that: cluster: '${observed.cluster}'`,
    brokenStatuses.test(observed.status) &&
      `its status is "${observed.status}", in which RDS changes nothing; mend that first`,
    !observed.encrypted &&
      !wanted.acknowledgeUnencrypted &&
      `it is not encrypted, and that cannot be added in place${
        kind === 'cluster' ? ', and every copy of it is not encrypted either' : ''
      }; restore an encrypted copy of a snapshot, or write acknowledgeUnencrypted: true`,
    wanted.keyArn !== undefined &&
      observed.encrypted &&
      observed.keyArn !== wanted.keyArn &&
      `it is encrypted with ${observed.keyArn}, and the policy says key: '${wanted.keyArn}'`,
    // By its ARN a key of AWS looks like any other.
    hasAwsKey &&
      `${wanted.keyArn} is a key of AWS, which no other account can be allowed to use, so no recovery point under it can be copied to one; move the database to a customer managed key (runbooks/en/adopt-database.md)`,
    ...retentionRefusals(observed, wanted),
    wanted.replication &&
      observed.replicas.some(({ region }) => region !== wanted.replication?.region) &&
      !observed.replicas.some(({ region }) => region === wanted.replication?.region) &&
      `its automated backups are replicated to ${observed.replicas.map(({ region }) => region).join(', ')} already, not to ${wanted.replication.region}; write replicateAutomatedBackups: false, or end that replication first`,
  ];
  return reasons.filter((reason) => typeof reason === 'string').map((reason) => `${kind} ${identifier}: ${reason}.`);
}

/**
 * The first automated backup of an instance interrupts it, and asking for it at once does everything else that waits for a
 * maintenance window as well (ModifyDBInstance, BackupRetentionPeriod and ApplyImmediately).
 */
function retentionRefusals(
  { retentionDays, pending }: Observed,
  { allowOutage, retentionDays: wanted }: Wanted,
): string[] {
  if (retentionDays > 0) return [];
  if (!allowOutage) {
    return [
      `its automated backups are off (retention 0), and turning them on, to ${wanted} days, interrupts it for seconds to minutes; choose the moment and write allowOutage: true`,
    ];
  }
  if (pending.length === 0) return [];
  return [
    `its automated backups are off, and turning them on at once would also do what waits for its maintenance window: ${pending.join(', ')}; have that done or dropped first`,
  ];
}
