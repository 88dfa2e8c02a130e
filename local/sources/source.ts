import type { EarlierTree } from '../generation/capture-tree.ts';
import type { SourceRecord } from '../generation/manifest.ts';
import type { RunContext } from '../system/run-context.ts';

/** What every kind of source can do, under the same names. */

/** What a run would capture, found out without changing anything. */
export interface Plan {
  /** One line for a person. */
  readonly text: string;
}

export interface CaptureContext extends RunContext {
  /** The folder of the source inside the staged generation; exists and is empty. */
  readonly folder: string;
  readonly earlier: EarlierTree | undefined;
}

/** What a source's capture puts into the manifest; the name is the run's to add. */
export type Captured = Omit<SourceRecord, 'name'>;

/** The outcome of restoring something and comparing it with what was recorded when it was backed up. */
export interface Proof {
  readonly verdict: 'identical' | 'different' | 'incomplete';
  /** Readable, several lines when there is something to say. */
  readonly text: string;
  /** The comparison as data. */
  readonly detail: unknown;
}

/** Restored under another name, compared, and not yet in anyone's way. */
export interface Beside {
  /** Where it is now: a database's name or a path. */
  readonly name: string;
  readonly proof: Proof;
  /** What putting it in place would do, as a sentence that ends in a question. */
  readonly question: string;
  /** Puts it in place and keeps what was there. */
  swap(): Promise<Swapped>;
  /** Takes it away again. */
  discard(): Promise<void>;
}

export interface Swapped {
  readonly inPlace: string;
  /** The name under which the old one was kept; `undefined` when there was none. */
  readonly kept: string | undefined;
  /** The commands that go back. */
  readonly undo: readonly string[];
}
