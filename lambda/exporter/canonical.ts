import { createHash } from 'node:crypto';
import type { Json } from './host.ts';

/** JSON with sorted keys: the same settings give the same bytes, in whatever order AWS named them. */
export function canonicalJson(value: Json): string {
  return `${JSON.stringify(sortKeys(value), null, 2)}\n`;
}

/** In one order, for lists that AWS gives in any. */
export function inOrder<T extends Json>(list: readonly T[]): T[] {
  const text = (value: T) => JSON.stringify(sortKeys(value));
  return [...list].sort((one, other) => (text(one) < text(other) ? -1 : 1));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Also of an object within a list. Numbers as keys would come first whatever their order; AWS has no such names here. */
function sortKeys(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => sortKeys(one) as Json);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sortKeys(one)]));
}
