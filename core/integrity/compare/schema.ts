import { counted } from '../../counted.ts';
import type { DatabaseFingerprint, SchemaObject } from '../fingerprint.ts';
import { named } from '../names.ts';
import type { Finding } from './comparison.ts';
import { byName, finding, type Pair } from './context.ts';
import { grantFindings } from './grants.ts';

const nameOf = ({ kind, name }: SchemaObject) => `${kind} ${name}`;

/** Kinds that a logical restore cannot bring back, because pg_dump leaves them out. */
const undumped = new Map([['invalid index', 'pg_dump leaves invalid indexes out']]);

/** One side's objects, and what is known about them all: asked for each of a hundred thousand, nothing may search. */
interface Side {
  readonly objects: ReadonlyMap<string, SchemaObject>;
  /** Tables and sequences that were read are missing or extra with their rows and positions. */
  readonly reported: ReadonlySet<string>;
  /** How many objects go with this one. */
  readonly parts: ReadonlyMap<string, number>;
}

function sideOf({ schema, tables, sequences }: DatabaseFingerprint): Side {
  const parts = new Map<string, number>();
  for (const { of } of schema.objects) if (of !== undefined) parts.set(of, (parts.get(of) ?? 0) + 1);
  return {
    objects: byName(schema.objects, nameOf),
    reported: new Set([
      ...tables.map((item) => `${item.kind === 'partition' ? 'table' : item.kind} ${named(item.schema, item.name)}`),
      ...sequences.map((item) => `sequence ${named(item.schema, item.name)}`),
    ]),
    parts,
  };
}

export function* schemaFindings(pair: Pair): Generator<Finding> {
  const recorded = sideOf(pair.recorded);
  const found = sideOf(pair.found);
  for (const [name, object] of recorded.objects) {
    const other = found.objects.get(name);
    if (other) yield* changes(pair, name, object, other);
    else if (isNews(name, object, recorded, found)) {
      const excuse = pair.logical ? undumped.get(object.kind) : undefined;
      const text = `${name} is missing${withParts(name, recorded)}${excuse ? `: ${excuse}` : ''}`;
      yield finding(excuse ? 'note' : 'difference', 'schema object missing', name, object.digest, null, text);
    }
  }
  for (const [name, object] of found.objects) {
    if (recorded.objects.has(name) || !isNews(name, object, found, recorded)) continue;
    const text = `${name} was not there when the backup was taken${withParts(name, found)}`;
    yield finding('difference', 'schema object extra', name, null, object.digest, text);
  }
}

/** The table it belongs to is the news, not each of its columns. */
function isNews(name: string, { of }: SchemaObject, here: Side, there: Side): boolean {
  if (here.reported.has(name)) return false;
  return of === undefined || !here.objects.has(of) || there.objects.has(of);
}

function withParts(name: string, { parts }: Side): string {
  const count = parts.get(name);
  return count === undefined ? '' : `, with ${counted(count, 'part')}`;
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
