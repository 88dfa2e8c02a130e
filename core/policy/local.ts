import { z } from 'zod';
import { duration, name, path, secret, size } from './fields.ts';

/** What `fukugen plan` reckons with; what is left out it calls unknown. */
const expected = z.strictObject({ data: size().optional() }).optional();

const postgres = z
  .strictObject({
    kind: z.literal('postgres'),
    /** A connection URL; it may hold a password, so it is named, not written. Excludes the fields below. */
    url: secret().optional(),
    host: z.string().min(1).optional(),
    port: z.int().min(1).max(65_535).optional(),
    user: z.string().min(1).optional(),
    password: secret().optional(),
    /**
     * @default - PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE and their kin, as psql reads them
     */
    database: z.string().min(1).optional(),
    expected,
  })
  .refine(
    (source) =>
      source.url === undefined ||
      (['host', 'port', 'user', 'password', 'database'] as const).every((field) => source[field] === undefined),
    'give either url or the separate fields, not both',
  );

const directory = z.strictObject({
  kind: z.literal('directory'),
  path,
  /** Names or paths inside the folder, as in a .gitignore file. */
  exclude: z.array(z.string().min(1)).default([]),
  expected,
});

const generations = z.strictObject({
  kind: z.literal('generations'),
  path,
});

const restic = z.strictObject({
  kind: z.literal('restic'),
  /** As restic writes it: a folder, `s3:https://host/bucket`, `sftp:…`, `rest:…`. */
  repository: z
    .string()
    .min(1)
    .refine(
      (text) => !/\/\/[^/@]+:[^/@]+@/.test(text),
      'take the password out of the address and name it under environment',
    ),
  password: secret(),
  /** Secrets that the repository's backend reads from its environment, such as AWS_ACCESS_KEY_ID. */
  environment: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'write the name of an environment variable'), secret())
    .default({}),
  /**
   * A PEM file with the certificate authority of a private server.
   * @default - the system's authorities
   */
  caCertificate: path.optional(),
});

export const local = z.strictObject({
  /** From the start of a run to its last store, for `fukugen plan`. @default - 30m */
  expectedRun: duration({ min: '1m', max: '7d' }).optional(),
  sources: z
    .record(name, z.discriminatedUnion('kind', [postgres, directory]))
    .refine((all) => Object.keys(all).length > 0, {
      message: 'name at least one source',
    }),
  stores: z
    .record(name, z.discriminatedUnion('kind', [generations, restic]))
    .refine((all) => Object.keys(all).length > 0, {
      message: 'name at least one store',
    }),
});
