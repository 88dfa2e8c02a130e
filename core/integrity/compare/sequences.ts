import type { SequenceFingerprint } from '../fingerprint.ts';
import { named } from '../names.ts';
import type { Finding } from './comparison.ts';
import { byName, finding, type Pair } from './context.ts';
import { notRead } from './tables.ts';

const nameOf = (sequence: SequenceFingerprint) => named(sequence.schema, sequence.name);

export function* sequenceFindings(pair: Pair): Generator<Finding> {
  const recorded = byName(pair.recorded.sequences, nameOf);
  const found = byName(pair.found.sequences, nameOf);
  const then = byName(
    pair.recorded.unseen.filter((item) => item.kind === 'sequence'),
    (item) => item.name,
  );
  const now = byName(
    pair.found.unseen.filter((item) => item.kind === 'sequence'),
    (item) => item.name,
  );
  for (const [name, sequence] of recorded) {
    const other = found.get(name);
    const hidden = now.get(name);
    if (other) yield* positionFindings(name, sequence, other);
    else if (hidden) yield notRead(hidden, 'after the restore');
    else
      yield finding(
        'difference',
        'sequence missing',
        name,
        sequence.last,
        null,
        `sequence ${name} is missing; it was at ${sequence.last}`,
      );
  }
  for (const [name, sequence] of found) {
    if (!recorded.has(name) && !then.has(name)) {
      yield finding(
        'difference',
        'sequence extra',
        name,
        null,
        sequence.last,
        `sequence ${name} was not there when the backup was taken`,
      );
    }
  }
  for (const hidden of then.values()) yield notRead(hidden, 'when the backup was taken');
  for (const hidden of now.values()) {
    if (!recorded.has(hidden.name) && !then.has(hidden.name)) yield notRead(hidden, 'after the restore');
  }
}

const parts = ['type', 'start', 'increment', 'minimum', 'maximum', 'cache', 'cycle', 'column'] as const;

function* positionFindings(
  name: string,
  recorded: SequenceFingerprint,
  found: SequenceFingerprint,
): Generator<Finding> {
  for (const part of parts) {
    if (recorded[part] === found[part]) continue;
    yield finding(
      'difference',
      'sequence changed',
      name,
      said(recorded[part]),
      said(found[part]),
      `sequence ${name}: ${part} is ${said(found[part])}, recorded ${said(recorded[part])}`,
    );
  }
  const before = next(recorded);
  const after = next(found);
  if (before === after) return;
  const behind = BigInt(recorded.increment) > 0n ? after < before : after > before;
  const text = `sequence ${name} continues at ${after}, recorded ${before}`;
  // Around the corner, lower can be later: nothing can be concluded.
  if (recorded.cycle)
    yield finding(
      'note',
      behind ? 'sequence behind' : 'sequence ahead',
      name,
      `${before}`,
      `${after}`,
      `${text} (it cycles)`,
    );
  else if (behind)
    yield finding(
      'difference',
      'sequence behind',
      name,
      `${before}`,
      `${after}`,
      `${text}: it will give out values that were given out already`,
    );
  // nextval does not wait for snapshots, so numbers taken while the dump ran are in it.
  else yield finding('note', 'sequence ahead', name, `${before}`, `${after}`, text);
}

function next({ last, called, increment }: SequenceFingerprint): bigint {
  return called ? BigInt(last) + BigInt(increment) : BigInt(last);
}

function said(value: string | boolean | null): string {
  return value === null ? 'none' : String(value);
}
