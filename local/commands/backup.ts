import { counted } from '../../core/counted.ts';
import { FukugenError } from '../../core/errors.ts';
import { exitStatus, statusOf } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { bytesText, secondsText } from '../console/table.ts';
import { errorJson, nextText } from '../console/told-error.ts';
import { isComplete, type PostgresDetail, type SourceRecord } from '../generation/manifest.ts';
import { type Taken, takeGeneration } from '../generation/take-generation.ts';
import { partText } from '../postgres/part.ts';
import { settleInterrupted } from '../restore/settle-interrupted.ts';
import { planSource, type Source } from '../sources/index.ts';
import type { RunContext } from '../system/run-context.ts';
import { chooseSource, type Workspace } from '../workspace.ts';
import { type Pruned, pruneStores } from './prune.ts';

export interface BackupOptions extends GlobalOptions {
  /** @default - every source of the policy */
  readonly source?: readonly string[];
}

/** One generation of every source, brought to every store. */
export async function backup(workspace: Workspace, options: BackupOptions, context: RunContext): Promise<Outcome> {
  const sources = options.source?.length
    ? options.source.map((name) => chooseSource(workspace, name))
    : workspace.sources;
  if (options.dryRun) return preview(workspace, sources);
  // A source that a killed restore left without its name would not be found.
  await settleInterrupted(workspace);
  const started = Date.now();
  const taken = await takeGeneration(workspace, sources, context);
  const milliseconds = Date.now() - started;
  // Only after a run that is whole: until then, what is there may be all that is good.
  const pruned =
    statusFor(taken) === exitStatus.success ? await pruneStores(workspace, workspace.stores, false, context) : [];
  const [notPruned] = pruned.flatMap(({ error }) => error ?? []);
  return {
    status: notPruned ? statusOf(notPruned.code) : statusFor(taken),
    json: { ...toJson(taken), pruned: pruned.map(prunedToJson) },
    text: [toText(taken, milliseconds), ...pruned.flatMap(prunedToText)].join('\n'),
  };
}

/** Everything that can be found wrong without writing, all of it at once. */
async function preview(workspace: Workspace, sources: readonly Source[]): Promise<Outcome> {
  const lines: string[] = [];
  const errors: FukugenError[] = [];
  const look = async (name: string, step: () => Promise<string>) => {
    try {
      lines.push(`${name}: ${await step()}`);
    } catch (error) {
      if (!(error instanceof FukugenError)) throw error;
      errors.push(error);
      lines.push(`${name}: ${error.message}${nextText(error)}`);
    }
  };
  for (const source of sources) await look(source.name, async () => `would back up ${(await planSource(source)).text}`);
  for (const store of workspace.stores) {
    await look(store.name, async () => {
      await store.examine();
      return `would store in ${store.kind}`;
    });
  }
  const [first] = errors;
  const json = { dryRun: true, lines, errors: errors.map(errorJson) };
  return { status: first ? statusOf(first.code) : exitStatus.success, json, text: lines.join('\n'), isAnswer: true };
}

/** The worst of what happened: nothing stored or captured is worse than a file left out. */
function statusFor(taken: Taken): number {
  const error = taken.failed[0]?.error ?? taken.stores.find((store) => store.error)?.error;
  if (error) return statusOf(error.code);
  return isComplete(taken.manifest) ? exitStatus.success : exitStatus.incomplete;
}

function toJson({ manifest, stores, failed }: Taken): object {
  return {
    generation: manifest.generation,
    complete: isComplete(manifest),
    sources: manifest.sources,
    failed: failed.map(({ name, error }) => ({ name, code: error.code, message: error.message })),
    stores: stores.map(({ name, stored, error }) => ({
      name,
      stored,
      ...(error ? { code: error.code, message: error.message } : {}),
    })),
  };
}

function prunedToJson({ store, plan, error }: Pruned): unknown {
  return error ? { store, code: error.code, message: error.message } : { store, removed: plan?.remove };
}

function prunedToText({ store, plan, error }: Pruned): string[] {
  if (error) return [`  NOT PRUNED ${store}: ${error.message}${nextText(error)}`];
  const { length } = plan?.remove ?? [];
  return length === 0 ? [] : [`  removed from ${store}: ${length} that the policy no longer keeps`];
}

function toText({ manifest, stores, failed }: Taken, milliseconds: number): string {
  return [
    `generation ${manifest.generation} in ${secondsText(milliseconds)}`,
    ...manifest.sources.flatMap((source) => [
      `  ${source.name}: ${describe(source)}`,
      ...source.problems.map((problem) => `    not in the backup: ${problem.path}, ${problem.reason}`),
    ]),
    ...failed.map(({ name, error }) => `  ${name}: FAILED, ${error.message}${nextText(error)}`),
    ...stores.map(({ name, error }) =>
      error ? `  FAILED in ${name}: ${error.message}${nextText(error)}` : `  stored in ${name}`,
    ),
  ].join('\n');
}

function largest({ largest: [first] }: PostgresDetail): string {
  return first ? `, largest ${first.name} with ${bytesText(first.bytes)}` : '';
}

function describe({ detail, files }: SourceRecord): string {
  switch (detail.kind) {
    case 'postgres':
      return `${counted(detail.tables, 'table')}, ${counted(detail.rows, 'row')}, ${bytesText(files.bytes)} dumped of ${bytesText(detail.size)}${largest(detail)}${detail.part ? `, only ${partText(detail.part)}` : ''}`;
    case 'sqlite':
      return `${counted(detail.tables, 'table')}, ${counted(detail.rows, 'row')}, ${bytesText(files.bytes)}, integrity ${detail.integrity}${detail.orphans.map((line) => `; ${line}`).join('')}`;
    case 'files':
      return `${counted(detail.files.length, 'file')}, ${bytesText(files.bytes)}`;
    case 'command':
      return `${bytesText(detail.bytes)} printed, ${bytesText(files.bytes)} stored`;
    case 'directory':
      return `${counted(files.entries, 'file or folder', 'files and folders')}, ${bytesText(files.bytes)}, ${detail.linked} unchanged`;
  }
}
