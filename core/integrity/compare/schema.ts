import type { DatabaseFingerprint, SchemaObject } from '../fingerprint.ts';
import { named } from '../names.ts';
import type { Finding } from './comparison.ts';
import { byName, counted, finding, type Pair } from './context.ts';
import { grantFindings } from './grants.ts';

const nameOf = ({ kind, name }: SchemaObject) => `${kind} ${name}`;

/** Kinds that a logical restore cannot bring back, because pg_dump leaves them out. */
const undumped = new Map([['invalid index', 'pg_dump leaves invalid indexes out']]);

/** Tables and sequences that were read are missing or extra with their rows and positions. */
function isReported({ tables, sequences }: DatabaseFingerprint, { kind, name }: SchemaObject): boolean {
  const same = (item: { readonly schema: string; readonly name: string }) => named(item.schema, item.name) === name;
  return kind === 'sequence' ? sequences.some(same) : isStored.has(kind) && tables.some(same);
}

const isStored = new Set(['table', 'materialized view']);

export function* schemaFindings(pair: Pair): Generator<Finding> {
  const recorded = byName(pair.recorded.schema.objects, nameOf);
  const found = byName(pair.found.schema.objects, nameOf);
  for (const [name, object] of recorded) {
    const other = found.get(name);
    if (other) yield* changes(pair, name, object, other);
    else if (!isPart(object, found, recorded)) yield* absent(pair, name, object, 'missing', recorded);
  }
  for (const [name, object] of found) {
    if (!recorded.has(name) && !isPart(object, recorded, found)) yield* absent(pair, name, object, 'extra', found);
  }
}

/** The table it belongs to is the finding, not each of its columns. */
function isPart(
  object: SchemaObject,
  there: ReadonlyMap<string, SchemaObject>,
  here: ReadonlyMap<string, SchemaObject>,
): boolean {
  if (object.of === undefined) return false;
  return here.has(object.of) && !there.has(object.of);
}

function* absent(
  pair: Pair,
  name: string,
  object: SchemaObject,
  how: 'missing' | 'extra',
  side: ReadonlyMap<string, SchemaObject>,
): Generator<Finding> {
  if (isReported(how === 'missing' ? pair.recorded : pair.found, object)) return;
  const excuse = pair.logical && how === 'missing' ? undumped.get(object.kind) : undefined;
  const parts = [...side.values()].filter((part) => part.of === name).length;
  const kind = how === 'missing' ? 'schema object missing' : 'schema object extra';
  const [recorded, found] = how === 'missing' ? [object.digest, null] : [null, object.digest];
  const text = `${name} ${how === 'missing' ? 'is missing' : 'was not there when the backup was taken'}${parts > 0 ? `, with ${counted(parts, 'part')}` : ''}${excuse ? `: ${excuse}` : ''}`;
  yield finding(excuse ? 'note' : 'difference', kind, name, recorded, found, text);
}

function* changes(pair: Pair, name: string, recorded: SchemaObject, found: SchemaObject): Generator<Finding> {
  if (recorded.digest !== found.digest) {
    const text = pair.sameMajor
      ? `${name} is defined differently`
      : `${name} reads differently in ${pair.found.server.major} than in ${pair.recorded.server.major}`;
    yield finding(
      pair.sameMajor ? 'difference' : 'note',
      'schema object changed',
      name,
      recorded.digest,
      found.digest,
      text,
    );
  }
  if (recorded.owner !== found.owner) {
    yield finding(
      'difference',
      'owner changed',
      name,
      recorded.owner ?? null,
      found.owner ?? null,
      `${name} belongs to ${found.owner}, recorded ${recorded.owner}`,
    );
  }
  yield* grantFindings(pair, name, recorded.grants ?? [], found.grants ?? []);
}
