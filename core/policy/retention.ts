import { z } from 'zod';
import { Span, type SpanText } from './span.ts';

/** A number of days, weeks and months to keep one generation of. */
const counts = /^(\d{1,4})\/(\d{1,4})\/(\d{1,4})$/;

function span() {
  const right = 'write years, months, days and hours, such as 14d, 6mo or 1y6mo';
  return z
    .custom<SpanText>((value) => typeof value === 'string', { error: right })
    .transform((text, context): Span => {
      const value = Span.parse(text);
      if (value) return value;
      context.issues.push({ code: 'custom', input: text, message: right });
      return z.NEVER;
    })
    .meta({
      type: 'string',
      pattern: '^(\\d{1,3}y)?(\\d{1,4}mo)?(\\d{1,5}d)?(\\d{1,6}h)?$',
      description: right,
    })
    .optional();
}

const count = z.int().min(1).max(100_000).optional();

const rules = z
  .strictObject({
    /** The newest so many. */
    last: count,
    /** The last generation of each of so many hours, days, ISO weeks, months and years that have one. */
    hourly: count,
    daily: count,
    weekly: count,
    monthly: count,
    yearly: count,
    /** All that are at most so much older than the newest. */
    within: span(),
    /** The last of each hour, day, … that is at most so much older than the newest. */
    withinHourly: span(),
    withinDaily: span(),
    withinWeekly: span(),
    withinMonthly: span(),
    withinYearly: span(),
  })
  .refine((all) => Object.values(all).some((value) => value !== undefined), 'say what to keep, such as daily: 14')
  .transform((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Retention);

/** What to keep, in the terms of `restic forget`: a generation stays when one of the rules keeps it. */
export interface Retention {
  readonly last?: number;
  readonly hourly?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  readonly within?: Span;
  readonly withinHourly?: Span;
  readonly withinDaily?: Span;
  readonly withinWeekly?: Span;
  readonly withinMonthly?: Span;
  readonly withinYearly?: Span;
}

/** Everything for so long, or days/weeks/months to keep one of each. */
export type RetentionText = SpanText | `${number}/${number}/${number}`;

const shortForms =
  'write how long to keep everything, such as 14d, or days/weeks/months to keep one of each, such as 14/8/6';

/** `14d` (112 generations when they are three hours apart), `30d`, `14/8/6`, `7/4/12`. */
function written(text: string): z.input<typeof rules> | undefined {
  if (Span.parse(text)) return { within: text as SpanText };
  const [daily, weekly, monthly] = counts.exec(text)?.slice(1).map(Number) ?? [];
  const some = Object.entries({ daily, weekly, monthly }).filter(([, value]) => value !== undefined && value > 0);
  return some.length > 0 ? Object.fromEntries(some) : undefined;
}

/** What to keep, in a short form or rule by rule. */
export const retention = z
  .preprocess((given, context) => {
    if (typeof given !== 'string') return given;
    const long = written(given);
    if (long) return long;
    context.issues.push({ code: 'custom', input: given, message: shortForms });
    return z.NEVER;
  }, rules)
  .meta({
    anyOf: [
      {
        type: 'string',
        pattern: '^(\\d+/\\d+/\\d+|(\\d+y)?(\\d+mo)?(\\d+d)?(\\d+h)?)$',
        description: shortForms,
      },
      z.toJSONSchema(rules, { io: 'input', unrepresentable: 'any' }),
    ],
  }) as unknown as z.ZodType<Retention, RetentionText | z.input<typeof rules>>;
