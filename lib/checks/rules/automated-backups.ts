import type { Rule } from '../finding.ts';
import { numberOf } from '../resource.ts';

export const automatedBackups: Rule = {
  id: 'automated-backups',
  looksAt: 'instances whose automated backups are off',
  why: 'there is no point-in-time recovery, and turning them on later is an outage',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html',
  fix: 'set BackupRetentionPeriod to 7 or more',
  isAcknowledgeable: true,
  find: (app) =>
    app.databases
      .filter(({ resource }) => numberOf(resource.properties.BackupRetentionPeriod) === 0)
      .map(({ resource, name }) => ({
        resource,
        location: 'Properties/BackupRetentionPeriod',
        sentence: `${name} has BackupRetentionPeriod 0, so it has no automated backups and no point-in-time recovery`,
        fix: 'Set BackupRetentionPeriod to 7 or more, in CDK backupRetention: Duration.days(14).',
      })),
};
