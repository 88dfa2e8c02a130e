import { z } from 'zod';
import { duration, wholeDays } from './fields.ts';

const clock = /^([01]\d|2[0-3]):[0-5]\d$/;

/** As a cron expression counts them. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const generation = {
  keep: wholeDays(),
  /**
   * Copies in the replica Region.
   * @default - kept as long
   */
  copy: z.strictObject({ keep: wholeDays() }).optional(),
};

/** How often recovery points are taken, and how long each place keeps them. */
export const cadence = z.strictObject({
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
  /** Once a week the first run of the day is kept for longer. */
  weekly: z.strictObject({ on: z.enum(weekdays).default('sun'), ...generation }).optional(),
  /** Once a month the second run of the day, or the only one, is kept for longer. */
  monthly: z
    .strictObject({
      /** Day of the month; every month has a 28th. */
      on: z.int().min(1, 'write a day from 1 to 28').max(28, 'write a day from 1 to 28').default(1),
      ...generation,
    })
    .optional(),
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

export type CadencePolicy = z.output<typeof cadence>;
