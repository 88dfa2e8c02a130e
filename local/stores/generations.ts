import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { captureTree, type EarlierTree } from '../generation/capture-tree.ts';
import { readEntries } from '../generation/entry.ts';
import { momentOf } from '../generation/identifier.ts';
import { layout, readManifest } from '../generation/manifest.ts';
import { nearestFolder, removeTree, sealTree, syncFolder } from '../system/folders.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { storeFailure } from '../system/store-failure.ts';
import type { Stage, Store, StoredGeneration } from './store.ts';

/**
 * Plain folders, one a generation, named by time and read-only; files that did not change are hard links to the generation before.
 *
 *     <root>/2026-11-21T03-00-00-123Z/   a whole generation
 *     <root>/.fukugen/partial/…          work in progress, removed by the next run
 *     <root>/.fukugen/lock
 */
export class GenerationsStore implements Store {
  readonly kind = 'generations';
  readonly name: string;
  readonly root: string;

  private readonly signal: AbortSignal;

  constructor(name: string, root: string, signal: AbortSignal) {
    this.name = name;
    this.root = root;
    this.signal = signal;
  }

  async examine(): Promise<void> {
    try {
      await access(await nearestFolder(this.root), constants.W_OK | constants.X_OK);
    } catch (cause) {
      throw storeFailure(cause, `the store ${this.name}`);
    }
  }

  async prepare(): Promise<void> {
    // First, since Node's recursive mkdir says "no such file" of a read-only file system.
    await this.examine();
    try {
      await mkdir(this.partials, { recursive: true, mode: 0o700 });
      const probe = join(this.partials, `.probe-${process.pid}`);
      await mkdir(probe);
      await removeTree(probe);
    } catch (cause) {
      throw storeFailure(cause, `the store ${this.name}`);
    }
  }

  /** Held from the first byte staged to the last one stored. Whatever an ended run left half done goes now. */
  async lock(): Promise<Lock> {
    const lock = await acquireLock(join(this.root, '.fukugen'), 'backup');
    for (const name of await readdir(this.partials)) await removeTree(join(this.partials, name));
    return lock;
  }

  /** An empty folder to capture into, on the file system where the generation will stay. */
  async stage(generation: string): Promise<string> {
    const folder = join(this.partials, generation);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }

  /** The newest copy of a source, for linking: the newest generation may hold other sources only. `undefined` when no copy can be trusted. */
  async earlier(source: string): Promise<EarlierTree | undefined> {
    for (const { generation } of await this.list()) {
      const folder = join(this.root, generation);
      try {
        const record = (await readManifest(folder)).sources.find((candidate) => candidate.name === source);
        if (!record) continue;
        const entries = await readEntries(join(folder, layout.files(source)), record.files);
        return {
          folder: join(folder, layout.data(source)),
          entries: new Map(entries.map((entry) => [entry.path, entry])),
        };
      } catch (error) {
        // A damaged generation is for `verify` to report; a backup links to none that it cannot read, and copies afresh if there is no other.
        if (!(error instanceof FukugenError)) throw error;
      }
    }
    return undefined;
  }

  async put(stage: Stage): Promise<void> {
    const staged = join(this.partials, stage.generation);
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
    for (const { name, kind } of stage.manifest.sources) {
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
    const names = await readdir(this.root).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return [];
      throw new FukugenError('store', `the store ${this.name} cannot be read: ${cause.message}`, { cause });
    });
    return names
      .filter((name) => momentOf(name) !== undefined)
      .sort()
      .reverse()
      .map((generation) => ({ generation, store: this.name }));
  }

  async open<T>(generation: string, use: (folder: string) => Promise<T>): Promise<T> {
    return use(join(this.root, generation));
  }

  /** Plain files have no health of their own beyond their content. */
  async check(): Promise<string[]> {
    return [];
  }

  private get partials(): string {
    return join(this.root, '.fukugen', 'partial');
  }
}
