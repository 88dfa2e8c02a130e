import type { DatabaseFingerprint } from '../fingerprint.ts';
import type { Finding, FindingKind } from './comparison.ts';

/** Both sides, and how the second came to be. */
export interface Pair {
  readonly recorded: DatabaseFingerprint;
  readonly found: DatabaseFingerprint;
  readonly logical: boolean;
  /** A newer major prints the same definition in other words. */
  readonly sameMajor: boolean;
}

type Value = string | number | null;

export function finding(
  severity: Finding['severity'],
  kind: FindingKind,
  object: string,
  recorded: Value,
  found: Value,
  text: string,
): Finding {
  return { severity, kind, object, recorded, found, text };
}

export function byName<T>(items: readonly T[], name: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [name(item), item]));
}
