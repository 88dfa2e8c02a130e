import type { Stretch } from '../../core/policy/windows.ts';
import type { SynthesisedApp } from './app.ts';
import type { Database } from './database.ts';
import type { PlanRule } from './plan.ts';

export const week = 7 * 1_440;

/** The start windows of a rule as minutes of the week from Monday, UTC, each once; whatever the clocks do in two years. */
function startWindows({ cron, startWindow }: PlanRule, now: Date): Stretch[] {
  if (!cron || startWindow === undefined) return [];
  const firstDay = (new Date(Date.UTC(now.getUTCFullYear(), 0, 1)).getUTCDay() + 6) % 7;
  const starts = new Set(cron.starts.map((start) => (((start + firstDay * 1_440) % week) + week) % week));
  return [...starts].map((start) => ({ start, length: startWindow }));
}

/**
 * Says of every rule that selects a database, and has a start window that hits, when that is. A continuous rule is left
 * out: with one, AWS Backup owns the windows of the database.
 */
export function rulesThatStartIn(app: SynthesisedApp, database: Database, hits: (start: Stretch) => boolean): string[] {
  const rules = app.plans.filter((plan) => plan.databases.includes(database)).flatMap((plan) => plan.rules);
  if (rules.some((rule) => rule.isContinuous)) return [];
  return rules.flatMap((rule) => {
    const hit = startWindows(rule, app.now).find(hits);
    if (!hit) return [];
    return [`rule "${rule.name}" may start from ${time(hit.start)} to ${time(hit.start + hit.length)}`];
  });
}

function time(minute: number): string {
  const clock = (value: number) => String(value).padStart(2, '0');
  return `${clock(Math.floor(minute / 60) % 24)}:${clock(minute % 60)}`;
}
