import { readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { momentOf } from '../generation/identifier.ts';
import { isComplete, readManifest } from '../generation/manifest.ts';
import { removeTree, syncFolder } from '../system/folders.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { storeFailure } from '../system/store-failure.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { type ArchiveForm, unpackArchive, unpackManifest, writeArchive } from './archive-file.ts';
import type { Held, Stage, Store, StoredGeneration } from './store.ts';
import { StoreFolder } from './store-folder.ts';
import { thisHost } from './this-host.ts';

export interface ArchiveSettings extends ArchiveForm {
  /** The name in the policy, which is part of each file's. */
  readonly policy: string;
  /** Private key of age. */
  readonly identity: string | undefined;
  /** See `StoreFolder`. */
  readonly memory?: string;
  readonly signal: AbortSignal;
}

/**
 * One file a generation, for handing over: `laptop_myhost_2026-11-21T03-00-00-123Z.tar.zst`, with `.age` behind when it is encrypted.
 * What tar gives back is the generation itself, so every archive can be checked, read and restored without this project.
 */
export class ArchiveStore implements Store {
  readonly kind = 'archive';
  readonly encrypted: boolean;
  readonly name: string;
  readonly home: StoreFolder;
  private readonly root: string;
  private readonly settings: ArchiveSettings;

  constructor(name: string, root: string, settings: ArchiveSettings) {
    this.name = name;
    this.root = root;
    this.home = new StoreFolder(name, root, settings.memory);
    this.settings = settings;
    this.encrypted = settings.recipients.length > 0;
  }

  async examine(): Promise<void> {
    await this.home.examine();
  }

  async prepare(): Promise<void> {
    await this.home.prepare();
  }

  async put({ generation, folder }: Stage): Promise<void> {
    await using _lock = await this.lock();
    const { policy, compression, recipients, signal } = this.settings;
    const suffix = `${compression === 'zstd' ? '.tar.zst' : '.tar.gz'}${recipients.length > 0 ? '.age' : ''}`;
    const name = `${policy}_${thisHost()}_${generation}${suffix}`;
    const partial = join(this.home.partials, name);
    try {
      await writeArchive(folder, partial, this.settings, signal);
      await rename(partial, join(this.root, name));
      await syncFolder(this.root);
    } catch (cause) {
      await rm(partial, { force: true }).catch(() => {});
      if (signal.aborted) throw signal.reason;
      throw storeFailure(cause, `the store ${this.name}`);
    }
  }

  async list(): Promise<StoredGeneration[]> {
    return (await this.archives()).map(({ generation }) => ({ generation, store: this.name }));
  }

  async held(): Promise<Held[]> {
    const held: Held[] = [];
    for (const { generation, host, file } of await this.archives()) {
      const base = {
        generation,
        owner: { policy: this.settings.policy, host: host === thisHost() ? hostname() : host },
      };
      const manifest = await this.manifestIn(file);
      held.push({
        ...base,
        sources: manifest?.sources.map(({ name }) => name) ?? [],
        isWhole: manifest && isComplete(manifest),
      });
    }
    return held;
  }

  async remove(generations: readonly string[]): Promise<void> {
    await using _lock = await this.lock();
    try {
      for (const { generation, host, file } of await this.archives())
        if (host === thisHost() && generations.includes(generation)) await rm(file);
      await syncFolder(this.root);
    } catch (cause) {
      throw storeFailure(cause, `the store ${this.name}`);
    }
  }

  async open<T>(generation: string, use: (folder: string) => Promise<T>): Promise<T> {
    const archive = (await this.archives()).find((candidate) => candidate.generation === generation);
    if (!archive) {
      throw new FukugenError('missing', `the store ${this.name} has no generation ${generation}`, {
        next: 'fukugen list',
      });
    }
    await using folder = await temporaryFolder(`a generation from ${this.name}`);
    await unpackArchive(archive.file, folder.path, this.settings.identity, this.settings.signal);
    return await use(folder.path);
  }

  /** A file has no health of its own beyond its content. */
  async check(): Promise<string[]> {
    return [];
  }

  /** Of this policy, newest first. */
  private async archives(): Promise<{ readonly generation: string; readonly host: string; readonly file: string }[]> {
    return (await this.home.names())
      .flatMap((name) => {
        const [, policy, host = '', generation = ''] =
          /^([^_]+)_([^_]+)_(.+?)\.tar\.(?:zst|gz)(?:\.age)?$/.exec(name) ?? [];
        const isOurs = policy === this.settings.policy && momentOf(generation) !== undefined;
        return isOurs ? [{ generation, host, file: join(this.root, name) }] : [];
      })
      .sort((a, b) => (a.generation < b.generation ? 1 : -1));
  }

  /** `undefined` when the archive is for somebody else to open, or damaged. */
  private async manifestIn(file: string) {
    await using folder = await temporaryFolder('a manifest');
    try {
      await unpackManifest(file, folder.path, this.settings.identity, this.settings.signal);
      return await readManifest(folder.path);
    } catch (error) {
      if (error instanceof FukugenError) return undefined;
      throw error;
    }
  }

  /** Whatever an ended run left half done goes now. */
  private async lock(): Promise<Lock> {
    const lock = await acquireLock(this.home.own, 'archive');
    for (const name of await readdir(this.home.partials)) await removeTree(join(this.home.partials, name));
    return lock;
  }
}
