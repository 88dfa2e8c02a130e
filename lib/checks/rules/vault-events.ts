import type { Rule } from '../finding.ts';
import { listOf, mapOf } from '../resource.ts';

/** Accepted, and never sent. */
const retired = new Set([
  'BACKUP_JOB_SUCCESSFUL',
  'BACKUP_JOB_FAILED',
  'BACKUP_JOB_EXPIRED',
  'RESTORE_JOB_SUCCESSFUL',
  'RESTORE_JOB_FAILED',
  'BACKUP_PLAN_CREATED',
  'BACKUP_PLAN_MODIFIED',
]);

export const vaultEvents: Rule = {
  id: 'vault-events',
  looksAt: 'the events that a vault is to notify of',
  why: 'retired events are accepted and never sent, so a failure goes unnoticed; CDK asks for all of them by default',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/APIReference/API_PutBackupVaultNotifications.html',
  fix: 'name BACKUP_JOB_COMPLETED, COPY_JOB_FAILED and RESTORE_JOB_COMPLETED, or use EventBridge rules',
  isAcknowledgeable: true,
  find: (app) =>
    app.ofType('AWS::Backup::BackupVault').flatMap((resource) => {
      const events = listOf(mapOf(resource.properties.Notifications).BackupVaultEvents).map(String);
      const found = events.filter((event) => retired.has(event));
      if (found.length === 0) return [];
      return [
        {
          resource,
          location: 'Properties/Notifications/BackupVaultEvents',
          sentence: `vault ${resource.properties.BackupVaultName} is to notify of ${found.join(', ')}, which AWS Backup no longer sends`,
          fix: 'Use BACKUP_JOB_COMPLETED (it tells the failed too), COPY_JOB_FAILED and RESTORE_JOB_COMPLETED, in CDK notificationEvents.',
        },
      ];
    }),
};
