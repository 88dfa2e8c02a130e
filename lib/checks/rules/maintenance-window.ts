import { overlap, read } from '../../../core/policy/windows.ts';
import type { Rule } from '../finding.ts';
import { textOf } from '../resource.ts';
import { rulesThatStartIn, week } from '../start-windows.ts';

const hourBefore = 60;

export const maintenanceWindow: Rule = {
  id: 'maintenance-window',
  looksAt:
    'the maintenance window of a database other than Aurora and the hour before it, against the same start windows',
  why: 'snapshot jobs that start in it, or in the hour before it, fail',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html',
  fix: 'move the maintenance window so that it begins more than an hour after a start window has ended',
  isAcknowledgeable: true,
  find: (app) =>
    app.databases.flatMap((database) => {
      const setting = database.settings.maintenanceWindow;
      const window = textOf(database.resource.properties[setting])?.toLowerCase();
      if (!window || database.isAurora) return [];
      const { start, length } = read(window);
      const reach = { start: start - hourBefore, length: hourBefore + length };
      const hits = rulesThatStartIn(app, database, (one) => overlap(one, reach, week));
      if (hits.length === 0) return [];
      return [
        {
          resource: database.resource,
          location: `Properties/${setting}`,
          sentence: `the maintenance window of ${database.name} is "${window}" UTC; in it or in the hour before it ${hits.join(' and ')}`,
          fix: `Move ${setting}: it and the hour before it fit between two start windows of the plan.`,
        },
      ];
    }),
};
