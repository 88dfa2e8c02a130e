import type { PlanRule } from './host.ts';
import type { ExpectedRule } from './inventory.ts';

/**
 * Where the rules of a plan are not as declared, each as a sentence for the log. Whatever decides when a recovery point is made
 * has to be the same; what is kept for longer is no drift. A rule that was added is one: of two rules whose start windows
 * overlap, AWS Backup runs one only
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html).
 *
 * @param vault - that every rule of this app puts its recovery points into
 */
export function driftOfPlan(
  plan: string,
  vault: string,
  expected: readonly ExpectedRule[],
  found: readonly PlanRule[],
): string[] {
  const added = found.filter(({ name }) => expected.every((one) => one.name !== name));
  return [
    ...expected.flatMap((rule) => {
      const same = found.find(({ name }) => name === rule.name);
      const drift = same ? driftOfRule(rule, vault, same) : ['is not there'];
      return drift.map((what) => `rule "${rule.name}" of plan ${plan} ${what}`);
    }),
    ...added.map(({ name }) => `rule "${name}" of plan ${plan} is not declared`),
  ];
}

function driftOfRule(expected: ExpectedRule, vault: string, found: PlanRule): string[] {
  const { schedule, timezone, startWindow, completionWindow, keep, copyTo, copyKeep } = expected;
  const differs = (what: string, is: string | number | undefined, should: string | number) =>
    is === should ? [] : [`${what} ${is ?? 'as AWS chooses'}, not ${should}`];
  const ends = (what: string, days: number | undefined, should: number) =>
    days !== undefined && days < should ? [`${what} ${days} days, not ${should}`] : [];
  const copy = found.copies.find(({ to }) => to === copyTo);
  return [
    ...differs('runs at', found.schedule, schedule),
    ...differs('runs in the timezone', found.timezone, timezone),
    ...differs('starts within minutes', found.startWindow, startWindow),
    ...differs('completes within minutes', found.completionWindow, completionWindow),
    ...differs('fills the vault', found.vault, vault),
    ...(found.isContinuous ? ['takes over the automated backups'] : []),
    ...ends('keeps recovery points', found.keep, keep),
    ...(copyTo !== undefined && !copy ? [`does not copy to ${copyTo}`] : []),
    ...(copy && copyKeep !== undefined ? ends('keeps copies', copy.keep, copyKeep) : []),
  ];
}
