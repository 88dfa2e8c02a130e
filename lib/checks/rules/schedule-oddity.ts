import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';

export const scheduleOddity: Rule = {
  id: 'schedule-oddity',
  looksAt: 'cron expressions that AWS Backup takes, and runs otherwise than they read',
  why: 'expressions are evaluated within one day, so 0 22/3 runs at 22:00 only; under an hour apart runs are left out',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html',
  fix: 'list the hours of a day, at least an hour apart',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, ({ name, expression, cron }) =>
      cron && cron.oddities.length > 0
        ? [
            {
              at: 'ScheduleExpression',
              sentence: `rule "${name}" has the schedule "${expression}": ${cron.oddities.join('; ')}`,
              fix: 'List the hours of a day, such as cron(0 1,4,7,10,13,16,19,22 * * ? *).',
            },
          ]
        : [],
    ),
};
