import { digestOf } from '../integrity/digest.ts';
import { canonicalJson } from './canonical.ts';
import type { DrillRecord } from './record.ts';

/** The record as it is stored, byte for byte. */
export function sealRecord(record: Omit<DrillRecord, 'seal'>): { readonly record: DrillRecord; readonly text: string } {
  const sealed = { ...record, seal: sealOf(record) };
  return { record: sealed, text: canonicalJson(sealed) };
}

/** @param record - with or without its seal */
export function sealOf(record: Omit<DrillRecord, 'seal'> & { readonly seal?: string }): string {
  const { seal: _, ...rest } = record;
  return digestOf(canonicalJson(rest));
}
