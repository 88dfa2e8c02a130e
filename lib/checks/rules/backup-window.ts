import { overlap, read } from '../../../core/policy/windows.ts';
import type { Rule } from '../finding.ts';
import { textOf } from '../resource.ts';
import { rulesThatStartIn } from '../start-windows.ts';

export const backupWindow: Rule = {
  id: 'backup-window',
  looksAt: 'the backup window of a database, against the start windows of the plans that select it',
  why: 'the lineage of the backups can branch into ones that conflict',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html',
  fix: 'move the backup window between the start windows',
  isAcknowledgeable: true,
  find: (app) =>
    app.databases.flatMap((database) => {
      const setting = database.settings.backupWindow;
      const window = textOf(database.resource.properties[setting]);
      if (!window) return [];
      const hits = rulesThatStartIn(app, database, (start) => overlap(start, read(window)));
      if (hits.length === 0) return [];
      return [
        {
          resource: database.resource,
          location: `Properties/${setting}`,
          sentence: `the backup window of ${database.name} is "${window}" UTC, in which ${hits.join(' and ')}`,
          fix: `Move ${setting}, at least 30 minutes long, between the start windows of the plan.`,
        },
      ];
    }),
};
