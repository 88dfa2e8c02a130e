import { z } from 'zod';
import { duration, name, size } from './fields.ts';

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'write an AWS Region such as ap-northeast-1');

const clock = /^([01]\d|2[0-3]):[0-5]\d$/;
const weekday = 'mon|tue|wed|thu|fri|sat|sun';

const backupWindow = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    'write a UTC window of at least 30 minutes such as 16:15-16:45',
  );

const maintenanceWindow = z
  .string()
  .regex(
    new RegExp(`^(${weekday}):([01]\\d|2[0-3]):[0-5]\\d-(${weekday}):([01]\\d|2[0-3]):[0-5]\\d$`),
    'write a UTC window of at least 30 minutes such as sun:17:10-sun:17:40',
  );

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

/** An RDS for PostgreSQL instance that this project owns. */
const instance = z.strictObject({
  kind: z.literal('instance'),
  /** Full engine version; AWS upgrades the minor within the maintenance window. */
  engineVersion: z
    .string()
    .regex(/^1[3-8]\.\d{1,2}$/, 'write a PostgreSQL version from 13 to 18 with its minor, such as 17.6'),
  instanceClass: z
    .string()
    .regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'write an instance class such as db.t4g.medium')
    .default('db.t4g.medium'),
  storage: size()
    .refine((value) => value.gibibytes >= 20 && value.gibibytes <= 65_536, 'RDS gp3 storage is 20GiB to 64TiB')
    .prefault('100GiB'),
  multiAz: z.boolean().default(false),
  /** RDS keeps 1 to 35 days of automated backups; under 7 is less than a long holiday. */
  automatedBackupRetention: duration({ min: '7d', max: '35d' }).prefault('14d'),
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
  ...reckoning,
});

/** AWS Backup keeps recovery points for whole days, from 1 to 36,500. */
function wholeDays() {
  return duration({ min: '1d', max: '36500d' }).refine(
    (value) => Number.isInteger(value.days),
    'write whole days, such as 14d',
  );
}

/** How often recovery points are taken, and how long each place keeps them. */
const cadence = z.strictObject({
  every: duration({ min: '1h', max: '24h' })
    .refine(
      (value) => (24 * 3_600) % value.seconds === 0,
      'must divide a day: AWS Backup evaluates a schedule within one day',
    )
    .prefault('3h'),
  /** Minutes past midnight, in the timezone below, of the first run. */
  startsAt: z.string().regex(clock, 'write a time of day such as 00:00').default('00:00'),
  timezone: z
    .string()
    .refine(isTimezone, 'write a timezone of the IANA database such as Asia/Tokyo')
    .default('Asia/Tokyo'),
  keep: wholeDays().prefault('14d'),
  /** AWS Backup accepts at least 60 minutes; its default of 8 hours lets one rule suppress another. */
  startWindow: duration({ min: '60m', max: '24h' }).prefault('60m'),
  completionWindow: duration({ min: '60m', max: '7d' }).prefault('3h'),
  /** Copies in the replica Region. */
  copy: z.strictObject({ keep: wholeDays().prefault('14d') }).prefault({}),
});

export const cloud = z.strictObject({
  /**
   * @default - the account of the credentials at deployment
   */
  account: z
    .string()
    .regex(/^\d{12}$/, 'write the twelve digits of an AWS account, in quotes')
    .optional(),
  primary: z.strictObject({ region: region.default('ap-northeast-1') }).prefault({}),
  replica: z.strictObject({ region: region.default('ap-northeast-3') }).prefault({}),
  cadence: cadence.prefault({}),
  databases: z
    .record(name, z.discriminatedUnion('kind', [instance]))
    .refine((databases) => Object.keys(databases).length > 0, {
      message: 'name at least one database',
    }),
});

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    // Intl also takes offsets such as +09:00, which EventBridge schedules and AWS Backup do not.
    return text === 'UTC' || /^[A-Za-z_]+\//.test(text);
  } catch {
    return false;
  }
}
