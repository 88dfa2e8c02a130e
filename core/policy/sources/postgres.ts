import { z } from 'zod';
import { path, secret } from '../fields.ts';
import { common } from './common.ts';

/** Names of schemas or tables, exact but for `*`, which stands for anything. */
const names = z.array(z.string().min(1)).min(1, 'name at least one, or leave it out').optional();

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
    /**
     * Only the rows of the tables in these schemas, and of those under `tables`. The definition of everything else is kept with them, since
     * a table needs types, functions and extensions; a restore takes away the tables that are not in this part.
     * @default - the whole database
     */
    schemas: names,
    /** As `schema.name`; without a schema in `public`. A partitioned table has its partitions with it. */
    tables: names,
    /** Left out of those, or of the whole database. */
    excludeTables: names,
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
