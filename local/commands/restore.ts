import { confirm, requireSomeone } from '../console/confirm.ts';
import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { restoreSourceBeside } from '../sources/index.ts';
import type { Beside, Proof } from '../sources/source.ts';
import { chooseGeneration, openSource } from '../stores/choose.ts';
import type { Store } from '../stores/store.ts';
import type { RunContext } from '../system/run-context.ts';
import { chooseSource, chooseStores, type Workspace } from '../workspace.ts';

export interface RestoreOptions extends GlobalOptions {
  readonly store?: string;
  /** A generation's name, or `latest`. */
  readonly at: string;
  /** Restore next to what is there, compare, and stop. */
  readonly beside?: boolean;
  /** Do not ask. */
  readonly yes?: boolean;
}

/** Beside, compare, swap: nothing that is there now is overwritten or removed. */
export async function restore(
  workspace: Workspace,
  name: string,
  options: RestoreOptions,
  context: RunContext,
): Promise<Outcome> {
  const source = chooseSource(workspace, name);
  // The first store that the policy names is the nearest one.
  const [store] = chooseStores(workspace, options.store) as [Store];
  const generation = await chooseGeneration(store, options.at);
  if (options.dryRun) {
    const text = `would restore ${name} from ${generation} in ${store.name} beside the original, compare it${options.beside ? '' : ', and put it in place'}`;
    return {
      status: exitStatus.success,
      json: { dryRun: true, source: name, store: store.name, generation },
      text,
      isAnswer: true,
    };
  }
  if (!options.beside && !options.yes) requireSomeone();
  context.progress.stage(`fetching ${generation} from ${store.name}`);
  return openSource(store, generation, source, async (folder, record) => {
    context.progress.stage(`restoring ${name} beside the original`);
    const beside = await restoreSourceBeside(source, folder, record, context);
    context.progress.end();
    return finish(beside, { source: name, store: store.name, generation }, options);
  });
}

interface From {
  readonly source: string;
  readonly store: string;
  readonly generation: string;
}

async function finish(beside: Beside, from: From, options: RestoreOptions): Promise<Outcome> {
  const { proof } = beside;
  const json = { ...from, beside: beside.name, verdict: proof.verdict, detail: proof.detail };
  if (proof.verdict === 'different') {
    const text = `restored as ${beside.name}, but it is NOT what was backed up; it was not put in place\n${proof.text}`;
    return { status: exitStatus.mismatch, json: { ...json, inPlace: false }, text, isAnswer: true };
  }
  if (options.beside || !(options.yes || (await confirm(`${proof.text}\n${beside.question}`)))) {
    return {
      status: statusFor(proof),
      json: { ...json, inPlace: false },
      text: `restored as ${beside.name}\n${proof.text}`,
      isAnswer: true,
    };
  }
  const { inPlace, kept, undo } = await beside.swap();
  const lines = [`${inPlace} is restored from ${from.generation} in ${from.store}`, proof.text];
  if (kept) lines.push(`what was there is kept as ${kept}; to go back:`, ...undo.map((command) => `  ${command}`));
  return {
    status: statusFor(proof),
    json: { ...json, inPlace: true, kept: kept ?? null, undo },
    text: lines.join('\n'),
    isAnswer: true,
  };
}

function statusFor(proof: Proof): number {
  return proof.verdict === 'incomplete' ? exitStatus.incomplete : exitStatus.success;
}
