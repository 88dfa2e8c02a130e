import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { chooseGenerationOf } from '../restore/choose-generation.ts';
import { settleInterrupted } from '../restore/settle-interrupted.ts';
import { compareSource } from '../sources/index.ts';
import { openSource } from '../stores/choose.ts';
import type { RunContext } from '../system/run-context.ts';
import { chooseSource, chooseStore, type Workspace } from '../workspace.ts';

export interface CompareOptions extends GlobalOptions {
  readonly store?: string;
  /** A generation's name, `latest`, or `before` and a moment. */
  readonly at: string;
}

/** What has changed since a generation was taken: the live source against its record. Reads only, once no killed restore is left half way. */
export async function compare(
  workspace: Workspace,
  name: string,
  options: CompareOptions,
  context: RunContext,
): Promise<Outcome> {
  const source = chooseSource(workspace, name);
  const store = chooseStore(workspace, options.store, source);
  const generation = await chooseGenerationOf(store, name, options.at);
  const from = { source: name, store: store.name, generation };
  if (options.dryRun) {
    return {
      status: exitStatus.success,
      json: { dryRun: true, ...from },
      text: `would compare ${name} with ${generation} in ${store.name}`,
      isAnswer: true,
    };
  }
  await settleInterrupted(workspace);
  context.progress.stage(`comparing ${name} with ${generation}`);
  const proof = await openSource(store, generation, source, (folder, record) =>
    compareSource(source, folder, record, context),
  );
  const status = { identical: exitStatus.success, different: exitStatus.mismatch, incomplete: exitStatus.incomplete }[
    proof.verdict
  ];
  return {
    status,
    json: { ...from, ...proof },
    text: `${name} now, compared with ${generation}:\n${proof.text}`,
    isAnswer: true,
  };
}
