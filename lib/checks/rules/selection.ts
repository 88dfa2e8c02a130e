import type { Rule } from '../finding.ts';
import { mapOf } from '../resource.ts';
import { isPattern, type Selection } from '../selection.ts';

const operators = ['StringEquals', 'StringLike'];
const exclusions = ['StringNotEquals', 'StringNotLike'];

export const selection: Rule = {
  id: 'selection',
  looksAt: 'selections by tag, or by a pattern that fits databases',
  why: 'a restored database inherits the tags of its source, so a scratch of a drill is backed up as production',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html',
  fix: 'select databases by their exact ARN',
  isAcknowledgeable: true,
  find: (app) =>
    app.plans.flatMap((plan) =>
      plan.selections.flatMap((one) => {
        const by = [...tagsOf(one), ...one.arns.filter(isPattern).map((arn) => `the pattern ${arn}`)];
        // An exclusion by tag shows that somebody has thought of the scratch.
        if (by.length === 0 || exclusions.some((operator) => one.conditions[operator] !== undefined)) return [];
        return [
          {
            resource: one.resource,
            location: 'Properties/BackupSelection',
            sentence: `the selection takes whatever fits ${by.join(' and ')}, a restored scratch database included`,
            fix: 'Name databases by ARN in Resources, in CDK BackupResource.fromArn or fromConstruct.',
          },
        ];
      }),
    ),
};

function tagsOf({ tags, conditions, arns }: Selection): string[] {
  // Conditions only narrow what exact ARNs name.
  const areExact = arns.length > 0 && !arns.some(isPattern);
  const conditionTags = areExact ? [] : operators.flatMap((operator) => Object.values(mapOf(conditions[operator])));
  return [
    ...tags.map(([key, value]) => `the tag ${key}=${value}`),
    ...conditionTags.map((condition) => `the tag ${mapOf(condition).ConditionKey}=${mapOf(condition).ConditionValue}`),
  ];
}
