import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';

export const startWindow: Rule = {
  id: 'start-window',
  looksAt: 'rules of plans without a start window',
  why: 'AWS Backup then takes 8 hours, which reach into later runs, and of two that overlap only one is made',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html',
  fix: 'set StartWindowMinutes to 60',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, (rule) =>
      rule.properties.StartWindowMinutes !== undefined
        ? []
        : [
            {
              at: 'StartWindowMinutes',
              sentence: `rule "${rule.name}" has no start window, so AWS Backup takes 8 hours`,
              fix: 'Set StartWindowMinutes to 60, in CDK startWindow: Duration.hours(1).',
            },
          ],
    ),
};
