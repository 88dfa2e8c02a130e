import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../../core/evidence/canonical.ts';
import { type StoredRecord, verifyChains } from '../../../core/evidence/chain.ts';
import { judge } from '../../../core/evidence/judge.ts';
import { recordJsonSchema } from '../../../core/evidence/schema.ts';
import { sealOf, sealRecord } from '../../../core/evidence/seal.ts';
import { digestOf } from '../../../core/integrity/digest.ts';
import { sampleFacts } from '../../helpers/sample-drill.ts';

const keyOf = (number: number) => `evidence/ap-northeast-1/main/${`${number}`.padStart(6, '0')}.json`;

function chainOf(length: number): StoredRecord[] {
  const stored: StoredRecord[] = [];
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const before = stored.at(-1);
    const previous = before ? { key: before.key, sha256: digestOf(before.text) } : null;
    const { text } = sealRecord(judge({ ...sampleFacts(), drill: `drill-${sequence}`, sequence, previous }));
    stored.push({ key: keyOf(sequence), text });
  }
  return stored;
}

const findingsOf = (stored: readonly StoredRecord[]) => verifyChains(stored).flatMap(({ findings }) => findings);
const chain = chainOf(4);
const at = (index: number) => chain[index] as StoredRecord;

/** A record that was written again after a change, with a seal that fits. */
function rewritten(index: number, change: object): StoredRecord {
  const record = { ...JSON.parse(at(index).text), ...change };
  return { ...at(index), text: canonicalJson({ ...record, seal: sealOf(record) }) };
}

describe('a chain as it was written', () => {
  test('has no findings, wherever it was downloaded to and in whatever order it is read', () => {
    expect(findingsOf(chain)).toEqual([]);
    expect(findingsOf([...chain].reverse().map(({ key, text }) => ({ key: `downloads/${key}`, text })))).toEqual([]);
  });

  test('is told by Region and database, with its records and the hash of the newest', () => {
    expect(verifyChains(chain)).toMatchObject([
      {
        region: 'ap-northeast-1',
        database: 'main',
        records: [{ sequence: 1 }, { sequence: 2 }, { sequence: 3 }, { sequence: 4 }],
        hashes: chain.map(({ text }) => digestOf(text)),
      },
    ]);
  });
});

describe('whatever is done to a chain is found', () => {
  const position = fc.nat({ max: chain.length - 1 });

  test('any byte of any record, changed to any other', () => {
    fc.assert(
      fc.property(position, fc.nat(), fc.integer({ min: 1, max: 255 }), (index, offset, difference) => {
        const bytes = Buffer.from(at(index).text);
        const where = offset % bytes.length;
        bytes[where] = ((bytes[where] as number) + difference) % 256;
        const changed = chain.with(index, { ...at(index), text: bytes.toString('latin1') });
        expect(findingsOf(changed).map(({ key }) => key)).toContain(at(index).key);
      }),
      { numRuns: 200 },
    );
  });

  test('any record but the newest, taken away', () => {
    fc.assert(
      fc.property(fc.nat({ max: chain.length - 2 }), (index) => {
        expect(findingsOf(chain.toSpliced(index, 1))).toContainEqual({
          key: at(index + 1).key,
          kind: 'missing',
          text: `before it, ${index + 1} is missing`,
        });
      }),
    );
  });

  test('any two records, swapped', () => {
    fc.assert(
      fc.property(position, position, (one, other) => {
        fc.pre(one !== other);
        const swapped = chain
          .with(one, { ...at(one), text: at(other).text })
          .with(other, { ...at(other), text: at(one).text });
        const keys = findingsOf(swapped)
          .filter(({ kind }) => kind === 'foreign')
          .map(({ key }) => key);
        expect(keys.sort()).toEqual([at(one).key, at(other).key].sort());
      }),
    );
  });
});

describe('each kind of damage is named', () => {
  test.each<[string, StoredRecord[], string, string]>([
    [
      'a verdict that was turned with its seal',
      chain.with(1, rewritten(1, { verdict: 'passed', drill: 'x' })),
      'broken',
      `${keyOf(2)} is not what it was when this was written`,
    ],
    [
      'a record that belongs to another database',
      chain.with(3, rewritten(3, { database: 'other' })),
      'foreign',
      'it is a record of ap-northeast-1/other, number 4',
    ],
    [
      'a link that was taken out',
      chain.with(3, rewritten(3, { previous: null })),
      'broken',
      'it names no record before it',
    ],
    [
      'a first one that names another',
      chain.with(0, rewritten(0, { previous: { key: 'x', sha256: '0'.repeat(64) } })),
      'broken',
      'it is the first, and names one before it',
    ],
    [
      'a link to somewhere else',
      chain.with(3, rewritten(3, { previous: { key: 'evidence/a/b/000003.json', sha256: '0'.repeat(64) } })),
      'broken',
      'it names evidence/a/b/000003.json as the one before it',
    ],
    ['an unknown field', chain.with(3, rewritten(3, { note: 'x' })), 'unreadable', 'it: Unrecognized key: "note"'],
    [
      'a failure without a cause',
      chain.with(3, rewritten(3, { verdict: 'failed' })),
      'unreadable',
      'cause: a record that failed names its cause, and one that passed has none',
    ],
    [
      'a later format',
      chain.with(3, rewritten(3, { format: 2 })),
      'unreadable',
      'it is of format 2, and this version reads format 1: ask the version that wrote it',
    ],
    [
      'no seal',
      chain.with(3, { ...at(3), text: at(3).text.replace(/,\s*"seal": "[0-9a-f]+"/, '') }),
      'unreadable',
      'it has no seal',
    ],
    ['no JSON', chain.with(3, { ...at(3), text: '' }), 'unreadable', 'it is not JSON'],
    [
      'other white space',
      chain.with(3, { ...at(3), text: JSON.stringify(JSON.parse(at(3).text)) }),
      'changed',
      'it is not written as records are',
    ],
    ['several records taken away', [at(0), at(3)], 'missing', 'before it, 2 to 3 are missing'],
    [
      'a number twice',
      [...chain, { ...at(3), key: keyOf(4).replace('0000', '00000') }],
      'foreign',
      'there are two records with the number 4',
    ],
    [
      'a file that is no record of the chain',
      [...chain, { key: 'evidence/ap-northeast-1/main/notes.json', text: '{}' }],
      'foreign',
      'it has no number in the chain',
    ],
  ])('%s', (_, stored, kind, text) => {
    expect(findingsOf(stored)).toContainEqual(expect.objectContaining({ kind, text }));
  });
});

test('the published JSON Schema of a record is current', async () => {
  const file = new URL('../../../schema/drill-record.schema.json', import.meta.url);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(recordJsonSchema());
});
