import type { SynthesisedApp } from './app.ts';
import type { Resource } from './resource.ts';

/** One mistake in one place. */
export interface Finding {
  readonly resource: Resource;
  /**
   * Of the rule within a backup plan, where one resource can make the same mistake more than once; it becomes part of
   * the id, so that each can be acknowledged by itself.
   * @default - the resource makes it once
   */
  readonly part?: string | undefined;
  /** Where in the resource, such as `Properties/StorageEncrypted`. */
  readonly location: string;
  /** What is wrong, quoting what was received. */
  readonly sentence: string;
  /** What to write instead. */
  readonly fix: string;
}

/** One kind of mistake, found in the templates of a whole app. */
export interface Rule {
  /** Stable, and never given to another rule. */
  readonly id: string;
  /** What it looks at, in half a sentence. */
  readonly looksAt: string;
  /** What happens otherwise. */
  readonly why: string;
  /** Page that says so. */
  readonly source: string;
  /** In general; a finding's own fix names values. */
  readonly fix: string;
  /** False where AWS refuses the template or fails every job, whatever anybody's reasons are. */
  readonly isAcknowledgeable: boolean;
  find(app: SynthesisedApp): Finding[];
}
