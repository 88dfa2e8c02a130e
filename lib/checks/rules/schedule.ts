import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';

export const schedule: Rule = {
  id: 'schedule',
  looksAt: 'cron expressions and timezones of rules of plans',
  why: 'AWS Backup refuses the plan, which CloudFormation tells only at deployment',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html',
  fix: 'write cron(minutes hours day-of-month month day-of-week year) with ? for one of the days',
  isAcknowledgeable: false,
  find: (app) =>
    planRuleFindings(app, ({ name, expression, cron }) =>
      cron && cron.mistakes.length > 0
        ? [
            {
              at: 'ScheduleExpression',
              sentence: `rule "${name}" has the schedule "${expression}": ${cron.mistakes.join('; ')}`,
              fix: 'Write cron(minutes hours day-of-month month day-of-week year), such as cron(0 0/3 * * ? *).',
            },
          ]
        : [],
    ),
};
