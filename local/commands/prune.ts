import { FukugenError } from '../../core/errors.ts';
import type { Retention } from '../../core/policy/index.ts';
import { exitStatus, statusOf } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { table } from '../console/table.ts';
import { Memory } from '../retention/memory.ts';
import { type PrunePlan, planPrune, prune as pruneStore } from '../retention/prune-store.ts';
import type { Store } from '../stores/store.ts';
import type { RunContext } from '../system/run-context.ts';
import { chooseStores, type Workspace } from '../workspace.ts';

export interface PruneOptions extends GlobalOptions {
  readonly store?: string;
}

/** What became of one store. */
export interface Pruned {
  readonly store: string;
  /** @default - there is an error */
  readonly plan?: PrunePlan;
  readonly error?: FukugenError;
}

/** Removes the generations that the policy no longer keeps. */
export async function prune(workspace: Workspace, options: PruneOptions, context: RunContext): Promise<Outcome> {
  const stores = chooseStores(workspace, options.store);
  const pruned = await pruneStores(workspace, stores, options.dryRun ?? false, context);
  if (pruned.length === 0) {
    throw new FukugenError('policy', `the policy does not say what ${options.store ?? 'any store'} keeps`, {
      next: 'add retention: 14d, or 14/8/6 for days, weeks and months, beside the stores',
    });
  }
  const [failed] = pruned.flatMap(({ error }) => error ?? []);
  return {
    status: failed ? statusOf(failed.code) : exitStatus.success,
    json: { dryRun: options.dryRun ?? false, stores: pruned.map(toJson) },
    text: pruned.map((one) => toText(one, options.dryRun ?? false)).join('\n\n'),
    // What was removed is asked for by hand; cron reads it only when something is wrong.
    isAnswer: options.dryRun ?? false,
  };
}

/** Stores without retention keep everything and are passed over; one that fails does not stop the others. */
export async function pruneStores(
  workspace: Workspace,
  stores: readonly Store[],
  dryRun: boolean,
  context: RunContext,
): Promise<Pruned[]> {
  const memory = new Memory(workspace.state);
  const pruned: Pruned[] = [];
  for (const store of stores) {
    const retention: Retention | undefined = workspace.retention[store.name];
    if (!retention) continue;
    context.progress.stage(`looking for what ${store.name} no longer keeps`);
    try {
      const plan = await planPrune(store, retention, workspace.name, memory);
      if (!dryRun) await pruneStore(store, plan, memory);
      pruned.push({ store: store.name, plan });
    } catch (error) {
      if (!(error instanceof FukugenError) || error.code === 'cancelled') throw error;
      pruned.push({ store: store.name, error });
    }
  }
  return pruned;
}

function toJson({ store, plan, error }: Pruned): unknown {
  return error ? { store, code: error.code, message: error.message } : plan;
}

function toText({ store, plan, error }: Pruned, dryRun: boolean): string {
  if (!plan) return `${store}: NOT PRUNED, ${error?.message}${error?.next ? `\n  next: ${error.next}` : ''}`;
  const [keep, remove] = dryRun ? ['keep', 'would remove'] : ['kept', 'removed'];
  const rows = [
    ...plan.keep.map(({ generation, reasons }) => [generation, keep, reasons.join(', ')]),
    ...plan.remove.map((generation) => [generation, remove, 'no rule keeps it']),
    ...plan.left.map(({ generation, reason }) => [generation, 'left alone', reason]),
  ].sort(([a], [b]) => ((a as string) < (b as string) ? 1 : -1));
  const sum = `${store}: ${plan.keep.length} ${keep}, ${plan.remove.length} ${remove}`;
  return rows.length === 0 ? `${store}: no generation yet` : `${sum}\n${table(['GENERATION', '', 'WHY'], rows)}`;
}
