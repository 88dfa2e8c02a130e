import type { Manifest } from '../generation/manifest.ts';
import type { Progress } from '../system/progress.ts';

/** A generation that has been captured whole and is about to be stored. */
export interface Stage {
  readonly generation: string;
  /** Holds the generation as `layout` describes it. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly progress: Progress;
}

/** A generation in a store. */
export interface StoredGeneration {
  readonly generation: string;
  /** Name of the store. */
  readonly store: string;
}

/** What a store knows of a generation without fetching it. */
export interface Held {
  readonly generation: string;
  /** `undefined` when its manifest cannot be read; it may then be anybody's. */
  readonly owner: { readonly policy: string; readonly host: string } | undefined;
  /** Names of the sources in it. */
  readonly sources: readonly string[];
  /** Whether everything that was asked for is in it; `undefined` when that is not known here. */
  readonly isWhole: boolean | undefined;
}

/** A place that keeps generations. Every kind offers the same few verbs. */
export interface Store {
  readonly name: string;
  readonly kind: 'generations' | 'restic' | 'archive' | 'rclone';
  /** Whether whoever gets hold of the store needs a key to read it. One that does not encrypt gets no source that is `encryptedOnly`. */
  readonly encrypted: boolean;
  /**
   * Looks without writing.
   *
   * @throws FukugenError `store`, `missing` or `secret` when nothing could be stored now
   */
  examine(): Promise<void>;
  /** Looks, and makes what a first run needs. Throws as `examine` does. */
  prepare(): Promise<void>;
  /** Stores a generation whole, or leaves no trace of it. */
  put(stage: Stage): Promise<void>;
  /** Newest first; only whole generations of this policy. */
  list(): Promise<StoredGeneration[]>;
  /** What is there, newest first, as far as it is known without fetching it. */
  held(): Promise<Held[]>;
  /** Removes generations; what a killed run began to remove, the next one finishes. */
  remove(generations: readonly string[]): Promise<void>;
  /** Whether a killed run has left something that only a removal ends, though nothing lists it. @default - nothing is left so */
  isHalfRemoved?(): Promise<boolean>;
  /** Lends a generation as a folder, fetched if it must be; the folder is gone, or not to be written to, afterwards. */
  open<T>(generation: string, use: (folder: string) => Promise<T>): Promise<T>;
  /** What the store itself can say about its health, beyond one generation's content; problems as sentences. */
  check(): Promise<readonly string[]>;
}
