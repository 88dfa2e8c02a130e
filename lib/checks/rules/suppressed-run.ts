import type { SynthesisedApp } from '../app.ts';
import type { Rule } from '../finding.ts';
import type { Plan, PlanRule } from '../plan.ts';

interface OwnedRule {
  readonly plan: Plan;
  readonly rule: PlanRule;
}

export const suppressedRun: Rule = {
  id: 'suppressed-run',
  looksAt: 'two rules that back up the same database, and may start at the same time',
  why: 'AWS Backup runs only the one that keeps longer, and the other silently leaves a gap',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html',
  fix: 'leave the runs of the longer rule out of the schedule of the shorter one',
  isAcknowledgeable: true,
  find: (app) =>
    pairs(app).flatMap(([one, other]) => {
      const count = overlaps(one.rule, other.rule);
      if (count === 0) return [];
      const [shorter, longer] =
        (one.rule.keep ?? Infinity) <= (other.rule.keep ?? Infinity) ? [one, other] : [other, one];
      return [
        {
          resource: shorter.plan.resource,
          part: `${shorter.rule.name}.${longer.rule.name}`,
          location: `${shorter.rule.location}/ScheduleExpression`,
          sentence: `${described(shorter.rule)} and ${described(longer.rule)} have start windows that overlap ${count} times in two years, and each time only one of them runs`,
          fix: `Leave the runs of "${longer.rule.name}" out of the schedule of "${shorter.rule.name}", or set their start windows apart.`,
        },
      ];
    }),
};

function pairs(app: SynthesisedApp): [OwnedRule, OwnedRule][] {
  const all = app.plans.flatMap((plan) => plan.rules.map((rule): OwnedRule => ({ plan, rule })));
  return all.flatMap((one, index) =>
    all
      .slice(index + 1)
      .filter(
        ({ plan }) => plan === one.plan || plan.databases.some((database) => one.plan.databases.includes(database)),
      )
      .map((other): [OwnedRule, OwnedRule] => [one, other]),
  );
}

/** By the local clock where both keep the same, which is exact also on the days when it changes. */
function overlaps(one: PlanRule, other: PlanRule): number {
  if (!one.cron || !other.cron || one.startWindow === undefined || other.startWindow === undefined) return 0;
  const [oneWindow, otherWindow] = [one.startWindow, other.startWindow];
  const key = one.cron.timezone === other.cron.timezone ? 'localStarts' : 'starts';
  const starts = other.cron[key].toSorted((a, b) => a - b);
  let [count, from] = [0, 0];
  for (const start of one.cron[key].toSorted((a, b) => a - b)) {
    while (from < starts.length && (starts[from] as number) + otherWindow <= start) from += 1;
    if (from < starts.length && (starts[from] as number) < start + oneWindow) count += 1;
  }
  return count;
}

function described({ name, startWindow, keep }: PlanRule): string {
  return `"${name}" (start window ${startWindow} minutes, kept ${keep === undefined ? 'for ever' : `${keep} days`})`;
}
