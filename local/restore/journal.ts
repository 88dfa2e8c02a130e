import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../sources/index.ts';
import type { Replacement } from '../sources/source.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { replaceFile } from '../system/replace-file.ts';
import { storeFailure } from '../system/store-failure.ts';

/** One restore that put something in place, or was about to. */
export interface InPlaceRestore {
  /** The moment it began, in the form of a generation's name. */
  readonly id: string;
  readonly source: string;
  readonly kind: Source['kind'];
  readonly store: string;
  readonly generation: string;
  /** `swapping` and `undoing` are written before the first name changes: what is found so was interrupted. */
  readonly stage: 'swapping' | 'done' | 'undoing' | 'undone' | 'abandoned';
  readonly replaced: readonly Replacement[];
}

/** Of restores; besides, the last one of each source, which can be gone back from. */
const remembered = 100;

/**
 * What this machine knows of restores, so that `fukugen undo` can go back, and a swap that was killed half way can be finished.
 *
 *     <state>/restores/2026-11-21T03-00-00-123Z.json
 *     <state>/restores/locks/<source>/
 */
export class RestoreJournal {
  private readonly folder: string;

  /** @param state - the workspace's */
  constructor(state: string) {
    this.folder = join(state, 'restores');
  }

  /** Newest first. */
  async all(): Promise<InPlaceRestore[]> {
    const names = await readdir(this.folder).catch(() => []);
    const files = names.filter((name) => /^\d.*\.json$/.test(name)).sort();
    const records: InPlaceRestore[] = [];
    for (const name of files.reverse()) {
      const record = await this.read<InPlaceRestore>(name);
      if (record) records.push(record);
    }
    return records;
  }

  async write(record: InPlaceRestore): Promise<void> {
    await this.save(`${record.id}.json`, record);
    const all = await this.all();
    const isNeeded = ({ id, source, stage }: InPlaceRestore) =>
      stage === 'swapping' || stage === 'undoing' || id === all.find((other) => other.source === source)?.id;
    for (const old of all.slice(remembered))
      if (!isNeeded(old)) await rm(join(this.folder, `${old.id}.json`), { force: true });
  }

  /**
   * Held from the first look at a source to the last rename, so that nobody takes a restore at work for one that was killed.
   *
   * @throws FukugenError `locked`
   */
  async lock(source: string, purpose: string): Promise<Lock> {
    return acquireLock(join(this.folder, 'locks', source), purpose);
  }

  private async read<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(join(this.folder, name), 'utf8')) as T;
    } catch {
      return undefined;
    }
  }

  /** On the disk before anything that relies on it happens. */
  private async save(name: string, content: unknown): Promise<void> {
    try {
      await replaceFile(join(this.folder, name), `${JSON.stringify(content, null, 2)}\n`);
    } catch (cause) {
      throw storeFailure(cause, this.folder);
    }
  }
}
