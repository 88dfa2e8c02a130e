import { z } from 'zod';
import { path, secret } from '../fields.ts';
import { common } from './common.ts';

export const postgres = z
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
    /** A service of docker compose, dumped with the client in its container. User, password and database default to what it was started with. */
    compose: z
      .strictObject({
        service: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'write the name of a service, as in the compose file'),
        /** @default - what compose finds beside the policy */
        file: path.optional(),
        /** @default - the name that compose gives it */
        project: z.string().min(1).optional(),
      })
      .optional(),
    ...common,
  })
  .refine(
    (source) =>
      source.url === undefined ||
      (['host', 'port', 'user', 'password', 'database', 'compose'] as const).every(
        (field) => source[field] === undefined,
      ),
    'give either url or the separate fields, not both',
  )
  .refine(
    (source) => source.compose === undefined || (source.host === undefined && source.port === undefined),
    'compose tells host and port by itself: leave them out',
  );
