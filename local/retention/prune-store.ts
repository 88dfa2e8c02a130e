import { hostname } from 'node:os';
import { FukugenError } from '../../core/errors.ts';
import type { Retention } from '../../core/policy/index.ts';
import { isSafety, momentOf } from '../generation/identifier.ts';
import type { Held, Store } from '../stores/store.ts';
import { type Decision, decide } from './decide.ts';
import type { Memory } from './memory.ts';

/** Whose generations may be removed: those of the same policy on the same machine. */
export interface Owner {
  readonly policy: string;
  readonly host: string;
}

export interface PrunePlan extends Decision {
  readonly store: string;
  /** Generations that nothing decides about, with the reason. */
  readonly left: readonly { readonly generation: string; readonly reason: string }[];
}

/** For so long a generation stays that was taken right before a restore. */
const safetyDays = 30;

/**
 * What would go from a store. The policy's rules count moments of the source's life; generations that were taken right before a restore
 * are none that anybody chose, so they neither take a place in its histories nor go by its rules.
 *
 * @throws FukugenError `incomplete` when the newest run is not whole: what is there may be all that is good
 */
export async function planPrune(
  store: Store,
  retention: Retention,
  policy: string,
  memory: Memory,
  now = new Date(),
): Promise<PrunePlan> {
  const owner: Owner = { policy, host: hostname() };
  const held = await store.held();
  const own = held.filter((item) => leftBecause(item, owner) === undefined);
  const mine = own.filter(({ generation }) => !isSafety(generation));
  await requireHealth(store.name, mine, memory);
  const left = held.flatMap((item) => {
    const reason = leftBecause(item, owner);
    return reason === undefined ? [] : [{ generation: item.generation, reason }];
  });
  const { keep, remove } = decide(mine, retention, await memory.proofsOf(store.name), now);
  const before = decideSafety(
    own.filter(({ generation }) => isSafety(generation)),
    now,
  );
  return { store: store.name, keep: [...keep, ...before.keep], remove: [...remove, ...before.remove], left };
}

function decideSafety(held: readonly Held[], now: Date): Decision {
  const oldest = now.getTime() - safetyDays * 86_400_000;
  const isKept = (generation: string) => (momentOf(generation) as Date).getTime() > oldest;
  const generations = held.map(({ generation }) => generation);
  const reasons = [`taken right before a restore, kept for ${safetyDays} days`];
  return {
    keep: generations.filter(isKept).map((generation) => ({ generation, reasons })),
    remove: generations.filter((generation) => !isKept(generation)),
  };
}

export async function prune(store: Store, plan: PrunePlan, memory: Memory): Promise<void> {
  if (plan.remove.length === 0 && !(await store.isHalfRemoved?.())) return;
  await store.remove(plan.remove);
  await memory.forgetProofs(store.name, plan.remove);
}

function leftBecause(held: Held, owner: Owner): string | undefined {
  if (!held.owner) return 'its manifest cannot be read';
  if (held.owner.policy !== owner.policy) return `it belongs to the policy ${held.owner.policy}`;
  if (held.owner.host !== owner.host) return `it was taken on ${held.owner.host}`;
  return undefined;
}

async function requireHealth(store: string, mine: readonly Held[], memory: Memory): Promise<void> {
  const run = await memory.lastRun();
  const complaints = [
    ...(run && run.finishedAt === undefined ? [`the run that began at ${run.startedAt} did not end`] : []),
    ...(run?.complaints ?? []),
    // Another machine's memory, or none: the generation itself says whether it is whole.
    ...(mine[0]?.isWhole === false ? [`the newest generation, ${mine[0].generation}, is not whole`] : []),
  ];
  const [first] = complaints;
  if (first === undefined) return;
  throw new FukugenError('incomplete', `nothing is removed from ${store} while the newest run is not whole: ${first}`, {
    next: 'fukugen backup; once it is whole, the store is pruned',
  });
}
