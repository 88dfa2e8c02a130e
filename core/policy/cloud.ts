import { z } from 'zod';
import { disagreements } from './agreement.ts';
import { databases } from './databases.ts';
import { duration } from './fields.ts';

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'write an AWS Region such as ap-northeast-1');

const clock = /^([01]\d|2[0-3]):[0-5]\d$/;

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

export const cloud = z
  .strictObject({
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
    databases,
  })
  .superRefine(
    (policy, context) => {
      for (const { path, message } of disagreements(policy)) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    },
    { when: () => true },
  );

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    // Intl also takes offsets such as +09:00, which EventBridge schedules and AWS Backup do not.
    return text === 'UTC' || /^[A-Za-z_]+\//.test(text);
  } catch {
    return false;
  }
}
