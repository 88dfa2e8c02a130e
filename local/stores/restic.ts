import { hostname } from 'node:os';
import { FukugenError } from '../../core/errors.ts';
import { jsonLine } from '../system/json-line.ts';
import { megabytes } from '../system/progress.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import type { Part } from '../verification/part.ts';
import { checkRepository } from './restic-check.ts';
import { fetchSnapshot } from './restic-fetch.ts';
import { ResticRepository } from './restic-repository.ts';
import type { ResticSettings } from './restic-settings.ts';
import { describingArguments, generationOf, isWhole, type Snapshot, sourcesOf, tagsOf } from './restic-snapshot.ts';
import type { Held, Stage, Store, StoredGeneration } from './store.ts';

/** https://restic.readthedocs.io/en/stable/075_scripting.html#json-output */
interface Status {
  readonly total_bytes: number;
  readonly bytes_done: number;
}

/**
 * An encrypted, deduplicated restic repository: a folder, R2 or any S3, sftp, REST. One snapshot a generation.
 *
 * Snapshots are found by tag, never by path: restic groups by host and path, and a path of ours is another one each time.
 */
export class ResticStore implements Store {
  readonly kind = 'restic';
  readonly encrypted = true;
  readonly name: string;
  private readonly policy: string;
  private readonly uploadBytes: number | undefined;
  private readonly repository: ResticRepository;
  private isSlow = false;

  constructor(name: string, policy: string, settings: ResticSettings) {
    this.name = name;
    this.policy = policy;
    this.uploadBytes = settings.uploadBytes;
    this.repository = new ResticRepository(name, settings);
  }

  /** Makes the repository; asked for explicitly, since a mistyped address would otherwise become a new, empty one. */
  async initialise(): Promise<void> {
    await this.repository.run(['init']);
  }

  /** Whether there is a repository that opens with our password. */
  async exists(): Promise<boolean> {
    try {
      await this.examine();
      return true;
    } catch (error) {
      if (error instanceof FukugenError && error.code === 'missing') return false;
      throw error;
    }
  }

  async examine(): Promise<void> {
    // Without a lock of its own: reading the configuration disturbs nobody, and a dry run leaves no trace.
    await this.repository.run(['cat', 'config', '--no-lock']);
  }

  /** There is nothing to make: `initialise` does that, when it is asked for. */
  async prepare(): Promise<void> {
    await this.examine();
  }

  async put(stage: Stage): Promise<void> {
    const [parent] = await this.snapshots();
    await this.repository.run(
      [
        'backup',
        // From inside the generation, so that a person who restores by hand gets the generation itself and no path of this machine.
        '.',
        ...describingArguments(this.policy, stage.generation, stage.manifest),
        // The path differs from run to run, so restic would find no parent by itself and read every file again.
        ...(parent ? ['--parent', parent.id] : []),
        // Linking a file into the next generation changes its ctime and nothing else; inode, size and time still decide.
        '--ignore-ctime',
        // In KiB a second.
        ...(this.uploadBytes === undefined ? [] : ['--limit-upload', `${Math.floor(this.uploadBytes / 1024)}`]),
        '--json',
      ],
      {
        folder: stage.folder,
        onLine: (line) => {
          const { total_bytes: total = 0, bytes_done: done = 0 } = jsonLine<Status>(line) ?? {};
          if (total > 0) stage.progress.count(megabytes(done), megabytes(total), 'MB read');
          return total > 0;
        },
      },
    );
  }

  async list(): Promise<StoredGeneration[]> {
    const snapshots = await this.snapshots();
    return snapshots.map((snapshot) => ({ generation: generationOf(snapshot) as string, store: this.name }));
  }

  async held(): Promise<Held[]> {
    return (await this.snapshots()).map((snapshot) => ({
      generation: generationOf(snapshot) as string,
      owner: { policy: this.policy, host: snapshot.hostname },
      sources: sourcesOf(snapshot),
      isWhole: isWhole(snapshot),
    }));
  }

  /**
   * By their ids, so that no grouping and no rule of restic's own can take more. The lock of a process that has ended is removed,
   * but then the data stays until the next time, and the snapshots alone go: whoever believes in that lock still, such as a container
   * of the same name, may rely on data that no snapshot names yet (restic 3486).
   */
  async remove(generations: readonly string[]): Promise<void> {
    const deadLocks = await this.repository.freeDeadLocks();
    const isMeant = (snapshot: Snapshot) =>
      snapshot.hostname === hostname() && generations.includes(generationOf(snapshot) as string);
    const ids = (await this.snapshots()).filter(isMeant).map(({ id }) => id);
    if (ids.length > 0) await this.repository.run(['forget', '--quiet', ...ids], { keepLocks: true });
    // Before 0.19 a snapshot that could not be deleted is no failure to restic (5233).
    const left = (await this.snapshots()).filter(isMeant);
    if (left.length > 0) {
      throw new FukugenError('store', `restic could not remove ${left.length} snapshots from the store ${this.name}`);
    }
    if (deadLocks === 0) await this.repository.run(['prune', '--quiet'], { keepLocks: true });
  }

  async open<T>(generation: string, use: (folder: string) => Promise<T>): Promise<T> {
    const snapshot = (await this.snapshots()).find((candidate) => generationOf(candidate) === generation);
    if (!snapshot)
      throw new FukugenError('missing', `the store ${this.name} has no generation ${generation}`, {
        next: 'fukugen list',
      });
    if (this.isSlow) {
      throw new FukugenError(
        'store',
        `the repository of the store ${this.name} lacks data, for which this restic looks long before it gives the rest`,
        { next: 'fukugen restore waits for that and brings what is whole; restic 0.17 or later does so at once' },
      );
    }
    await using folder = await temporaryFolder(`a generation from ${this.name}`);
    await fetchSnapshot(this.repository, snapshot.id, folder.path);
    return await use(folder.path);
  }

  /** @param part - whose data is read too; without one, only what says where the data is */
  async check(part?: Part): Promise<readonly string[]> {
    const { problems, isSlow } = await checkRepository(this.repository, part);
    this.isSlow = isSlow;
    return problems;
  }

  /** Newest first. */
  private async snapshots(): Promise<Snapshot[]> {
    // Without a lock: a list disturbs nobody, and must not fail while a check has the repository for itself.
    const { stdout } = await this.repository.run(['snapshots', '--json', '--no-lock', '--tag', tagsOf(this.policy)]);
    const snapshots = (JSON.parse(stdout) as Snapshot[] | null) ?? [];
    return snapshots
      .filter((snapshot) => generationOf(snapshot) !== undefined)
      .sort((a, b) => ((generationOf(a) as string) < (generationOf(b) as string) ? 1 : -1));
  }
}
