import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { Memory } from '../retention/memory.ts';
import { captureSource, type Source } from '../sources/index.ts';
import { GenerationsStore } from '../stores/generations.ts';
import type { Stage, Store } from '../stores/store.ts';
import { removeTree } from '../system/folders.ts';
import type { Lock } from '../system/lock.ts';
import type { RunContext } from '../system/run-context.ts';
import { isSystemError, storeFailure } from '../system/store-failure.ts';
import { stagingFolder, type Workspace } from '../workspace.ts';
import { generationAt } from './identifier.ts';
import { layout, type Manifest, type SourceRecord, writeManifest } from './manifest.ts';
import { SecretStage } from './secret-stage.ts';

export interface StoreOutcome {
  readonly name: string;
  readonly stored: boolean;
  /** Why not. */
  readonly error: FukugenError | undefined;
}

export interface Taken {
  readonly manifest: Manifest;
  readonly stores: readonly StoreOutcome[];
  /** Sources that could not be captured, with what went wrong. */
  readonly failed: readonly { readonly name: string; readonly error: FukugenError }[];
}

/**
 * Takes one generation of the given sources and brings it to every store.
 * A source or a store that fails does not stop the others; a generation without any source is not kept.
 *
 * @throws FukugenError when nothing at all could be captured or stored
 */
export async function takeGeneration(
  workspace: Workspace,
  sources: readonly Source[],
  context: RunContext,
): Promise<Taken> {
  // A run that is killed is one that began and did not end: nothing is pruned after it.
  const memory = new Memory(workspace.state);
  const startedAt = new Date().toISOString();
  const end = (complaints: readonly string[]) =>
    memory.rememberRun({ startedAt, finishedAt: new Date().toISOString(), complaints });
  await memory.rememberRun({ startedAt, complaints: [] });
  try {
    const taken = await take(workspace, sources, context);
    await end(complaintsOf(taken));
    return taken;
  } catch (error) {
    // The run's own failure is worth more than one to write it down.
    await end([(error as Error).message]).catch(() => {});
    throw error;
  }
}

/**
 * One generation of one source in one store, taken right before the source is replaced. It is no run whose health counts:
 * what may be pruned next depends on whole ones.
 *
 * @param generation - its name, which whoever asks has written down already
 * @throws FukugenError when it could not be captured or stored
 */
export async function takeSafetyGeneration(
  workspace: Workspace,
  source: Source,
  store: Store,
  context: RunContext,
  generation: string,
): Promise<void> {
  await take({ ...workspace, stores: [store] }, [source], context, generation);
}

function complaintsOf({ manifest, stores }: Taken): string[] {
  return [
    ...manifest.failed.map(({ name, reason }) => `${name}: ${reason}`),
    ...manifest.sources
      .filter(({ problems }) => problems.length > 0)
      .map(({ name, problems }) => `${name}: ${problems.length} not in the backup`),
    ...stores.flatMap(({ name, error }) => (error ? [`${name}: ${error.message}`] : [])),
  ];
}

async function take(
  workspace: Workspace,
  sources: readonly Source[],
  context: RunContext,
  name?: string,
): Promise<Taken> {
  const outcomes = new Map<string, FukugenError | undefined>();
  const ready: Store[] = [];
  for (const store of workspace.stores) {
    context.progress.stage(`looking at the store ${store.name}`);
    const error = await failure(() => store.prepare());
    if (error) outcomes.set(store.name, error);
    else ready.push(store);
  }
  const [firstFailure] = outcomes.values();
  if (ready.length === 0) throw firstFailure;

  const home =
    ready.find((store) => store instanceof GenerationsStore) ??
    new GenerationsStore('staging', stagingFolder(workspace), context.signal);
  await home.prepare();
  await using locks = new AsyncDisposableStack();
  for (const store of new Set([home, ...ready]))
    if (store instanceof GenerationsStore) locks.use<Lock>(await store.lock());

  const generation = name ?? generationAt(new Date());
  const folder = await home.stage(generation);
  try {
    const { manifest, failed } = await capture(workspace, sources, { home, folder, generation, context });
    const [onlyFailure] = failed;
    if (onlyFailure && manifest.sources.length === 0) throw onlyFailure.error;
    // Home first: its rename is instant, and from then on the generation exists whatever happens to an upload.
    let stage: Stage = { generation, folder, manifest, progress: context.progress };
    await using secrets = await SecretStage.takenFrom(folder, manifest);
    for (const store of [...ready].sort((a, b) => Number(b === home) - Number(a === home))) {
      context.progress.stage(`storing in ${store.name}`);
      outcomes.set(
        store.name,
        await failure(async () =>
          store.put(store.encrypted ? { ...stage, folder: await secrets.complete(stage.folder) } : stage),
        ),
      );
      if (store === home && !outcomes.get(store.name)) stage = { ...stage, folder: join(home.root, generation) };
    }
    const stores = workspace.stores.map(({ name }) => ({
      name,
      stored: outcomes.get(name) === undefined,
      error: outcomes.get(name),
    }));
    if (!stores.some((store) => store.stored)) throw stores[0]?.error;
    return { manifest, stores, failed };
  } finally {
    await removeTree(folder);
  }
}

interface CaptureRun {
  readonly home: GenerationsStore;
  readonly folder: string;
  readonly generation: string;
  readonly context: RunContext;
}

async function capture(
  workspace: Workspace,
  sources: readonly Source[],
  run: CaptureRun,
): Promise<Pick<Taken, 'manifest' | 'failed'>> {
  const startedAt = new Date().toISOString();
  const records: SourceRecord[] = [];
  const failed: { name: string; error: FukugenError }[] = [];
  for (const source of sources) {
    run.context.progress.stage(`backing up ${source.name}`);
    const into = join(run.folder, layout.source(source.name));
    await mkdir(into, { recursive: true, mode: 0o700 });
    const earlier = await run.home.earlier(source.name);
    const error = await failure(async () => {
      const captured = await captureSource(source, { ...run.context, folder: into, earlier });
      records.push({ name: source.name, ...captured });
    });
    // A full disk or a Ctrl-C is nobody's source: the run ends, and what was there before stays.
    if (error?.code === 'store' || error?.code === 'cancelled') throw error;
    if (error) {
      failed.push({ name: source.name, error });
      await removeTree(into);
    }
  }
  const manifest: Manifest = {
    format: 1,
    generation: run.generation,
    policy: workspace.name,
    host: hostname(),
    startedAt,
    finishedAt: new Date().toISOString(),
    sources: records,
    failed: failed.map(({ name, error }) => ({ name, reason: error.message })),
  };
  if (records.length > 0) await writeManifest(run.folder, manifest);
  return { manifest, failed };
}

/** What a step says when it fails; a defect is no FukugenError and goes on up. */
async function failure(step: () => Promise<unknown>): Promise<FukugenError | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    if (error instanceof FukugenError) return error;
    if (isSystemError(error)) return storeFailure(error, 'the store');
    throw error;
  }
}
