import type { Guard } from '../operator/guard.ts';
import type { Thing, ThingKind } from '../operator/scratch.ts';
import type { Metric } from '../sentinel/metrics.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import type { Notebook } from '../shared/notebook.ts';

/** What the janitor needs of the world. All that changes RDS is behind the operator's guard. */
export interface JanitorHost {
  readonly plan: DrillPlan;
  readonly region: string;
  readonly notebook: Notebook;
  readonly guard: Guard;
  now(): Date;
  /** Everything of a kind in the Region, by kind, in the order in which it may be deleted. */
  readonly lists: Readonly<Record<ThingKind, () => Promise<readonly Thing[]>>>;
  publish(metrics: readonly Metric[]): Promise<void>;
}
