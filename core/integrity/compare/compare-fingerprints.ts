import { FukugenError } from '../../errors.ts';
import type { DatabaseFingerprint } from '../fingerprint.ts';
import {
  type Compared,
  type Comparison,
  type Finding,
  type FindingKind,
  findingKinds,
  type Verdict,
} from './comparison.ts';
import type { Pair } from './context.ts';
import { databaseFindings, extensionFindings, largeObjectFindings, roleFindings } from './database.ts';
import { schemaFindings } from './schema.ts';
import { sequenceFindings } from './sequences.ts';
import { isCompared, tableFindings } from './tables.ts';

export interface CompareOptions {
  /**
   * How the found database came to be.
   * `logical`: pg_dump and pg_restore. Materialized views were computed again, indexes built anew, roles are this server's own.
   * `physical`: a snapshot or a copy of the files. Unlogged tables come back empty.
   */
  readonly restore: 'logical' | 'physical';
  /**
   * Kinds of difference that the caller itself brought about, such as `collation` where this machine lacks the locale. They become notes.
   * @default - none
   */
  readonly expected?: readonly FindingKind[];
}

/**
 * Every difference between what was recorded when the backup was taken and what was found after restoring it.
 *
 * @throws FukugenError `mismatch` when a fingerprint is of a format that this version cannot read
 */
export function compareFingerprints(
  recorded: DatabaseFingerprint,
  found: DatabaseFingerprint,
  options: CompareOptions,
): Comparison {
  for (const side of [recorded, found]) {
    if (side.format !== 1) {
      throw new FukugenError(
        'mismatch',
        `this fingerprint is of format ${side.format}, and format 1 is what this version reads`,
        {
          next: 'use the version of fukugen that wrote it, or a newer one',
        },
      );
    }
  }
  const logical = options.restore === 'logical';
  const pair: Pair = { recorded, found, logical, sameMajor: recorded.server.major === found.server.major };
  const findings = [
    ...tableFindings(pair),
    ...sequenceFindings(pair),
    ...largeObjectFindings(pair),
    ...schemaFindings(pair),
    ...extensionFindings(pair),
    ...databaseFindings(pair),
    ...roleFindings(pair),
  ].map(
    (item): Finding =>
      item.severity === 'difference' && options.expected?.includes(item.kind) ? { ...item, severity: 'note' } : item,
  );
  return { verdict: verdictOf(findings), findings: findings.sort(byImportance), compared: totals(pair, findings) };
}

function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ severity }) => severity === 'difference')) return 'different';
  if (findings.some(({ severity }) => severity === 'uncovered')) return 'incomplete';
  return findings.length > 0 ? 'identical-with-notes' : 'identical';
}

const severities: readonly Finding['severity'][] = ['difference', 'uncovered', 'note'];

/** Gravest kind first, within a kind the largest loss, then by name. */
function byImportance(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    findingKinds.indexOf(a.kind) - findingKinds.indexOf(b.kind) ||
    size(b) - size(a) ||
    (a.object < b.object ? -1 : a.object > b.object ? 1 : 0)
  );
}

function size({ recorded, found }: Finding): number {
  const number = (value: Finding['recorded']) => (typeof value === 'number' ? value : 0);
  return Math.abs(number(recorded) - number(found));
}

function totals(pair: Pair, findings: readonly Finding[]): Compared {
  const tables = pair.recorded.tables.filter(isCompared(pair));
  return {
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    sequences: pair.recorded.sequences.length,
    schemaObjects: pair.recorded.schema.objects.length,
    largeObjects: pair.recorded.largeObjects.count,
    uncovered: findings.filter(({ severity }) => severity === 'uncovered').length,
  };
}
