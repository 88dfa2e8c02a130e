import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';

const shortest = 60;

export const startWindowMinimum: Rule = {
  id: 'start-window-minimum',
  looksAt: 'start windows of rules of plans',
  why: 'AWS Backup refuses the plan',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/APIReference/API_BackupRuleInput.html',
  fix: 'set StartWindowMinutes to 60 or more',
  isAcknowledgeable: false,
  find: (app) =>
    planRuleFindings(app, ({ name, startWindow }) =>
      startWindow === undefined || startWindow >= shortest
        ? []
        : [
            {
              at: 'StartWindowMinutes',
              sentence: `rule "${name}" has a start window of ${startWindow} minutes, and AWS Backup takes 60 at least`,
              fix: 'Set StartWindowMinutes to 60, in CDK startWindow: Duration.hours(1).',
            },
          ],
    ),
};
