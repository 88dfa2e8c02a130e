import { counted } from '../../counted.ts';
import { byName } from '../compare/context.ts';
import type { DatabaseFingerprint, SequenceFingerprint, TableFingerprint } from '../fingerprint.ts';
import { named } from '../names.ts';
import type { Activity } from './baseline.ts';
import type { CheckFinding } from './check.ts';
import type { BaselinePair } from './compare-with-baselines.ts';
import type { Look } from './look.ts';
import { steadyThings } from './steady-things.ts';

/** One database in two baselines, against the restored one. See `compareWithBaselines` for what follows from what. */
export function compareWithPair(
  { one, other, certain }: BaselinePair,
  database: string,
  found: DatabaseFingerprint,
): Look {
  const [before, after] = [one.fingerprints[database], other.fingerprints[database]] as [
    DatabaseFingerprint,
    DatabaseFingerprint,
  ];
  const isSingle = one === other;
  const tables = isSingle ? [] : before.tables.filter(isComparable);
  const later = byName(after.tables, nameOf);
  const now = byName(found.tables, nameOf);
  const unread = unreadOf(found);
  const isUnwritten = unwritten(one.activity[database], other.activity[database]);
  const both = tables.flatMap((table) => {
    const then = later.get(nameOf(table));
    return then ? [{ table, then, isSteady: equal(table, then) && isUnwritten(nameOf(table)) }] : [];
  });
  const findings: CheckFinding[] = [];
  let moved = 0;
  for (const { table, then, isSteady } of both) {
    const name = nameOf(table);
    const restored = now.get(name);
    if (unread.has(name)) continue;
    if (!restored) findings.push({ object: name, text: `is missing; it had ${counted(table.rows, 'row')}` });
    else if (isSteady && !equal(restored, table)) findings.push({ object: name, text: differs(table, restored) });
    else if (!isSteady && !isBetween(restored.rows, table.rows, then.rows)) moved += 1;
  }
  findings.push(...(isSingle ? [] : behind(before, after, found)), ...steadyThings(before, after, found));
  const hidden = [...new Set([...unreadOf(before), ...unreadOf(after), ...unread])];
  const steady = both.filter(({ isSteady, table }) => isSteady && !hidden.includes(nameOf(table))).length;
  const of = both.length + hidden.filter((name) => !both.some(({ table }) => nameOf(table) === name)).length;
  return {
    findings,
    covered: of - hidden.length,
    of,
    notCovered: hidden,
    reasons: hidden.length > 0 ? ['it was not read, then or now'] : [],
    text: `${told(one.takenAt, other.takenAt, certain, isSingle)}: ${counted(steady, 'table')} held to equal content, ${counted(both.length - steady, 'written table')} to be there${moved > 0 ? ` (${moved} with more or fewer rows than before and after, which may be)` : ''}`,
  };
}

function told(one: string, other: string, certain: boolean, isSingle: boolean): string {
  if (certain) return `between the baselines of ${one} and ${other}`;
  const what = isSingle ? `the only baseline, of ${one}` : `the nearest baselines, of ${one} and ${other}`;
  return `${what}, which do not enclose the moment restored to: differences may be writes`;
}

/** A restore from a snapshot empties unlogged tables, and a refresh of a materialized view is not counted as a write. */
function isComparable({ kind, persistence }: TableFingerprint): boolean {
  return kind !== 'materialized view' && persistence === 'permanent';
}

function unwritten(one: Activity | undefined, other: Activity | undefined): (name: string) => boolean {
  if (!one || !other || one.since !== other.since) return () => false;
  return (name) => one.writes[name] !== undefined && one.writes[name] === other.writes[name];
}

function equal(one: TableFingerprint, other: TableFingerprint): boolean {
  return one.rows === other.rows && one.content === other.content;
}

function isBetween(rows: number, one: number, other: number): boolean {
  return rows >= Math.min(one, other) && rows <= Math.max(one, other);
}

function differs(expected: TableFingerprint, found: TableFingerprint): string {
  const lost = expected.rows - found.rows;
  if (lost > 0)
    return `${counted(lost, 'row')} missing of ${counted(expected.rows, 'row')}, though nothing was written to it`;
  if (lost < 0)
    return `${counted(-lost, 'row')} more than the ${counted(expected.rows, 'row')} of production, though nothing was written to it`;
  return `has the ${counted(expected.rows, 'row')} of production, but not the same content, though nothing was written to it`;
}

/** Tables, and the rest that has rows, that could have been read and were not. */
function unreadOf({ unseen }: DatabaseFingerprint): Set<string> {
  return new Set(unseen.filter(({ why }) => why !== 'foreign' && why !== 'excluded').map(({ name }) => name));
}

/** Sequences go one way between the two, so the restored one is no further back than before. After a crash it may be ahead. */
function* behind(
  before: DatabaseFingerprint,
  after: DatabaseFingerprint,
  found: DatabaseFingerprint,
): Generator<CheckFinding> {
  const later = byName(after.sequences, nameOf);
  const now = byName(found.sequences, nameOf);
  const unread = unreadOf(found);
  for (const sequence of before.sequences) {
    const name = nameOf(sequence);
    const then = later.get(name);
    const restored = now.get(name);
    if (!then || unread.has(name)) continue;
    if (!restored) yield { object: name, text: 'the sequence is missing' };
    else if (goesBack(sequence, then) || sequence.cycle) continue;
    else if (goesBack(sequence, restored)) {
      yield { object: name, text: `continues at ${nextOf(restored)}; production was at ${nextOf(sequence)} before` };
    }
  }
}

function goesBack(from: SequenceFingerprint, to: SequenceFingerprint): boolean {
  return BigInt(from.increment) > 0n ? nextOf(to) < nextOf(from) : nextOf(to) > nextOf(from);
}

function nextOf({ last, called, increment }: SequenceFingerprint): bigint {
  return called ? BigInt(last) + BigInt(increment) : BigInt(last);
}

function nameOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return named(schema, name);
}
