import { posix } from 'node:path';
import { z } from 'zod';
import { path } from '../fields.ts';
import { common } from './common.ts';

/** Names of files that hold secrets as a rule. */
const secretNames = /^\.env|\.(pem|key)$/;

const file = z.union([path, z.strictObject({ path, secret: z.boolean().optional() })]).transform((written) => {
  const given = typeof written === 'string' ? { path: written } : written;
  return { path: given.path, secret: given.secret ?? secretNames.test(posix.basename(given.path)) };
});

/** Single files, such as configuration. */
export const files = z.strictObject({
  kind: z.literal('files'),
  /** Each a path, or an object with `path` and `secret`. @default - secret are `.env*`, `*.pem` and `*.key` */
  files: z
    .array(file)
    .min(1, 'name at least one file')
    .refine((all) => new Set(all.map((one) => one.path)).size === all.length, 'name each file once'),
  /**
   * A source with a secret file in it goes to stores that encrypt, and to no other.
   * `true`: to every store, in plain.
   */
  allowPlain: z.boolean().default(false),
  ...common,
});
