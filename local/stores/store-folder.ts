import { constants } from 'node:fs';
import { access, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { nearestFolder, removeTree } from '../system/folders.ts';
import { storeFailure } from '../system/store-failure.ts';
import { requireFolder } from './folder-place.ts';
import { lost, RememberedPlace } from './remembered-place.ts';

/**
 * The folder of this machine that a store is in, with one of its own in it, `.fukugen`. Once it was there it is expected there: a disk that is
 * not mounted leaves an empty folder behind, and what is written into that fills another disk, and is hidden by the next mount.
 */
export class StoreFolder {
  readonly root: string;
  /** What the store itself needs: its lock, and work in progress. */
  readonly own: string;
  readonly partials: string;
  private readonly store: string;
  private readonly memory: RememberedPlace;

  /**
   * @param store - its name in the policy
   * @param memory - a file of this machine's state that remembers the folder. @default - it may come and go
   */
  constructor(store: string, root: string, memory?: string) {
    this.store = store;
    this.root = root;
    this.own = join(root, '.fukugen');
    this.partials = join(this.own, 'partial');
    this.memory = new RememberedPlace(memory);
  }

  /** Looks without writing. */
  async examine(): Promise<void> {
    await this.requireThere();
    try {
      await access(await nearestFolder(this.root), constants.W_OK | constants.X_OK);
    } catch (cause) {
      throw storeFailure(cause, `the store ${this.store}`);
    }
  }

  async prepare(): Promise<void> {
    // First, since Node's recursive mkdir says "no such file" of a read-only file system.
    await this.examine();
    await this.begin();
  }

  /** Makes what is missing, and expects it there from now on. */
  async begin(): Promise<void> {
    try {
      await mkdir(this.partials, { recursive: true, mode: 0o700 });
      const probe = join(this.partials, `.probe-${process.pid}`);
      await mkdir(probe);
      await removeTree(probe);
      await this.memory.keep(this.root);
    } catch (cause) {
      throw storeFailure(cause, `the store ${this.store}`);
    }
  }

  /** Whether it was there and is not. */
  async isLost(): Promise<boolean> {
    const isThere = await stat(this.own).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
    return !isThere && (await this.memory.is(this.root));
  }

  /** What lies in it; nothing before the first backup. */
  async names(): Promise<string[]> {
    await this.requireThere();
    return readdir(this.root).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return [];
      throw new FukugenError('store', `the store ${this.store} cannot be read: ${cause.message}`, { cause });
    });
  }

  private async requireThere(): Promise<void> {
    if (await this.isLost()) throw lost(this.store, this.root, 'its disk may not be mounted');
    await requireFolder(this.root);
  }
}
