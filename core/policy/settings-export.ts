import { z } from 'zod';
import { wholeDays } from './fields.ts';

/** A scheduled record, in the replica Region, of how the infrastructure of the primary Region is set. */
export const settingsExport = z.strictObject({
  /** How often it is looked at. A new version is kept only of what changed. */
  every: wholeDays()
    .refine((value) => value.days <= 30, 'write at most "30d"')
    .prefault('7d'),
  /** How long a version is kept after a newer one took its place; the newest is kept for ever. */
  keep: wholeDays('30d').prefault('365d'),
  /** Names of further Lambda functions of the primary Region, beside those of this app. */
  functions: z
    .array(z.string().regex(/^[\w-]{1,64}$/, 'write the name of a Lambda function, without its ARN'))
    .refine((names) => new Set(names).size === names.length, 'name each function once')
    .default([]),
});
