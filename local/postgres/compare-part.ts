import {
  type CompareOptions,
  type Comparison,
  compareFingerprints,
  type DatabaseFingerprint,
  named,
} from '../../core/integrity/index.ts';
import { keyOf, type Tables } from './choose-tables.ts';

/** A part of a database held against the record of the whole. */
interface PartComparison {
  readonly comparison: Comparison;
  /** What the whole has and the part does not, although it goes with something that was asked for, or with nothing in particular. */
  readonly leftOut: readonly string[];
}

type SchemaObject = DatabaseFingerprint['schema']['objects'][number];

/** Compares what was restored with the same part of the record: rows, definitions, owners and grants, sequences, settings. */
export function comparePart(
  recorded: DatabaseFingerprint,
  found: DatabaseFingerprint,
  { filled, kept, dropped }: Tables,
  expected: NonNullable<CompareOptions['expected']>,
): PartComparison {
  const isFilled = ({ schema, name }: { schema: string; name: string }) => filled.has(keyOf({ schema, name }));
  const labelOf = ({ kind, name }: SchemaObject) => `${kind} ${name}`;
  const present = new Set(found.schema.objects.map(labelOf));
  const sequences = new Set(found.sequences.map(keyOf));
  const part: DatabaseFingerprint = {
    ...recorded,
    tables: recorded.tables.filter(isFilled),
    schema: {
      ...recorded.schema,
      objects: recorded.schema.objects.filter((object) => present.has(labelOf(object)) || isDue(object, present)),
    },
    sequences: recorded.sequences.filter(({ schema, name }) => sequences.has(keyOf({ schema, name }))),
    largeObjects: found.largeObjects,
    roles: recorded.roles.filter(({ name }) => found.roles.some((role) => role.name === name)),
    unseen: recorded.unseen.filter(
      ({ kind, name }) => kind === 'table' && found.unseen.some((other) => other.name === name),
    ),
  };
  const comparison = compareFingerprints(
    part,
    { ...found, tables: found.tables.filter(isFilled) },
    { restore: 'logical', expected },
  );
  const lines = missingWith(recorded, present, labelOf, dropped);
  const empty = found.tables
    .filter((table) => kept.has(keyOf(table)) && !isFilled(table))
    .map(({ schema, name }) => `the rows of ${schema}.${name}, which is here for the sake of another table`);
  const { count } = recorded.largeObjects;
  return { comparison, leftOut: [...lines, ...empty, ...(count > 0 ? [`${count} large objects`] : [])] };
}

/** What no choice of tables can take away from one that was chosen: where it is missing, the restore failed. */
function isDue({ kind, of }: SchemaObject, present: ReadonlySet<string>): boolean {
  const own = ['column', 'column order', 'index', 'trigger', 'statistics'];
  return of !== undefined && own.includes(kind) && present.has(of);
}

/** Not the tables that nobody asked for, with what is a part of them; but a view that reads one of them, and a foreign key to one. */
function missingWith(
  recorded: DatabaseFingerprint,
  present: ReadonlySet<string>,
  labelOf: (object: SchemaObject) => string,
  dropped: Tables['dropped'],
): string[] {
  const tables = new Set(dropped.map(({ schema, name }) => named(schema, name)));
  const isDropped = ({ kind, name }: SchemaObject) => /(?:table|materialized view)$/.test(kind) && tables.has(name);
  // A serial's goes with its table.
  const theirs = new Set(
    recorded.sequences
      .filter(({ column }) => column !== null && tables.has(column.slice(0, column.lastIndexOf('.'))))
      .map(({ schema, name }) => named(schema, name)),
  );
  return recorded.schema.objects
    .filter((object) => !present.has(labelOf(object)) && (object.of === undefined || present.has(object.of)))
    .filter(
      (object) =>
        !isDue(object, present) && !isDropped(object) && !(object.kind === 'sequence' && theirs.has(object.name)),
    )
    .map(labelOf);
}
