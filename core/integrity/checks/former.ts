import type { DrillCheck } from '../../policy/drills.ts';
import type { DatabaseFingerprint } from '../fingerprint.ts';
import type { CheckResult } from './check.ts';
import { conclude, type Look } from './look.ts';

/** What a drill read of a restored server. */
export interface Restored {
  /** Every database that is there. */
  readonly databases: readonly string[];
  /** Of those that were read. */
  readonly fingerprints: Fingerprints;
}

/** By name of the database. */
export type Fingerprints = Readonly<Record<string, DatabaseFingerprint>>;

/** Every database of former times against what was restored of it: gone is a finding, not read is not covered. */
export function againstFormer(
  check: DrillCheck,
  severity: 'fail' | 'warn',
  former: readonly string[],
  { databases, fingerprints }: Restored,
  look: (database: string, restored: DatabaseFingerprint) => Look,
): CheckResult[] {
  return former.map((database) => {
    const restored = fingerprints[database];
    if (restored) return conclude({ check }, severity, database, look(database, restored), 0);
    const isThere = databases.includes(database);
    return conclude(
      { check },
      severity,
      database,
      {
        findings: isThere ? [] : [{ object: database, text: 'the database is missing' }],
        covered: isThere ? 0 : 1,
        of: 1,
        notCovered: isThere ? [database] : [],
        text: isThere ? 'the database was not read' : 'the databases of the server listed',
      },
      0,
    );
  });
}

/** One result of a check that had nothing to compare with. */
export function withoutFormer(
  check: DrillCheck,
  severity: 'fail' | 'warn',
  text: string,
  covered: 'skipped' | 'incomplete',
): CheckResult[] {
  const isSkipped = covered === 'skipped';
  const look = { findings: [], covered: 0, of: isSkipped ? 0 : 1, notCovered: [], nothing: isSkipped, text };
  return [conclude({ check }, severity, '', look, 0)];
}
