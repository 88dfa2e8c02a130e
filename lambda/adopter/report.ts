import type { Observed } from './observed.ts';
import type { Wanted } from './wanted.ts';

/** What a run changed, and what it left because it is more, or cannot be more without a loss. `none` where there is nothing. */
export interface Report {
  readonly Changes: string;
  readonly Kept: string;
}

export function report(before: Observed, after: Observed, wanted: Wanted): Report {
  const changed = <T>(name: string, one: T, other: T) => (one === other ? [] : [`${name} ${one} -> ${other}`]);
  const regionsOf = ({ replicas }: Observed) => replicas.map(({ region }) => region).join(', ') || 'nowhere';
  const changes = [
    ...changed('automated backups kept for days:', before.retentionDays, after.retentionDays),
    ...changed('deletion protection:', before.deletionProtection, after.deletionProtection),
    ...changed('tags copied to snapshots:', before.copyTagsToSnapshot, after.copyTagsToSnapshot),
    ...changed('backup window:', before.backupWindow, after.backupWindow),
    ...changed('maintenance window:', before.maintenanceWindow, after.maintenanceWindow),
    ...changed('automated backups replicated to:', regionsOf(before), regionsOf(after)),
  ];
  const kept = [
    ...(after.retentionDays > wanted.retentionDays
      ? [`automated backups for ${after.retentionDays} days, more than the ${wanted.retentionDays} of the policy`]
      : []),
    ...after.replicas
      .filter(({ retentionDays }) => retentionDays !== undefined && retentionDays < wanted.retentionDays)
      .map(
        ({ region, retentionDays }) =>
          `replicated automated backups in ${region} for ${retentionDays} days, less than the ${wanted.retentionDays} of the policy: more would need a new replication, and what is there would be lost`,
      ),
  ];
  return { Changes: changes.join('; ') || 'none', Kept: kept.join('; ') || 'none' };
}
