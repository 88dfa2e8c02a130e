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
      .filter(({ resource, settings }) => numberOf(resource.properties[settings.retention]) === 0)
      .map(({ resource, settings: { retention }, name, isAdopted }) => ({
        resource,
        location: `Properties/${retention}`,
        sentence: `${name} has ${retention} 0, so it has no automated backups and no point-in-time recovery`,
        fix: isAdopted
          ? `Set ${retention} to 7 or more, in the policy automatedBackupRetention: '14d'.`
          : `Set ${retention} to 7 or more, in CDK backupRetention: Duration.days(14).`,
      })),
};
