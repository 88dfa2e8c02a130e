import type { DrillRecord } from '../../core/evidence/record.ts';
import { restoredTo } from '../../core/evidence/restored-to.ts';
import type { Fingerprints } from '../../core/integrity/checks/former.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { RecorderHost } from './host.ts';

/** A record as it is stored. */
export interface StoredRecord {
  readonly key: string;
  readonly text: string;
  readonly record: DrillRecord;
}

/** Newest first, each read only when it is asked for. */
export async function* newestRecords(
  host: RecorderHost,
  region: string,
  database: string,
): AsyncGenerator<StoredRecord> {
  const keys = await host.list(drillKeys.records(region, database));
  for (const key of keys.reverse()) {
    const text = await host.read(key);
    if (text === undefined) throw new Error(`record: ${key} is listed and cannot be read`);
    yield { key, text, record: JSON.parse(text) as DrillRecord };
  }
}

/** How far back a drill that passed is looked for: more than two years of them, one a month. */
const farthest = 30;

/**
 * What the database held when a drill of an earlier moment last passed: one that failed may have lost what the next would be compared
 * with, and a random old point holds less than the newest for good reason.
 */
export async function lastGoodFingerprints(
  host: RecorderHost,
  of: { readonly region: string; readonly database: string },
  asOf: string,
): Promise<Fingerprints | undefined> {
  let seen = 0;
  for await (const { record } of newestRecords(host, of.region, of.database)) {
    if (seen === farthest) return undefined;
    seen += 1;
    const then = restoredTo(record.origin);
    if (record.verdict !== 'passed' || !record.fingerprints || !then || Date.parse(then) > Date.parse(asOf)) continue;
    const text = await host.read(record.fingerprints.key);
    if (text !== undefined) return JSON.parse(text) as Fingerprints;
  }
  return undefined;
}
