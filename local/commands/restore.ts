import { FukugenError } from '../../core/errors.ts';
import { confirm, requireSomeone } from '../console/confirm.ts';
import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { generationAt } from '../generation/identifier.ts';
import type { SourceRecord } from '../generation/manifest.ts';
import { connectionOf, databaseOf } from '../postgres/connection.ts';
import { partText } from '../postgres/part.ts';
import { renaming } from '../postgres/swap-database.ts';
import { askForRestore } from '../restore/ask.ts';
import { chooseGenerationOf } from '../restore/choose-generation.ts';
import { RestoreJournal } from '../restore/journal.ts';
import { isTaken } from '../restore/put-back.ts';
import { restoreSelection } from '../restore/restore-selection.ts';
import { type Safety, safetyStore, takeSafety } from '../restore/safety.ts';
import { type Selection, selectionOf, selectionText } from '../restore/selection.ts';
import { settleSource } from '../restore/settle-interrupted.ts';
import { restoreSourceBeside, type Source } from '../sources/index.ts';
import type { Beside, Proof } from '../sources/source.ts';
import { openSource } from '../stores/choose.ts';
import type { Store } from '../stores/store.ts';
import type { RunContext } from '../system/run-context.ts';
import { chooseSource, chooseStore, type Workspace } from '../workspace.ts';

export interface RestoreOptions extends GlobalOptions, Selection {
  readonly store?: string;
  /** A generation's name, `latest`, or `before` and a moment. */
  readonly at: string;
  /** Put it in place of what is there now. */
  readonly inPlace?: boolean;
  /** Do not ask. */
  readonly yes?: boolean;
  /**
   * Whether what is there now is backed up before it is replaced.
   * @default true
   */
  readonly safety?: boolean;
}

/** To a new place, compared; and in place only when told so, with the old one kept. */
export async function restore(
  workspace: Workspace,
  name: string | undefined,
  given: RestoreOptions,
  context: RunContext,
): Promise<Outcome> {
  const journal = new RestoreJournal(workspace.state);
  const asked = name === undefined ? await askForRestore(workspace, given) : { ...given, source: name };
  const { source: chosen, ...options } = asked;
  const source = chooseSource(workspace, chosen);
  const selection = selectionOf(source, options);
  requireSense(options, selection);
  const store = chooseStore(workspace, options.store, source);
  const generation = await chooseGenerationOf(store, source.name, options.at);
  const plan: Plan = { source, store, generation, selection };
  if (options.dryRun) return preview(workspace, plan, options);
  if (options.inPlace && !options.yes) requireSomeone();
  await using _lock = await journal.lock(source.name, 'restore');
  await settleSource(workspace, journal, source.name);
  context.progress.stage(`fetching ${generation} from ${store.name}`);
  // Awaited here, or the lock would be gone before the work begins.
  return await openSource(store, generation, source, async (folder, record) => {
    if (options.inPlace) await requireWhole(source, record);
    const safety = options.inPlace ? await takeSafety(workspace, source, options, context) : undefined;
    context.progress.stage(`restoring ${source.name} to a new place`);
    if (selection) {
      const part = await restoreSelection(source, folder, record, selection, context);
      context.progress.end();
      return inNewPlace(plan, part);
    }
    const beside = await restoreSourceBeside(source, folder, record, context);
    context.progress.end();
    if (!safety) return inNewPlace(plan, beside);
    return inPlace(workspace, plan, beside, safety, journal, options);
  });
}

interface Plan {
  readonly source: Source;
  readonly store: Store;
  readonly generation: string;
  readonly selection: Selection | undefined;
}

/** @throws FukugenError `usage` when a part of a database would take the place of the whole */
async function requireWhole(source: Source, { detail }: SourceRecord): Promise<void> {
  if (detail.kind !== 'postgres' || !detail.part || source.kind !== 'postgres') return;
  const live = databaseOf(await connectionOf(source.settings));
  if (!(await isTaken(source, live))) return;
  throw new FukugenError(
    'usage',
    `the backup has a part of the database (${partText(detail.part)}), which would take the place of the whole of ${live}`,
    {
      next: `leave --in-place out, and take from the new database what is needed; or give ${live} another name first: ${renaming(live, `${live}_whole`)};`,
    },
  );
}

function requireSense({ inPlace, yes, safety }: RestoreOptions, selection: Selection | undefined): void {
  if (inPlace && selection) {
    throw new FukugenError('usage', 'a part of a source is restored to a new place, never in place of the whole', {
      next: 'leave --in-place out, and take from the new place what is needed',
    });
  }
  if (inPlace || (!yes && safety !== false)) return;
  throw new FukugenError('usage', `${yes ? '--yes' : '--no-safety'} is for a restore in place; this one goes beside`, {
    next: 'add --in-place to replace what is there now, or leave it out',
  });
}

function preview(workspace: Workspace, plan: Plan, { inPlace, safety }: RestoreOptions): Outcome {
  const { source, store, generation, selection } = plan;
  const what = selection ? `${selectionText(selection)} of ${source.name}` : source.name;
  const first = safety === false ? undefined : safetyStore(workspace, source)?.name;
  const steps = [
    ...(inPlace ? [`would take ${first ? `a safety generation in ${first}` : 'no safety generation'}`] : []),
    `would restore ${what} from ${generation} in ${store.name} to a new place and compare it`,
    ...(inPlace ? ['would ask, put it in place, and keep the old one under another name'] : []),
  ];
  const json = { dryRun: true, ...from(plan), inPlace: inPlace ?? false, safety: (inPlace && first) || null };
  return { status: exitStatus.success, json, text: steps.join('\n'), isAnswer: true };
}

function from({ source, store, generation, selection }: Plan): object {
  return { source: source.name, store: store.name, generation, ...(selection ? { selection: pick(selection) } : {}) };
}

function pick({ table, schema, path }: Selection): Selection {
  return { ...(table ? { table } : {}), ...(schema ? { schema } : {}), ...(path ? { path } : {}) };
}

function inNewPlace(plan: Plan, { name, proof }: Pick<Beside, 'name' | 'proof'>): Outcome {
  const json = { ...from(plan), beside: name, verdict: proof.verdict, detail: proof.detail, inPlace: false };
  const isWrong = proof.verdict === 'different';
  return {
    status: statusFor(proof),
    json,
    text: `restored as ${name}${isWrong ? ', but it is NOT what was backed up' : ''}\n${proof.text}`,
    isAnswer: true,
  };
}

/** What is beside took its time: it stays also when the question is not answered. */
async function isWanted({ name, proof, question }: Beside): Promise<boolean> {
  try {
    return await confirm(`${proof.text}\n${question}`);
  } catch (error) {
    if (!(error instanceof FukugenError) || error.code !== 'cancelled') throw error;
    throw new FukugenError('cancelled', `stopped on request; nothing was replaced, and what was restored is ${name}`, {
      cause: error,
      next: 'fukugen undo --clean removes it',
    });
  }
}

async function inPlace(
  workspace: Workspace,
  plan: Plan,
  beside: Beside,
  safety: Safety,
  journal: RestoreJournal,
  options: RestoreOptions,
): Promise<Outcome> {
  const { proof } = beside;
  const { source, store, generation } = plan;
  if (proof.verdict === 'different') {
    const { json, status } = inNewPlace(plan, beside);
    const text = `restored as ${beside.name}, but it is NOT what was backed up; it was not put in place\n${proof.text}`;
    return { status, json, text, isAnswer: true };
  }
  if (!(options.yes || (await isWanted(beside)))) return inNewPlace(plan, beside);
  const record = {
    id: generationAt(new Date()),
    source: source.name,
    kind: source.kind,
    store: store.name,
    generation,
    replaced: beside.replaces,
  };
  if (record.replaced.length > 0) await journal.write({ ...record, stage: 'swapping' });
  const swapped = await beside.swap().catch(async (error: unknown) => {
    // Of several files some may be in place. A server that is gone cannot be asked: then the next run looks.
    await settleSource(workspace, journal, source.name).catch(() => {});
    throw error;
  });
  if (record.replaced.length > 0) await journal.write({ ...record, stage: 'done' });
  const { kept, undo } = swapped;
  const lines = [`${swapped.inPlace} is restored from ${generation} in ${store.name}`, proof.text];
  if (safety.text !== '') lines.push(safety.text);
  if (kept) {
    lines.push(`what was there is kept as ${kept}; to go back: fukugen undo ${source.name}, or by hand:`);
    lines.push(...undo.map((command) => `  ${command}`));
  }
  return {
    status: statusFor(proof),
    json: {
      ...from(plan),
      beside: beside.name,
      verdict: proof.verdict,
      detail: proof.detail,
      inPlace: true,
      kept: kept ?? null,
      undo,
      safety: safety.generation ?? null,
    },
    text: lines.join('\n'),
    isAnswer: true,
  };
}

function statusFor({ verdict }: Proof): number {
  return { identical: exitStatus.success, incomplete: exitStatus.incomplete, different: exitStatus.mismatch }[verdict];
}
