import type { SynthesisedApp } from './app.ts';
import type { Finding } from './finding.ts';
import type { Plan, PlanRule } from './plan.ts';

/** A finding in a rule of a plan. */
interface PlanRuleFinding {
  /** Of the rule's property, from the rule on. */
  readonly at: string;
  readonly sentence: string;
  readonly fix: string;
}

/** Looks at every rule of every plan. */
export function planRuleFindings(
  app: SynthesisedApp,
  find: (rule: PlanRule, plan: Plan) => readonly PlanRuleFinding[],
): Finding[] {
  return app.plans.flatMap((plan) =>
    plan.rules.flatMap((rule) =>
      find(rule, plan).map(({ at, sentence, fix }, index) => ({
        resource: plan.resource,
        part: index === 0 ? rule.name : `${rule.name}.${index + 1}`,
        location: `${rule.location}/${at}`,
        sentence,
        fix,
      })),
    ),
  );
}
