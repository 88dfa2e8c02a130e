import { FukugenError } from '../../core/errors.ts';
import type { TableSelection } from '../postgres/choose-tables.ts';
import type { Source } from '../sources/index.ts';

/** A part of a source, as the command line names it. */
export interface Selection extends TableSelection {
  /** As in a .gitignore file. */
  readonly path?: readonly string[];
}

/** What each kind can be taken apart into. */
const parts: { readonly [K in Source['kind']]: readonly (keyof Selection)[] } = {
  postgres: ['table', 'schema'],
  directory: ['path'],
  files: ['path'],
  sqlite: [],
  command: [],
};

/**
 * The selection, or `undefined` for all of it.
 *
 * @throws FukugenError `usage` when a source of this kind has no such parts
 */
export function selectionOf(source: Source, options: Selection): Selection | undefined {
  const asked = (['table', 'schema', 'path'] as const).filter((part) => options[part]?.length);
  if (asked.length === 0) return undefined;
  const possible = parts[source.kind];
  const wrong = asked.filter((part) => !possible.includes(part));
  if (wrong.length === 0) return options;
  const options_ = wrong.map((part) => `--${part}`).join(', ');
  const alternative =
    possible.length > 0 ? `it takes ${possible.map((part) => `--${part}`).join(' and ')}` : 'it is restored whole';
  throw new FukugenError('usage', `${source.name} is a ${source.kind} and has no ${options_}; ${alternative}`);
}

export function selectionText({ table = [], schema = [], path = [] }: Selection): string {
  return [...table, ...schema.map((name) => `schema ${name}`), ...path].join(', ');
}
