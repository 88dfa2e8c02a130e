import { isTransient } from '../operator/errors.ts';
import { identityOf, looksLikeScratch, type Thing } from '../operator/scratch.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import { scratchTags } from '../shared/drill-plan.ts';
import type { JanitorHost } from './host.ts';
import type { JanitorReport } from './messages.ts';

/** What there was to do, and whether everything was looked at. */
export interface Sweep extends JanitorReport {
  readonly isComplete: boolean;
}

/**
 * Removes what a drill left: its time is over, or its execution is. What a running execution still works with stays, and so
 * does everything that is not a scratch beyond doubt. What cannot be listed or removed does not stop the rest.
 */
export async function sweep(host: JanitorHost): Promise<Sweep> {
  const report = {
    removed: [] as string[],
    waiting: [] as string[],
    foreign: [] as string[],
    failures: [] as string[],
  };
  let isComplete = true;
  for (const [kind, list] of Object.entries(host.lists)) {
    try {
      for (const thing of await list()) await look(thing, host, report);
    } catch (error) {
      isComplete = false;
      report.failures.push(`every ${kind}: ${(error as Error).name}: ${(error as Error).message}`);
    }
  }
  return { ...report, isComplete };
}

async function look(thing: Thing, host: JanitorHost, report: Readonly<Record<keyof JanitorReport, string[]>>) {
  const { plan, guard } = host;
  if (!looksLikeScratch(plan, thing)) return;
  const name = `${thing.kind} ${thing.id}`;
  const identity = identityOf(plan, thing);
  if (!identity) {
    report.foreign.push(`${name}: its tags do not say that it is a restore drill's of the policy ${plan.policy}`);
    return;
  }
  try {
    if (thing.status === 'deleting' || !(await isOver(thing, identity.execution, host))) return;
    await guard.remove(thing, identity);
    report.removed.push(name);
  } catch (error) {
    const { name: type, message } = error as Error;
    if (type === 'NotOurs') report.foreign.push(message);
    else if (isTransient(error)) report.waiting.push(`${name}: ${message}`);
    else report.failures.push(`${name}: ${type}: ${message}`);
  }
}

async function isOver({ tags }: Thing, execution: string, { notebook, now }: JanitorHost): Promise<boolean> {
  // A moment that cannot be read is not over: the end of the execution decides then.
  if (now().getTime() > Date.parse(tags[scratchTags.until] ?? '')) return true;
  return (await notebook.read(drillKeys.ended(execution))) !== undefined;
}
