import { readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { momentOf } from '../generation/identifier.ts';
import { isComplete, readManifest } from '../generation/manifest.ts';
import { writeDurably } from '../generation/recorded-file.ts';
import { removeTree, syncFolder } from '../system/folders.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { storeFailure } from '../system/store-failure.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { digestSuffix, digestText, requireDigest } from './archive-digest.ts';
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

interface Archive {
  readonly generation: string;
  readonly host: string;
  /** Absolute. */
  readonly file: string;
}

/**
 * One file a generation, for handing over: `laptop_myhost_2026-11-21T03-00-00-123Z.tar.zst`, with `.age` behind when it is encrypted;
 * beside it, with `.sha256` behind, its digest in the form that `sha256sum -c` checks, since no compression notices every changed byte.
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
      const sha256 = await writeArchive(folder, partial, this.settings, signal);
      await writeDurably(partial + digestSuffix, digestText(sha256, name));
      // The digest first: an archive is never there without.
      for (const suffix of [digestSuffix, '']) await rename(partial + suffix, join(this.root, name + suffix));
      await syncFolder(this.root);
    } catch (cause) {
      for (const suffix of [digestSuffix, '']) await rm(partial + suffix, { force: true }).catch(() => {});
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
        if (host === thisHost() && generations.includes(generation))
          for (const name of [file, file + digestSuffix]) await rm(name, { force: true });
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
    await requireDigest(archive.file);
    await using folder = await temporaryFolder(`a generation from ${this.name}`);
    await unpackArchive(archive.file, folder.path, this.settings.identity, this.settings.signal);
    return await use(folder.path);
  }

  /** Whether each archive can be held against its digest; that is done when it is opened. */
  async check(): Promise<string[]> {
    const names = new Set(await this.home.names());
    return (await this.archives())
      .map(({ file }) => basename(file))
      .filter((name) => !names.has(name + digestSuffix))
      .map((name) => `${name} has no ${digestSuffix} beside it`);
  }

  /** Of this policy, newest first. */
  private async archives(): Promise<Archive[]> {
    return (await this.home.names())
      .flatMap((name) => this.archiveNamed(name))
      .sort((a, b) => (a.generation < b.generation ? 1 : -1));
  }

  /** None when the name is no archive's of this policy. */
  private archiveNamed(name: string): Archive[] {
    const [, policy, host = '', generation = ''] =
      /^([^_]+)_([^_]+)_(.+?)\.tar\.(?:zst|gz)(?:\.age)?$/.exec(name) ?? [];
    const isOurs = policy === this.settings.policy && momentOf(generation) !== undefined;
    return isOurs ? [{ generation, host, file: join(this.root, name) }] : [];
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
    const names = new Set(await this.home.names());
    const isWithout = (name: string) =>
      !names.has(name) && this.archiveNamed(name).some(({ host }) => host === thisHost());
    for (const name of names)
      if (name.endsWith(digestSuffix) && isWithout(name.slice(0, -digestSuffix.length)))
        await rm(join(this.root, name), { force: true });
    return lock;
  }
}
