import type { Rule } from '../finding.ts';
import { hasNoEnd } from '../plan.ts';
import { planRuleFindings } from '../plan-rules.ts';

export const copyLifecycle: Rule = {
  id: 'copy-lifecycle',
  looksAt: 'copy actions without a lifecycle of their own',
  why: 'AWS says that a copy inherits it, CDK that it is kept for ever',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html',
  fix: 'set the Lifecycle.DeleteAfterDays of the copy action',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, (rule) =>
      rule.copies.flatMap((copy, index) =>
        hasNoEnd(copy.properties)
          ? [
              {
                at: `CopyActions/${index}/Lifecycle`,
                sentence: `a copy of rule "${rule.name}" does not say when it ends`,
                fix: 'Set Lifecycle.DeleteAfterDays on the copy action, in CDK its deleteAfter.',
              },
            ]
          : [],
      ),
    ),
};
