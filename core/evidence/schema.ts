import { z } from 'zod';
import { drillChecks } from '../policy/drills.ts';
import { type DrillRecord, drillMarks } from './record.ts';

/** What a record looks like from outside; `record.ts` says what each field means. */

/** Of the records that this version writes and reads. */
const format = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.iso.datetime();
const seconds = z.number();
const stored = z.strictObject({ key: z.string().min(1), sha256 });

const check = z.strictObject({
  check: z.enum(Object.keys(drillChecks) as [keyof typeof drillChecks]),
  name: z.string().optional(),
  database: z.string(),
  outcome: z.enum(['passed', 'failed', 'warned', 'incomplete', 'skipped']),
  text: z.string(),
  findings: z.array(z.strictObject({ object: z.string(), text: z.string() })),
  more: z.int().nonnegative(),
  covered: z.int().nonnegative(),
  of: z.int().nonnegative(),
  notCovered: z.array(z.string()),
  seconds: z.number().nonnegative(),
});

const origin = z.strictObject({
  recoveryPoint: z.string().optional(),
  restoreTime: moment.optional(),
  createdAt: moment.optional(),
  databaseTime: moment.optional(),
  latestRestorable: moment.optional(),
  basis: z.enum(['snapshot-database-time', 'snapshot-create-time', 'restore-time']),
  bytes: z.number().nonnegative().optional(),
});

const measured = z.strictObject({
  rto: z.strictObject({
    available: seconds.optional(),
    checked: seconds.optional(),
    loaded: seconds.optional(),
    objective: seconds,
    met: z.boolean().nullable(),
  }),
  rpo: z.strictObject({
    seconds: seconds.nullable(),
    objective: seconds,
    met: z.boolean().nullable(),
    freshness: z.array(
      z.strictObject({ column: z.string(), newest: z.string().nullable(), behind: seconds.nullable() }),
    ),
  }),
  bytes: z.number().nonnegative().nullable(),
  cost: z.strictObject({ usd: z.number().nonnegative().nullable(), text: z.string() }),
});

const record = z
  .strictObject({
    format: z.literal(format),
    policy: z.string(),
    drill: z.string(),
    trigger: z.enum(['schedule', 'hand']),
    database: z.string(),
    kind: z.enum(['instance', 'cluster']),
    place: z.enum(['primary', 'replica']),
    region: z.string(),
    source: z.enum(['latest', 'copy', 'point-in-time', 'random']),
    sequence: z.int().positive(),
    previous: stored.nullable(),
    startedAt: moment,
    finishedAt: moment,
    origin: origin.nullable(),
    scratch: z.strictObject({
      identifier: z.string(),
      instanceClass: z.string().optional(),
      engineVersion: z.string().optional(),
    }),
    verdict: z.enum(['passed', 'failed']),
    cause: z.strictObject({ step: z.string(), error: z.string(), text: z.string() }).nullable(),
    timeline: z.array(z.strictObject({ name: z.enum(drillMarks), at: moment })),
    measured,
    checks: z.array(check),
    fingerprints: stored.nullable(),
    seal: sha256,
  })
  .refine(({ verdict, cause }) => (verdict === 'failed') === (cause !== null), {
    path: ['cause'],
    message: 'a record that failed names its cause, and one that passed has none',
  });

/**
 * Reads a stored record.
 *
 * @returns what is wrong with it instead, as sentences
 */
export function parseRecord(text: string): DrillRecord | readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ['it is not JSON'];
  }
  const given = Object(value) as { readonly format?: unknown };
  if (Number.isInteger(given.format) && given.format !== format) {
    return [`it is of format ${given.format}, and this version reads format ${format}: ask the version that wrote it`];
  }
  const result = record.safeParse(value, { reportInput: true });
  return result.success ? (result.data as DrillRecord) : result.error.issues.map(sentenceOf);
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.');
  if (issue.code === 'invalid_type' && issue.input === undefined) return `it has no ${field}`;
  return `${field || 'it'}: ${issue.message}`;
}

/** For other programs: `schema/drill-record.schema.json`. */
export function recordJsonSchema(): unknown {
  return { title: 'DrillRecord of fukugen', ...z.toJSONSchema(record) };
}
