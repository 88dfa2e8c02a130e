/** What two fingerprints say about a restore. Plain JSON. */
export interface Comparison {
  readonly verdict: Verdict;
  /** Sorted: differences before notes, the gravest first. */
  readonly findings: readonly Finding[];
  readonly compared: Compared;
}

export type Verdict =
  | 'identical'
  /** Nothing is lost; the notes say what is not quite the same, and why that is expected. */
  | 'identical-with-notes'
  /** Something could not be read on one of the two sides. What was read is the same. */
  | 'incomplete'
  | 'different';

/** How much was compared. */
export interface Compared {
  readonly tables: number;
  /** Rows of those tables as recorded. */
  readonly rows: number;
  readonly sequences: number;
  readonly schemaObjects: number;
  readonly largeObjects: number;
  /** Tables, sequences and others that one side could not read, and that nothing is known about. */
  readonly uncovered: number;
}

export interface Finding {
  /** A note never makes a restore a failed one. `uncovered` makes it an unfinished one. */
  readonly severity: 'difference' | 'uncovered' | 'note';
  readonly kind: FindingKind;
  /** Such as `public.orders`. */
  readonly object: string;
  /** A short value, for programs; `null`: not there. */
  readonly recorded: string | number | null;
  readonly found: string | number | null;
  /** One line, for people. */
  readonly text: string;
}

/** In order of importance. */
export const findingKinds = [
  'table missing',
  'rows missing',
  'rows extra',
  'content differs',
  'table extra',
  'large objects',
  'sequence missing',
  'sequence behind',
  'sequence changed',
  'sequence extra',
  'schema object missing',
  'schema object changed',
  'schema object extra',
  'extension missing',
  'extension version',
  'extension extra',
  'encoding',
  'collation',
  'owner changed',
  'role missing',
  'grant lost',
  'grant extra',
  'role changed',
  'setting lost',
  'setting changed',
  'setting extra',
  'database property',
  'not read',
  'sequence ahead',
  'server version',
] as const;

export type FindingKind = (typeof findingKinds)[number];
