import type { Rule } from '../finding.ts';
import { isKnown, numberOf } from '../resource.ts';

const longest = 35;

export const auroraRetention: Rule = {
  id: 'aurora-retention',
  looksAt: 'how far automated backups of an Aurora cluster reach, against the rule of its plan that runs most often',
  why: 'snapshots are free while automated backups reach as far back, and charged for in full after that',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-storage-backup.html',
  fix: 'set BackupRetentionPeriod a day longer than the rule keeps',
  isAcknowledgeable: true,
  find: (app) =>
    app.databases.flatMap((database) => {
      const { settings, isAdopted } = database;
      const given = database.resource.properties[settings.retention];
      if (database.kind !== 'cluster' || !database.isAurora || !isKnown(given)) return [];
      // Aurora keeps a day where nothing is said.
      const retention = numberOf(given) ?? 1;
      const [rule] = app.plans
        .filter((plan) => plan.databases.includes(database))
        .flatMap((plan) => plan.rules)
        .toSorted((one, other) => (other.cron?.starts.length ?? 0) - (one.cron?.starts.length ?? 0));
      // More than a retention can be: longer generations are paid for, which is no mistake.
      if (rule?.keep === undefined || rule.keep >= longest || retention > rule.keep) return [];
      return [
        {
          resource: database.resource,
          location: `Properties/${settings.retention}`,
          sentence: `${database.name} keeps automated backups for ${retention} days, and rule "${rule.name}" its snapshots for ${rule.keep}`,
          fix: isAdopted
            ? `Set ${settings.retention} to ${rule.keep + 1}, in the policy automatedBackupRetention: '${rule.keep + 1}d'.`
            : `Set ${settings.retention} to ${rule.keep + 1}, in CDK backup: { retention: Duration.days(${rule.keep + 1}) }.`,
        },
      ];
    }),
};
