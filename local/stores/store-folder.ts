import { constants } from 'node:fs';
import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { nearestFolder, removeTree } from '../system/folders.ts';
import { storeFailure } from '../system/store-failure.ts';

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
  private readonly memory: string | undefined;

  /**
   * @param store - its name in the policy
   * @param memory - a file of this machine's state that remembers the folder. @default - it may come and go
   */
  constructor(store: string, root: string, memory?: string) {
    this.store = store;
    this.root = root;
    this.own = join(root, '.fukugen');
    this.partials = join(this.own, 'partial');
    this.memory = memory;
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
      if (this.memory === undefined || (await this.remembered()) === this.root) return;
      await mkdir(dirname(this.memory), { recursive: true, mode: 0o700 });
      await writeFile(this.memory, `${JSON.stringify({ path: this.root })}\n`, { mode: 0o600 });
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
    return !isThere && (await this.remembered()) === this.root;
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
    if (!(await this.isLost())) return;
    throw new FukugenError(
      'missing',
      `the store ${this.store} is not at ${this.root}, where it was: its disk may not be mounted`,
      {
        next: `mount it and run this again; when it is gone for good, fukugen init ${this.store} begins an empty one there`,
      },
    );
  }

  private async remembered(): Promise<string | undefined> {
    if (this.memory === undefined) return undefined;
    try {
      return (JSON.parse(await readFile(this.memory, 'utf8')) as { readonly path: string }).path;
    } catch {
      return undefined;
    }
  }
}
