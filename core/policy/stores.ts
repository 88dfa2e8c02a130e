import { z } from 'zod';
import { path, secret, size } from './fields.ts';
import { retention } from './retention.ts';

/** Says for one store what `retention` beside the stores says for all of them. @default - that one */
const ownRetention = retention.optional();

/** A second, so that a backup leaves room for others on the line. @default - as fast as it goes */
const uploadLimit = size()
  .refine((value) => value.bytes >= 1024, 'write 1KiB or more')
  .optional();

const generations = z.strictObject({
  kind: z.literal('generations'),
  path,
  retention: ownRetention,
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
  uploadLimit,
  retention: ownRetention,
});

const archive = z.strictObject({
  kind: z.literal('archive'),
  /** A folder; each generation becomes one file in it. */
  path,
  compression: z.enum(['zstd', 'gzip']).default('zstd'),
  /**
   * Who may read the archives, as public keys of age (https://age-encryption.org).
   * @default - they are not encrypted
   */
  recipients: z
    .array(z.string().regex(/^age1(pq1)?[a-z0-9]+$/, 'write a public key of age, which begins with age1'))
    .min(1, 'name at least one recipient, or leave recipients out')
    .optional(),
  /** The private key of one of the recipients, to verify and restore with; it may be known on another machine alone. */
  identity: secret().optional(),
  retention: ownRetention,
});

const optionName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'write the option as rclone.conf has it, such as endpoint');

const rclone = z.strictObject({
  kind: z.literal('rclone'),
  /** As rclone writes it: a remote of its own configuration and a path, `r2:bucket/laptop`. */
  remote: z.string().regex(/^[A-Za-z0-9_][\w .-]*:.*$/, 'write a remote and a path, such as r2:bucket/laptop'),
  /**
   * What rclone.conf would say of the remote, secrets apart: `type: s3`, `provider: Cloudflare`, `endpoint: …`.
   * @default - the remote is in rclone.conf
   */
  options: z.record(optionName, z.string()).optional(),
  /** Options whose values are secrets: `access_key_id`, `secret_access_key`, `pass`. */
  secrets: z.record(optionName, secret()).default({}),
  /**
   * Encrypts content and names, as rclone's `crypt` does; losing the password loses the store.
   * @default - not encrypted
   */
  crypt: z.strictObject({ password: secret(), salt: secret().optional() }).optional(),
  /**
   * A PEM file with the certificate authority of a private server.
   * @default - the system's authorities
   */
  caCertificate: path.optional(),
  uploadLimit,
  retention: ownRetention,
});

/** A place that keeps generations. */
export const store = z.discriminatedUnion('kind', [generations, restic, archive, rclone]);
