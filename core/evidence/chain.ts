import { digestOf } from '../integrity/digest.ts';
import { canonicalJson } from './canonical.ts';
import type { DrillRecord } from './record.ts';
import { parseRecord } from './schema.ts';
import { sealOf } from './seal.ts';

/** A record as it was stored. */
export interface StoredRecord {
  /** `evidence/<region>/<database>/<number>.json`, or the end of it. */
  readonly key: string;
  readonly text: string;
}

export interface ChainFinding {
  readonly key: string;
  readonly kind: ChainFindingKind;
  /** A sentence. */
  readonly text: string;
}

export type ChainFindingKind =
  /** Not a record, or not in the form in which records are written. */
  | 'unreadable'
  /** Its seal does not fit its contents. */
  | 'changed'
  /** There is a number without a record. */
  | 'missing'
  /** What it says of itself is not what it is stored as. */
  | 'foreign'
  /** It does not name the record before, as that one is now. */
  | 'broken';

/** One database in one Region. */
export interface Chain {
  readonly region: string;
  readonly database: string;
  /** In the order of their numbers; without those that cannot be read. */
  readonly records: readonly DrillRecord[];
  /** SHA-256 of the bytes of everything in it: whoever wrote the newest down can tell later that it was not cut off. */
  readonly hashes: readonly string[];
  readonly findings: readonly ChainFinding[];
}

/**
 * Every chain that the records belong to, and everything that is wrong with it. Nothing here can tell that the newest records
 * were all taken away: the lock of the bucket keeps them, and whoever noted the hash of the newest finds it.
 */
export function verifyChains(stored: readonly StoredRecord[]): Chain[] {
  const chains = Map.groupBy(stored, ({ key }) => key.split('/').slice(-3, -1).join('/'));
  return [...chains].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, own]) => verifyChain(name, own));
}

interface Numbered extends StoredRecord {
  readonly number: number;
}

function verifyChain(name: string, stored: readonly StoredRecord[]): Chain {
  const [region = '', database = ''] = name.split('/');
  const findings: ChainFinding[] = [];
  const records: DrillRecord[] = [];
  const numbered: Numbered[] = [];
  for (const one of stored) {
    const number = /\/(\d{6,})\.json$/.exec(`/${one.key}`)?.[1];
    if (number === undefined) findings.push({ key: one.key, kind: 'foreign', text: 'it has no number in the chain' });
    else numbered.push({ ...one, number: Number(number) });
  }
  numbered.sort((one, other) => one.number - other.number);
  let before: Numbered | undefined;
  for (const one of numbered) {
    findings.push(...gap(before, one));
    const { record, problems } = readOne(one, { region, database });
    findings.push(...problems);
    if (record) {
      records.push(record);
      findings.push(...link(before, one, record));
    }
    before = one;
  }
  return { region, database, records, hashes: numbered.map(({ text }) => digestOf(text)), findings };
}

function gap(before: Numbered | undefined, { key, number }: Numbered): ChainFinding[] {
  const expected = (before?.number ?? 0) + 1;
  if (number === expected) return [];
  if (number < expected) return [{ key, kind: 'foreign', text: `there are two records with the number ${number}` }];
  const missing = number - 1 === expected ? `${expected} is` : `${expected} to ${number - 1} are`;
  return [{ key, kind: 'missing', text: `before it, ${missing} missing` }];
}

function readOne({ key, text, number }: Numbered, of: { readonly region: string; readonly database: string }) {
  const finding = (kind: ChainFindingKind, text: string): ChainFinding => ({ key, kind, text });
  const record = parseRecord(text);
  if (!('format' in record)) return { problems: record.map((mistake) => finding('unreadable', mistake)) };
  const problems: ChainFinding[] = [];
  if (canonicalJson(record) !== text) problems.push(finding('changed', 'it is not written as records are'));
  if (sealOf(record) !== record.seal) problems.push(finding('changed', 'its contents do not fit its seal'));
  const says = `${record.region}/${record.database}, number ${record.sequence}`;
  if (record.region !== of.region || record.database !== of.database || record.sequence !== number)
    problems.push(finding('foreign', `it is a record of ${says}`));
  return { record, problems };
}

function link(before: Numbered | undefined, { key, number }: Numbered, { previous }: DrillRecord): ChainFinding[] {
  const finding = (text: string): ChainFinding[] => [{ key, kind: 'broken', text }];
  if (number === 1) return previous ? finding('it is the first, and names one before it') : [];
  if (!previous) return finding('it names no record before it');
  // Its absence is told already.
  if (!before || before.number !== number - 1) return [];
  // A downloaded folder may begin anywhere above the file.
  if (previous.key.split('/').slice(-3).join('/') !== before.key.split('/').slice(-3).join('/'))
    return finding(`it names ${previous.key} as the one before it`);
  return previous.sha256 === digestOf(before.text)
    ? []
    : finding(`${before.key} is not what it was when this was written`);
}
