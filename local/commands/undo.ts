import { FukugenError } from '../../core/errors.ts';
import { confirm, requireSomeone } from '../console/confirm.ts';
import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { table } from '../console/table.ts';
import { type InPlaceRestore, RestoreJournal } from '../restore/journal.ts';
import { type Leftover, leftoversOf, removeLeftover } from '../restore/leftovers.ts';
import { isTaken, putBack } from '../restore/put-back.ts';
import { settleInterrupted, settleSource, sourceOf } from '../restore/settle-interrupted.ts';
import type { Source } from '../sources/index.ts';
import type { RunContext } from '../system/run-context.ts';
import { chooseSource, type Workspace } from '../workspace.ts';

export interface UndoOptions extends GlobalOptions {
  /** Show what restores have left, and stop. */
  readonly list?: boolean;
  /** Remove what nothing depends on. */
  readonly clean?: boolean;
  /** Do not ask. */
  readonly yes?: boolean;
}

/** Goes back from the last restore in place: what was there before gets its name again, and what was restored is kept. */
export async function undo(
  workspace: Workspace,
  name: string | undefined,
  options: UndoOptions,
  context: RunContext,
): Promise<Outcome> {
  const sources = name === undefined ? workspace.sources : [chooseSource(workspace, name)];
  if (!options.dryRun) await settleInterrupted(workspace);
  const journal = new RestoreJournal(workspace.state);
  if (options.list) return list(await leftovers(sources, journal));
  if (options.clean) return clean(workspace, sources, journal, options, context);
  const record = await lastOf(journal, name);
  const source = sourceOf(workspace, record);
  if (!source) {
    throw new FukugenError('missing', `the policy has no ${record.kind} ${record.source} any more`, {
      next: `put it back into the policy; ${replacedText(record).join('; ')}`,
    });
  }
  const text = [
    `goes back from the restore of ${record.source} (${record.generation} in ${record.store}):`,
    ...replacedText(record).map((line) => `  ${line}`),
  ].join('\n');
  const json = { source: record.source, generation: record.generation, store: record.store, replaced: record.replaced };
  if (options.dryRun)
    return { status: exitStatus.success, json: { dryRun: true, ...json }, text: `would: ${text}`, isAnswer: true };
  if (!options.yes) requireSomeone();
  await using _lock = await journal.lock(source.name, 'undo');
  if (
    !(
      options.yes || (await confirm(`${text}\nWhat was written since the restore stays under the other name. Go back?`))
    )
  )
    return {
      status: exitStatus.success,
      json: { ...json, undone: false },
      text: 'nothing was changed',
      isAnswer: true,
    };
  await goBack(workspace, journal, source, record);
  return {
    status: exitStatus.success,
    json: { ...json, undone: true },
    text: record.replaced
      .map(({ live, restored, kept }) =>
        kept === undefined
          ? `${live} is gone again, as before the restore; what was restored is kept as ${restored}`
          : `${live} is again what it was before the restore; what was restored is kept as ${restored}`,
      )
      .join('\n'),
    isAnswer: true,
  };
}

async function goBack(
  workspace: Workspace,
  journal: RestoreJournal,
  source: Source,
  record: InPlaceRestore,
): Promise<void> {
  for (const { kept } of record.replaced) {
    if (kept === undefined || (await isTaken(source, kept))) continue;
    throw new FukugenError('missing', `${kept}, which was there before, is not there any more; nothing was changed`, {
      next: 'fukugen list, for a generation from before the restore',
    });
  }
  await journal.write({ ...record, stage: 'undoing' });
  try {
    for (const replacement of record.replaced) await putBack(source, replacement);
  } catch (error) {
    await settleSource(workspace, journal, source.name).catch(() => {});
    throw error;
  }
  await journal.write({ ...record, stage: 'undone' });
}

/** @throws FukugenError `missing` when there is nothing to go back from */
async function lastOf(journal: RestoreJournal, name: string | undefined): Promise<InPlaceRestore> {
  const records = (await journal.all()).filter(({ stage }) => stage !== 'abandoned');
  const last = records.find(({ source }) => name === undefined || source === name);
  const of = name === undefined ? '' : ` of ${name}`;
  if (!last)
    throw new FukugenError('missing', `no restore${of} was put in place from here: there is nothing to go back from`, {
      next: 'fukugen undo --list shows what restores to a new place have left',
    });
  if (last.stage === 'done') return last;
  if (last.stage === 'undone') {
    throw new FukugenError('missing', `the last restore of ${last.source} was gone back from already`, {
      next: 'fukugen undo --list shows what older ones have kept',
    });
  }
  throw new FukugenError('locked', `the last restore of ${last.source} was interrupted, and cannot be looked at now`, {
    next: 'wait until no other fukugen restores it and its server answers, and run fukugen undo again',
  });
}

function replacedText({ replaced }: InPlaceRestore): string[] {
  return replaced.map(({ live, restored, kept }) =>
    kept === undefined ? `${live} becomes ${restored}` : `${live} becomes ${restored}, and ${kept} becomes ${live}`,
  );
}

async function leftovers(sources: readonly Source[], journal: RestoreJournal): Promise<Leftover[]> {
  const records = await journal.all();
  const found: Leftover[] = [];
  for (const source of sources) found.push(...(await leftoversOf(source, records)));
  return found;
}

function list(found: readonly Leftover[]): Outcome {
  const rows = found.map(({ source, name, what, needed }) => [source, name, what, needed || 'may go']);
  const text =
    rows.length === 0 ? 'restores have left nothing behind' : table(['SOURCE', 'NAME', 'WHAT IT IS', 'NEEDED'], rows);
  return { status: exitStatus.success, json: { leftovers: found }, text, isAnswer: true };
}

/** Never what a restore at work is making: it holds the lock of its source. */
async function clean(
  workspace: Workspace,
  sources: readonly Source[],
  journal: RestoreJournal,
  options: UndoOptions,
  context: RunContext,
): Promise<Outcome> {
  const removable = (await leftovers(sources, journal)).filter(({ needed }) => needed === '');
  const names = removable.map(({ name }) => name);
  const said = names.map((name) => `  ${name}`).join('\n');
  const answer = (json: object, text: string): Outcome => ({ status: exitStatus.success, json, text, isAnswer: true });
  if (names.length === 0) return answer({ removed: [] }, 'restores have left nothing that may go');
  if (options.dryRun) return answer({ dryRun: true, remove: names }, `would remove:\n${said}`);
  if (!options.yes) requireSomeone();
  if (!(options.yes || (await confirm(`${said}\nRemove ${names.length === 1 ? 'it' : 'all of them'}, for good?`))))
    return answer({ removed: [] }, 'nothing was removed');
  for (const source of workspace.sources) {
    const its = removable.filter((leftover) => leftover.source === source.name);
    if (its.length === 0) continue;
    await using _lock = await journal.lock(source.name, 'clean');
    for (const leftover of its) {
      context.progress.stage(`removing ${leftover.name}`);
      context.signal.throwIfAborted();
      await removeLeftover(source, leftover);
    }
  }
  return answer({ removed: names }, `removed:\n${said}`);
}
