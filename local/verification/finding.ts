import type { Entry } from '../generation/entry.ts';
import type { Level } from './levels.ts';

/** `proven`: what the level claims holds. `failed`: it does not. `incomplete`: it does for what is in the backup, and something is not. */
export type Verdict = 'proven' | 'failed' | 'incomplete';

/** How much of a source a level has looked at. */
export interface Portion {
  readonly done: number;
  readonly of: number;
  readonly what: 'files' | 'tables' | 'parts';
}

/** What one level says of one source. */
export interface Result {
  readonly verdict: Verdict;
  /** Readable; the first line is a sentence, further ones name what is wrong. */
  readonly text: string;
  /** @default - nothing was looked at */
  readonly portion?: Portion | undefined;
  readonly detail?: unknown;
  /** SHA-256 of the contents that files should have and do not. */
  readonly damaged?: readonly string[];
}

export interface Finding extends Result {
  readonly store: string;
  readonly generation: string;
  /** Its name; `(store)` and `(generation)` for what belongs to none. */
  readonly source: string;
  readonly level: Level;
  /** When it was found, ISO 8601, if an earlier run that did not end has done it. */
  readonly resumedFrom?: string;
}

export function renderFinding({ verdict, store, generation, source, level, text }: Finding): string {
  const mark = { proven: 'ok', failed: 'FAILED', incomplete: 'INCOMPLETE' }[verdict];
  const [first, ...rest] = text.split('\n');
  return [`${mark}  ${store}  ${generation}  ${source}  ${level}: ${first}`, ...rest.map((line) => `    ${line}`)].join(
    '\n',
  );
}

/** Folders have no content of their own. */
export function allFiles(entries: readonly Entry[]): Portion {
  const of = entries.filter(({ type }) => type !== 'directory').length;
  return { done: of, of, what: 'files' };
}

export function portionText({ done, of, what }: Portion): string {
  return what === 'parts' ? `part ${done} of ${of}` : `${done} of ${of} ${what}`;
}
