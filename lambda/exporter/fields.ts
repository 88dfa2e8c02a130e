import { inOrder } from './canonical.ts';
import type { Json } from './host.ts';
import { redactNamed } from './redact.ts';

/**
 * The named fields only. A field that AWS adds tomorrow may change with every look, or hold what nobody meant to export, so
 * none is passed on unseen.
 */
export function pick<T extends object>(
  from: T,
  names: readonly (keyof T & string)[],
): Record<string, Json | undefined> {
  return Object.fromEntries(names.map((name) => [name, from[name] as Json | undefined]));
}

/** One field of everything in a list, in one order. */
export function namesOf<T>(list: readonly T[] | undefined, field: keyof T): string[] {
  return inOrder((list ?? []).map((one) => `${one[field] ?? ''}`));
}

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, redactNamed(Key, Value)]));
}
