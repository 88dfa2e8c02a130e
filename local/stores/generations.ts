import { chmod, copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { FukugenError } from '../../core/errors.ts';
import { captureTree, type EarlierTree } from '../generation/capture-tree.ts';
import { readEntries } from '../generation/entry.ts';
import { momentOf } from '../generation/identifier.ts';
import { isComplete, layout, readManifest } from '../generation/manifest.ts';
import { removeTree, sealTree, syncFolder } from '../system/folders.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { storeFailure } from '../system/store-failure.ts';
import { Doubt, trusted } from './doubt.ts';
import type { Held, Stage, Store, StoredGeneration } from './store.ts';
import { StoreFolder } from './store-folder.ts';

const removingPrefix = '.removing-';

/** A stranger's folder may be hidden too: only what was a generation counts. */
function isRemoving(name: string): boolean {
  return name.startsWith(removingPrefix) && momentOf(name.slice(removingPrefix.length)) !== undefined;
}

/**
 * Plain folders, one a generation, named by time and read-only; files that did not change are hard links to the generation before.
 *
 *     <root>/2026-11-21T03-00-00-123Z/   a whole generation
 *     <root>/.removing-2026-…            one that is being removed, finished by the next run
 *     <root>/.fukugen/partial/…          work in progress, removed by the next run
 *     <root>/.fukugen/doubtful.json      what `verify` found damaged
 *     <root>/.fukugen/lock
 */
export class GenerationsStore implements Store {
  readonly kind = 'generations';
  readonly encrypted = false;
  readonly name: string;
  readonly root: string;

  readonly home: StoreFolder;

  private readonly signal: AbortSignal;

  /** @param memory - see `StoreFolder` */
  constructor(name: string, root: string, signal: AbortSignal, memory?: string) {
    this.name = name;
    this.root = root;
    this.home = new StoreFolder(name, root, memory);
    this.signal = signal;
  }

  async examine(): Promise<void> {
    await this.home.examine();
  }

  async prepare(): Promise<void> {
    await this.home.prepare();
  }

  /** Held from the first byte staged to the last one stored. Whatever an ended run left half done goes now. */
  async lock(): Promise<Lock> {
    const lock = await acquireLock(this.home.own, 'backup');
    for (const name of await readdir(this.home.partials)) await removeTree(join(this.home.partials, name));
    for (const name of await readdir(this.root)) if (isRemoving(name)) await removeTree(join(this.root, name));
    return lock;
  }

  /** An empty folder to capture into, on the file system where the generation will stay. */
  async stage(generation: string): Promise<string> {
    const folder = join(this.home.partials, generation);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }

  /** The newest copy of a source, for linking: the newest generation may hold other sources only. `undefined` when no copy can be trusted. */
  async earlier(source: string): Promise<EarlierTree | undefined> {
    const doubtful = await this.doubt.contents();
    let isNewest = true;
    for (const { generation } of await this.list()) {
      const folder = join(this.root, generation);
      try {
        const record = (await readManifest(folder)).sources.find((candidate) => candidate.name === source);
        if (!record) continue;
        if (record.encryptedOnly) return undefined;
        const entries = await readEntries(join(folder, layout.files(source)), record.files);
        const tree = {
          folder: join(folder, layout.data(source)),
          entries: new Map(entries.map((entry) => [entry.path, entry])),
        };
        // Where the newest is damaged, the one before may be older than what made a doubt go away.
        return await trusted(tree, (sha256) => !isNewest || doubtful.has(sha256));
      } catch (error) {
        // A damaged generation is for `verify` to report; a backup links to none that it cannot read, and copies afresh if there is no other.
        if (!(error instanceof FukugenError)) throw error;
        isNewest = false;
      }
    }
    return undefined;
  }

  async put(stage: Stage): Promise<void> {
    const staged = join(this.home.partials, stage.generation);
    if (stage.folder !== staged) await this.copy(stage, staged);
    try {
      await sealTree(staged);
      const final = join(this.root, stage.generation);
      await rename(staged, final);
      await syncFolder(this.root);
      await chmod(final, 0o500);
    } catch (cause) {
      throw storeFailure(cause, `the store ${this.name}`);
    }
  }

  /** The stage belongs to another store: copy it here, linking what this store has already. */
  private async copy(stage: Stage, to: string): Promise<void> {
    await mkdir(to, { mode: 0o700 });
    for (const { name, kind, encryptedOnly } of stage.manifest.sources) {
      if (encryptedOnly) continue;
      await mkdir(join(to, layout.data(name)), { recursive: true, mode: 0o700 });
      const options = { earlier: await this.earlier(name), signal: this.signal };
      const { problems } = await captureTree(
        join(stage.folder, layout.data(name)),
        join(to, layout.data(name)),
        options,
      );
      const [problem] = problems;
      if (problem)
        throw new FukugenError('store', `the staged ${name}/${problem.path} cannot be copied: ${problem.reason}`);
      await copyFile(join(stage.folder, layout.files(name)), join(to, layout.files(name)));
      if (kind === 'postgres')
        await copyFile(join(stage.folder, layout.fingerprint(name)), join(to, layout.fingerprint(name)));
    }
    for (const name of [layout.manifest, `${layout.manifest}.sha256`])
      await copyFile(join(stage.folder, name), join(to, name));
  }

  async list(): Promise<StoredGeneration[]> {
    return (await this.home.names())
      .filter((name) => momentOf(name) !== undefined)
      .sort()
      .reverse()
      .map((generation) => ({ generation, store: this.name }));
  }

  async held(): Promise<Held[]> {
    return pMap(
      await this.list(),
      async ({ generation }): Promise<Held> => {
        try {
          const manifest = await readManifest(join(this.root, generation));
          return {
            generation,
            owner: { policy: manifest.policy, host: manifest.host },
            sources: manifest.sources.map(({ name }) => name),
            isWhole: isComplete(manifest),
          };
        } catch (error) {
          if (!(error instanceof FukugenError)) throw error;
          return { generation, owner: undefined, sources: [], isWhole: undefined };
        }
      },
      { concurrency: 4 },
    );
  }

  /** Renamed first: a generation is there whole or not at all, whenever this is killed. */
  async remove(generations: readonly string[]): Promise<void> {
    await using _lock = await this.lock();
    try {
      for (const generation of generations) {
        this.signal.throwIfAborted();
        const removing = join(this.root, `${removingPrefix}${generation}`);
        await rename(join(this.root, generation), removing);
        await syncFolder(this.root);
        await removeTree(removing);
      }
    } catch (cause) {
      if (this.signal.aborted) throw cause;
      throw storeFailure(cause, `the store ${this.name}`);
    }
  }

  async isHalfRemoved(): Promise<boolean> {
    return (await this.home.names()).some(isRemoving);
  }

  async open<T>(generation: string, use: (folder: string) => Promise<T>): Promise<T> {
    return use(join(this.root, generation));
  }

  /** Plain files have no health of their own beyond their content. */
  async check(): Promise<string[]> {
    return [];
  }

  /** What `verify` found of the files that the next generation may link to. */
  get doubt(): Doubt {
    return new Doubt(this.home.own);
  }
}
