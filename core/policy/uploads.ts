import { z } from 'zod';
import { duration, size, wholeDays } from './fields.ts';

/** Recovery points of the objects. They are kept as long as those of the databases, here and in the replica Region. */
const backup = {
  /**
   * How often a recovery point is taken. Each looks at every object, and holds only what changed
   * (https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html).
   */
  every: duration({ min: '1h', max: '24h' })
    .refine((value) => (24 * 3_600) % value.seconds === 0, 'must divide a day, such as 12h')
    .prefault('24h'),
  /** What `fukugen plan` reckons with. @default - its cost is unknown */
  expected: z
    .strictObject({
      data: size().optional(),
      /** How much of it is written anew in a day. @default - 5 % of the data */
      dailyChange: size().optional(),
    })
    .optional(),
};

/** A bucket that this project makes. */
const declared = z.strictObject({
  kind: z.literal('declared'),
  ...backup,
  /** How long what was overwritten or deleted stays in the bucket itself. */
  keepOverwritten: wholeDays().prefault('30d'),
});

/** A bucket that exists already, in the primary Region. It is backed up and left as it is; without versioning it is refused. */
const adopted = z.strictObject({
  kind: z.literal('adopted'),
  ...backup,
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'write the name of a bucket as S3 shows it, without its ARN'),
});

/** The bucket with what users upload. */
export const uploads = z.discriminatedUnion('kind', [declared, adopted]);
