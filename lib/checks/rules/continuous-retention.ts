import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';

export const continuousRetention: Rule = {
  id: 'continuous-retention',
  looksAt: 'continuous rules that select a database whose retention is in a template',
  why: 'AWS Backup then owns the retention, and the next deployment that changes it is refused',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html',
  fix: 'make the rule take snapshots only, and leave point-in-time recovery to RDS',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, (rule, plan) => {
      const owned = plan.databases.filter(
        ({ resource, settings }) => resource.properties[settings.retention] !== undefined,
      );
      if (!rule.isContinuous || owned.length === 0) return [];
      const names = owned.map(
        ({ name, resource, settings: { retention } }) => `${name} (${retention} ${resource.properties[retention]})`,
      );
      return [
        {
          at: 'EnableContinuousBackup',
          sentence: `rule "${rule.name}" is continuous and takes over the retention of ${names.join(', ')}`,
          fix: 'Set EnableContinuousBackup to false; the automated backups of RDS give point-in-time recovery already.',
        },
      ];
    }),
};
