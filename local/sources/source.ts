import type { EarlierTree } from '../generation/capture-tree.ts';
import type { SourceRecord } from '../generation/manifest.ts';
import type { RunContext } from '../system/run-context.ts';

/**
 * What every kind of source can do, under the same names.
 *
 * @typeParam Policy - as the policy has it
 * @typeParam Settings - what the source works from
 */
export interface SourceModule<Policy, Settings> {
  /** Resolves the paths in a policy; looks at nothing yet. */
  settingsOf(policy: Policy, policyFile: string): Settings;
  plan(settings: Settings): Promise<Plan>;
  capture(settings: Settings, context: CaptureContext): Promise<Captured>;
  /** Restores into a throwaway place and compares the result with what was recorded. */
  prove(folder: string, record: SourceRecord, context: RunContext): Promise<Proof>;
  /** Holds what the source is now against what was recorded; reads only. */
  compare(settings: Settings, folder: string, record: SourceRecord, context: RunContext): Promise<Proof>;
  /** Restores beside what is there now, compared, and not yet in anyone's way. */
  restoreBeside(settings: Settings, folder: string, record: SourceRecord, context: RunContext): Promise<Beside>;
}

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
  /** What the swap will do, known before it does it: whoever is to go back from it, or to finish it, needs no more. */
  readonly replaces: readonly Replacement[];
  /** Puts it in place and keeps what was there. */
  swap(): Promise<Swapped>;
  /** Takes it away again. */
  discard(): Promise<void>;
}

/** Names of databases, or absolute paths. */
export interface Replacement {
  readonly live: string;
  /** What takes its name. */
  readonly restored: string;
  /** The name that the old one gets; missing when there is none. */
  readonly kept?: string | undefined;
}

export interface Swapped {
  readonly inPlace: string;
  /** The name under which the old one was kept; `undefined` when there was none. */
  readonly kept: string | undefined;
  /** The commands that go back. */
  readonly undo: readonly string[];
}
