import { count, counted } from '../../counted.ts';
import type { DatabaseFingerprint, TableFingerprint } from '../fingerprint.ts';
import { named } from '../names.ts';
import type { CheckFinding, CheckResult } from './check.ts';
import { againstFormer, type Fingerprints, type Restored, withoutFormer } from './former.ts';
import type { Look } from './look.ts';

/**
 * Tables that are gone, or hold much less than in the last evidence: what a restore of the wrong snapshot, or of a database that somebody
 * had emptied, looks like.
 *
 * Partitions come and go with their month, so those of one schema are counted together. Unlogged tables are empty after every restore
 * from a snapshot, in the former evidence as now.
 *
 * @param previous - of a drill that restored an earlier moment; `undefined` when there is none
 * @param percent - of its rows that a table may have lost, 0 to 100
 */
export function shrinkage(
  previous: Fingerprints | undefined,
  restored: Restored,
  percent: number,
  severity: 'fail' | 'warn',
): CheckResult[] {
  if (!previous) return withoutFormer('shrinkage', severity, 'there is no earlier evidence', 'skipped');
  return againstFormer('shrinkage', severity, Object.keys(previous).sort(), restored, (database, current) =>
    lookAt(previous[database] as DatabaseFingerprint, current, percent),
  );
}

interface Counted {
  readonly name: string;
  readonly rows: number;
}

function lookAt(previous: DatabaseFingerprint, current: DatabaseFingerprint, percent: number): Look {
  const before = countedOf(previous.tables);
  const now = new Map(countedOf(current.tables).map((one) => [one.name, one]));
  const unread = new Set(current.unseen.filter(({ kind }) => kind === 'table').map(({ name }) => name));
  // With a partition unread, the sum of the others would look like a loss.
  const isUnread = ({ name }: Counted) =>
    unread.has(name) ||
    (partitionsOf.test(name) &&
      previous.tables.some((table) => table.kind === 'partition' && unread.has(nameOf(table))));
  const notCovered = before.filter(isUnread).map(({ name }) => name);
  const findings = before
    .filter((table) => !isUnread(table))
    .flatMap((table) => {
      const found = now.get(table.name);
      const text = found ? lost(table.rows, found.rows, percent) : `is missing; it had ${counted(table.rows, 'row')}`;
      return text === undefined ? [] : [{ object: table.name, text, rows: table.rows - (found?.rows ?? 0) }];
    })
    .sort((one, other) => other.rows - one.rows)
    .map(({ object, text }): CheckFinding => ({ object, text }));
  const text = `${counted(before.length, 'table')} compared with the last evidence; ${percent} % of the rows may be gone`;
  return { findings, covered: before.length - notCovered.length, of: before.length, notCovered, text };
}

function lost(before: number, now: number, percent: number): string | undefined {
  // Whole numbers, so that exactly the tolerance is allowed.
  if ((before - now) * 100 <= before * percent) return undefined;
  return `has ${counted(now, 'row')}, ${Math.round(((before - now) / before) * 100)} % less than the ${count(before)} of the last evidence`;
}

const partitionsOf = /^partitions of schema /;

function countedOf(tables: readonly TableFingerprint[]): Counted[] {
  const sums = new Map<string, number>();
  for (const table of tables) {
    const name = table.kind === 'partition' ? `partitions of schema ${named(table.schema)}` : nameOf(table);
    sums.set(name, (sums.get(name) ?? 0) + table.rows);
  }
  return [...sums].map(([name, rows]) => ({ name, rows }));
}

function nameOf({ schema, name }: TableFingerprint): string {
  return named(schema, name);
}
