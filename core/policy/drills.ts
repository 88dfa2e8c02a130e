import { z } from 'zod';
import { duration, wholeDays } from './fields.ts';

/** Every check of a restored database that comes with the project, and what a finding of it means when a policy says nothing. */
export const drillChecks = {
  /** The database answers, over TLS, and its version is the one that was restored. */
  connect: 'fail',
  /** Every table is read from end to end; rows and contents are counted and hashed. */
  readable: 'fail',
  /** amcheck walks every B-tree index and finds every row of the table in it. */
  indexes: 'fail',
  /** amcheck reads every page of every table. */
  heap: 'fail',
  /** No index is left invalid or not ready. */
  'invalid-indexes': 'fail',
  /** Every constraint is validated. */
  constraints: 'warn',
  /** No row refers to one that is not there. */
  'foreign-keys': 'fail',
  /** Every sequence is ahead of the column that it fills. */
  sequences: 'fail',
  /** The extensions of the last evidence, or of the baseline, are there. */
  extensions: 'fail',
  /** Every role that something is owned by or granted to is there. */
  roles: 'fail',
  /** Declared columns hold rows that are new enough. */
  freshness: 'fail',
  /** No table holds much less than in the last evidence. */
  shrinkage: 'fail',
  /** The server has seen no page whose checksum is wrong. */
  checksums: 'fail',
  /** Tables that did not change around the recovery point are what they were in production. */
  baseline: 'fail',
  /** SQL files of the policy's own. */
  own: 'fail',
} as const satisfies Record<string, 'fail' | 'warn'>;

export type DrillCheck = keyof typeof drillChecks;

/** Hours after the verdict that a scratch can be kept for a person to look at. */
export const longestKeepHours = 72;

const severity = z.enum(['fail', 'warn', 'off']);

/** How the restores are rehearsed, in both Regions. */
export const drills = z.strictObject({
  /** Day of the month. */
  on: z.int().min(1, 'write a day from 1 to 28').max(28, 'write a day from 1 to 28').default(1),
  /** In the timezone of the cadence. */
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time such as 10:00')
    .default('10:00'),
  /** How many databases are restored at the same time. */
  concurrency: z.int().min(1, 'write 1 to 10').max(10, 'write 1 to 10').default(3),
  /** For one database, from its restore to its verdict. */
  timeLimit: duration({ min: '30m', max: '24h' }).prefault('8h'),
  /** Waits until RDS has loaded all data from S3, and measures it. Aurora does not tell. */
  waitUntilLoaded: z.boolean().default(false),
  /** How long evidence cannot be deleted. */
  keepEvidence: wholeDays().prefault('400d'),
  /** Percent of its rows that a table may have lost since the last evidence. */
  shrinkage: z.number().min(0, 'write 0 to 100').max(100, 'write 0 to 100').default(20),
  /** What a finding means: `fail` the drill, `warn` in its record, or `off`: not looked for. */
  checks: z.partialRecord(z.enum(Object.keys(drillChecks) as [DrillCheck, ...DrillCheck[]]), severity).default({}),
  /**
   * A folder, beside the policy, of SQL files with an expectation each, for every database; see docs/drills.md.
   * @default - none
   */
  ownChecks: z.string().min(1).optional(),
});

/** What a policy says of the drills of one database. */
export const databaseDrill = z.strictObject({
  /** Of the scratch. @default - the source's; for a cluster db.serverless */
  instanceClass: z
    .string()
    .regex(/^db\.([a-z0-9]+\.[a-z0-9]+|serverless)$/, 'write an instance class such as db.t4g.medium or db.serverless')
    .optional(),
  /**
   * What an hour of the scratch costs, its storage included, in USD: from your bill, or AWS's price list for your Region, class and size.
   * @default - records say what was used for how long, and no sum
   */
  usdPerHour: z.number().nonnegative().optional(),
  /**
   * Parameter group of the scratch, there in both Regions; of a database that this app makes it is known.
   * @default - in the primary Region the source's, in the replica Region the engine's default group
   */
  parameterGroup: z.string().min(1).max(255).optional(),
  /** Columns that tell how new the data is: the newest value may be this much older than the recovery point. */
  freshness: z
    .array(
      z.strictObject({
        /** Such as `public.orders`, or `shop/public.orders` in one of several databases. */
        table: z
          .string()
          .regex(/^([^/]+\/)?[^./]+\.[^/]+$/, 'write schema and table, such as public.orders or shop/public.orders'),
        /** Of a timestamp or date type. */
        column: z.string().min(1, 'write the name of a column'),
        within: duration({ min: '1m' }),
      }),
    )
    .default([]),
  /** As `drills.ownChecks`, for this database alone. @default - none */
  ownChecks: z.string().min(1).optional(),
  /**
   * Records what production holds, every day, so that drills compare with it.
   * @default - drills compare with their own last evidence only
   */
  baseline: z
    .strictObject({
      /** Secret in the primary Region with `username` and `password` of a role that may read everything and write nothing. */
      secret: z.string().regex(/^[\w/+=.@-]{1,512}$/, 'write the name of a secret, without its ARN'),
      /** Where clients of the database are, when it existed before. @default - the network that this app made it in */
      network: z
        .strictObject({
          vpc: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'write the id of a VPC'),
          subnets: z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'write the id of a subnet')).min(1),
          securityGroups: z.array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'write the id of a security group')).min(1),
        })
        .optional(),
    })
    .optional(),
});
