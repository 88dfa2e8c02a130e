import type { Rule } from '../finding.ts';
import { hasNoEnd } from '../plan.ts';
import { planRuleFindings } from '../plan-rules.ts';

export const lifecycle: Rule = {
  id: 'lifecycle',
  looksAt: 'rules of plans without a lifecycle',
  why: 'their recovery points are kept, and paid for, for ever',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html',
  fix: 'set Lifecycle.DeleteAfterDays',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, (rule) =>
      hasNoEnd(rule.properties)
        ? [
            {
              at: 'Lifecycle',
              sentence: `rule "${rule.name}" does not say when its recovery points end, so they are kept for ever`,
              fix: 'Set Lifecycle.DeleteAfterDays, in CDK deleteAfter.',
            },
          ]
        : [],
    ),
};
