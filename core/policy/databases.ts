import { z } from 'zod';
import { databaseDrill } from './drills.ts';
import { customerKey, existingCluster, existingInstance, identifier } from './existing.ts';
import { duration, name, size } from './fields.ts';

const backupWindow = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    'write a UTC window of at least 30 minutes such as 16:15-16:45',
  );

const weekday = 'mon|tue|wed|thu|fri|sat|sun';
const maintenanceWindow = z
  .string()
  .regex(
    new RegExp(`^(${weekday}):([01]\\d|2[0-3]):[0-5]\\d-(${weekday}):([01]\\d|2[0-3]):[0-5]\\d$`),
    'write a UTC window of at least 30 minutes such as sun:17:10-sun:17:40',
  );

/** What a policy says of every database, whoever made it. */
export const windows = {
  /**
   * When RDS takes its own daily snapshot, UTC.
   * @default - thirty minutes placed clear of every start window of the plan
   */
  backupWindow: backupWindow.optional(),
  /**
   * Weekly, UTC. AWS Backup fails snapshot jobs in the hour before and during it.
   * @default - thirty minutes on Sunday placed clear of every start window of the plan
   */
  maintenanceWindow: maintenanceWindow.optional(),
};

/** What `fukugen plan` reckons with for one database. Nothing here is deployed; what is left out it assumes, and says so. */
const reckoning = {
  /** Stricter or looser than those of the whole policy. */
  objectives: z
    .strictObject({
      /** @default - the policy's */
      rpo: duration({ min: '1m' }).optional(),
      /** @default - the policy's */
      rto: duration({ min: '1m' }).optional(),
    })
    .optional(),
  expected: z
    .strictObject({
      /** How much of the storage is in use. @default - all of it */
      data: size().optional(),
      /** How much of it is written anew in a day. @default - 5 % of the data */
      dailyChange: size().optional(),
      /** From the start of a snapshot job to a usable recovery point. @default - 15m */
      snapshot: duration({ min: '1m', max: '7d' }).optional(),
      /** From there to a usable copy in the replica Region. @default - 45m */
      copy: duration({ min: '1m', max: '7d' }).optional(),
    })
    .optional(),
};

/** How its restore is rehearsed. */
const rehearsed = { drill: databaseDrill.prefault({}) };

/** Full engine version; AWS upgrades the minor within the maintenance window. */
const fullVersion = 'write a PostgreSQL version from 13 to 18 with its minor, in quotes, such as "17.6"';
const engineVersion = z.string(fullVersion).regex(/^1[3-8]\.\d{1,2}$/, fullVersion);

const instanceClass = z.string().regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'write an instance class such as db.t4g.medium');

/**
 * Which recovery points are copied to the replica Region. Every copy of an Aurora cluster is stored there in full, an
 * instance's only as the difference to the one before
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-copy-snapshot.html).
 * @default - all of them
 */
const copyEvery = duration({ min: '1h', max: '24h' }).optional();

/** An RDS for PostgreSQL instance that this project owns. */
const instance = z.strictObject({
  kind: z.literal('instance'),
  engineVersion,
  instanceClass: instanceClass.default('db.t4g.medium'),
  storage: size()
    .refine((value) => value.gibibytes >= 20 && value.gibibytes <= 65_536, 'RDS gp3 storage is 20GiB to 64TiB')
    .prefault('100GiB'),
  multiAz: z.boolean().default(false),
  /** RDS keeps 1 to 35 days of automated backups; under 7 is less than a long holiday. */
  automatedBackupRetention: duration({ min: '7d', max: '35d' }).prefault('14d'),
  /**
   * Automated backups are replicated to the replica Region and kept there as long: a point in time can be restored there
   * with minutes lost, where copies of snapshots lose hours. An account has room for 20 by default
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html).
   */
  replicateAutomatedBackups: z.boolean().default(true),
  /**
   * An instance that exists already, imported into its stack (runbooks/en/adopt-database.md).
   * @default - one is made, with a network, groups and a key of its own
   */
  existing: existingInstance.optional(),
  ...windows,
  ...rehearsed,
  ...reckoning,
});

/** Aurora capacity units, of about 2 GiB of memory each. */
const capacityUnits = z
  .number()
  .refine((value) => value >= 0.5 && value <= 256 && Number.isInteger(value * 2), 'write 0.5 to 256 in steps of 0.5');

/** An Aurora PostgreSQL cluster that this project owns: one writer, and readers. */
const cluster = z
  .strictObject({
    kind: z.literal('cluster'),
    engineVersion,
    /** Of the writer and every reader; `db.serverless` is Aurora serverless v2. */
    instanceClass: z
      .string()
      .regex(/^db\.([a-z0-9]+\.[a-z0-9]+|serverless)$/, 'write an instance class such as db.r7g.large or db.serverless')
      .default('db.serverless'),
    /**
     * Between which an instance of class `db.serverless` scales.
     * @default - 0.5 to 4
     */
    capacity: z.strictObject({ min: capacityUnits, max: capacityUnits }).optional(),
    /** In other zones than the writer; one takes its place within a minute when it fails. */
    readers: z.int().min(0, 'write 0 to 15').max(15, 'write 0 to 15').default(0),
    /**
     * Aurora keeps 1 to 35 days. Snapshots are free while automated backups reach as far back, so at least a day more than
     * the cadence keeps (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-storage-backup.html).
     */
    automatedBackupRetention: duration({ min: '7d', max: '35d' }).prefault('15d'),
    copyEvery,
    /**
     * A cluster that exists already, imported into its stack (runbooks/en/adopt-database.md).
     * @default - one is made, with a network, groups and a key of its own
     */
    existing: existingCluster.optional(),
    ...windows,
    ...rehearsed,
    ...reckoning,
  })
  .refine(({ existing, readers }) => !existing?.instances?.length || existing.instances.length === readers + 1, {
    path: ['existing', 'instances'],
    message: 'name the writer and every reader, one more than there are readers',
    when: () => true,
  })
  .refine(({ instanceClass, capacity }) => instanceClass === 'db.serverless' || capacity === undefined, {
    path: ['capacity'],
    message: 'only instances of class db.serverless scale; leave it out, or the instanceClass',
    when: () => true,
  })
  .refine(({ capacity }) => !capacity || !(capacity.min > capacity.max), {
    path: ['capacity'],
    message: 'min is more than max',
    when: () => true,
  });

/**
 * A database that exists already and stays its owner's: its protection is raised to this, where it is less, and nothing of it is
 * ever lowered or deleted. Either an instance or an Aurora cluster.
 */
const adopted = z
  .strictObject({
    kind: z.literal('adopted'),
    /** Identifier of an RDS for PostgreSQL instance in the primary Region. */
    instance: identifier.optional(),
    /** Identifier of an Aurora PostgreSQL cluster in the primary Region. */
    cluster: identifier.optional(),
    /**
     * ARN of the customer managed key that encrypts it, whose policy lets the account of the copies use it
     * (runbooks/en/adopt-database.md). Needed with `replica.account`; the deployment compares it with what RDS says.
     * @default - not looked at
     */
    key: customerKey.optional(),
    /** At least; for a cluster at least a day more than the cadence keeps. */
    automatedBackupRetention: duration({ min: '7d', max: '35d' }).prefault('15d'),
    /** Of an instance, as for a declared one. */
    replicateAutomatedBackups: z.boolean().default(true),
    copyEvery,
    /**
     * The automated backups of an instance may be turned on where they are off, at the next deployment. It interrupts the
     * instance for seconds to minutes.
     */
    allowOutage: z.boolean().default(false),
    /** It is known that the database is not encrypted, which cannot be added in place. */
    acknowledgeUnencrypted: z.boolean().default(false),
    ...windows,
    ...rehearsed,
    ...reckoning,
  })
  .refine(({ instance, cluster }) => (instance === undefined) !== (cluster === undefined), {
    message: 'name either the instance or the cluster',
    when: () => true,
  });

export const databases = z
  .record(name, z.discriminatedUnion('kind', [instance, cluster, adopted]))
  .refine((databases) => Object.keys(databases).length > 0, {
    message: 'name at least one database',
  });

export type DatabasePolicy = z.output<typeof databases>[string];
