import type { Baseline } from './baseline.ts';
import type { CheckResult } from './check.ts';
import { againstFormer, type Restored, withoutFormer } from './former.ts';
import { compareWithPair } from './sandwich.ts';

/**
 * Holds a restored server against what production was: the *sandwich*.
 *
 * A baseline is a fingerprint of production at its own moment, and a recovery point is of another one. Nothing tells what production
 * was at exactly that moment; but what was the same before it and after it, and was not written to in between, was the same then too.
 * So with one baseline before the recovery point and one after:
 *
 * - a table with equal content in both, and with equal counts of writes, must be equal in the restored database, row for row;
 * - a table that was written to must be there; how many rows it should have nobody knows. Outside of the two counts is worth a note and
 *   proves nothing: a queue that is empty every night is full at noon;
 * - a schema object, an extension, a role, the large objects: equal in both, then equal in the restored one;
 * - a sequence must not be behind where it was before.
 *
 * What is *more* in the restored database is told only where the whole schema was the same in both, because then nothing can have been
 * made in between. An extension or a membership too many is no loss, and the drill itself brings amcheck and grants.
 *
 * Equal contents alone would not do: they allow for "changed and changed back", and a check that cries wolf is soon switched off. The
 * counts of writes are PostgreSQL's own (pg_stat_all_tables), by table and since a moment that is recorded with them. They are read
 * before the fingerprint, so that a write which the one does not show is in the other.
 *
 * With baselines on one side only (a recovery point that is newer than the newest baseline) nothing is certain: somebody may have edited
 * the price list this morning, or deployed. Then what was the same in the two nearest ones is expected to be so still, and a difference
 * is a warning, never a failure. With a single baseline only what seldom changes is held against it: schema, extensions, roles.
 * Without any there is nothing to compare with, and a check that could not run is incomplete.
 *
 * Not compared: unlogged tables, which a snapshot does not bring back, and materialized views, whose refresh is not counted as a write.
 *
 * @param asOf - the moment restored to, ISO 8601
 */
export function compareWithBaselines(
  baselines: readonly Baseline[],
  restored: Restored,
  asOf: string,
  severity: 'fail' | 'warn',
): CheckResult[] {
  const pair = choosePair(baselines, asOf);
  if (!pair) return withoutFormer('baseline', severity, 'no baseline was recorded', 'incomplete');
  const { one, other, certain } = pair;
  const databases = Object.keys(one.fingerprints).filter((name) => name in other.fingerprints);
  return againstFormer('baseline', certain ? severity : 'warn', databases.sort(), restored, (database, found) =>
    compareWithPair(pair, database, found),
  );
}

export interface BaselinePair {
  readonly one: Baseline;
  /** The same as `one` when there is no other. */
  readonly other: Baseline;
  /** The moment restored to lies between. */
  readonly certain: boolean;
}

function choosePair(baselines: readonly Baseline[], asOf: string): BaselinePair | undefined {
  const at = Date.parse(asOf);
  const sorted = [...baselines].sort((one, other) => Date.parse(one.takenAt) - Date.parse(other.takenAt));
  const before = sorted.filter((baseline) => endOf(baseline) <= at);
  const after = sorted.filter(({ takenAt }) => Date.parse(takenAt) > at);
  const [newest, older] = [before.at(-1), before.at(-2)];
  const [next, later] = after;
  if (newest && next) return { one: newest, other: next, certain: true };
  if (newest) return { one: older ?? newest, other: newest, certain: false };
  if (next) return { one: next, other: later ?? next, certain: false };
  return undefined;
}

/** Databases are read one after another, so the last fingerprint is the newest. */
function endOf({ takenAt, fingerprints }: Baseline): number {
  return Math.max(Date.parse(takenAt), ...Object.values(fingerprints).map((one) => Date.parse(one.takenAt)));
}
