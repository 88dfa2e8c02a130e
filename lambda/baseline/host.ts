import type { CheckerRequest } from '../checker/messages.ts';
import type { Credentials } from '../shared/credentials.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import type { Notebook } from '../shared/notebook.ts';

/** What the baseline needs of the world. It only reads, but for its own notes. */
export interface BaselineHost {
  readonly plan: DrillPlan;
  readonly notebook: Pick<Notebook, 'settle'>;
  now(): Date;
  /** How long this invocation may still take. */
  remainingMilliseconds(): number;
  /** @returns `undefined` when there is no such database, or nothing answers for it yet */
  endpoint(kind: 'instance' | 'cluster', identifier: string): Promise<Endpoint | undefined>;
  credentials(secret: string): Promise<Credentials>;
  /** @throws what the checker threw */
  ask(reader: string, request: CheckerRequest): Promise<unknown>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}
