import { dailyOffsets } from '../../core/policy/windows.ts';

/** What a cron expression of AWS Backup comes to. */
export interface CronReading {
  /** Why AWS Backup would refuse it. Without any, the rest is there too. */
  readonly mistakes: readonly string[];
  /** What it does that its writer can hardly mean. */
  readonly oddities: readonly string[];
  readonly timezone: string;
  /** Every start in the year of `now` and the next, ascending, in minutes after the first of January by the local clock. */
  readonly localStarts: readonly number[];
  /** The same by UTC, without the days about a change of the clocks, on which it depends on the hour of the change. */
  readonly starts: readonly number[];
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const minute: Field = { name: 'minutes', min: 0, max: 59 };
const hour: Field = { name: 'hours', min: 0, max: 23 };
const dayOfMonth: Field = { name: 'day of month', min: 1, max: 31 };
const month: Field = {
  name: 'month',
  min: 1,
  max: 12,
  names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' '),
};
/** AWS counts from Sunday, which is 1 (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html). */
const dayOfWeek: Field = { name: 'day of week', min: 1, max: 7, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') };
const year: Field = { name: 'year', min: 1970, max: 2199 };
const fields = [minute, hour, dayOfMonth, month, dayOfWeek, year];

const dayLength = 1_440;
const nothing = { mistakes: [], oddities: [], localStarts: [], starts: [] };

/**
 * Reads a cron expression as AWS Backup does: six fields, evaluated within one day
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html), here over two years of
 * days in the timezone, so that days of the month, of the week and summer time come out as they will.
 *
 * @returns undefined for what is not read here: `L`, `W`, `#`, and ranges past the end of their field such as `FRI-MON`
 */
export function readCron(expression: string, timezone: string, now: Date): CronReading | undefined {
  const refused = (mistake: string): CronReading => ({ ...nothing, timezone, mistakes: [mistake] });
  const inner = /^cron\((.*)\)$/.exec(expression.trim())?.[1];
  if (inner === undefined) return refused('AWS Backup takes cron(…) only');
  const texts = inner.trim().split(/\s+/);
  if (texts.length !== 6)
    return refused(
      `a cron expression of AWS has 6 fields (minutes hours day-of-month month day-of-week year), and this has ${texts.length}`,
    );
  if (!isTimezone(timezone)) return refused(`"${timezone}" is no timezone`);
  if ([texts[2], texts[4]].some((text) => /[LW#]/.test(text?.replaceAll(/[A-Z]{3}/g, '') ?? ''))) return undefined;

  const mistakes: string[] = [];
  if (texts[2] !== '?' && texts[4] !== '?')
    mistakes.push('day of month and day of week are both given; one of them must be ?');
  if (texts[2] === '?' && texts[4] === '?') mistakes.push('day of month and day of week are both ?; one must say when');
  const values = fields.map((field, index) => {
    const read = valuesOf(field, texts[index] as string);
    if (typeof read === 'string') mistakes.push(read);
    return new Set(typeof read === 'string' ? [] : read);
  });
  if (mistakes.length > 0) return { ...nothing, timezone, mistakes };
  if (texts.some((text, index) => runsPastEnd(fields[index] as Field, text))) return undefined;
  const offsets = dailyOffsets(timezone, now);
  const localStarts = startsOf(values, offsets.length, now.getUTCFullYear());
  const starts = localStarts.flatMap((start) => {
    const index = Math.floor(start / dayLength);
    const offset = offsets[index] as number;
    const clocksChange = offset !== (offsets[index - 1] ?? offset) || offset !== (offsets[index + 1] ?? offset);
    return clocksChange ? [] : [start - offset];
  });
  return { mistakes, timezone, localStarts, starts, oddities: [...steps(texts), ...spacing(localStarts)] };
}

/** Or what is wrong. */
function valuesOf(field: Field, text: string): number[] | string {
  const wrong = `${field.name} "${text}" is not within ${field.min} to ${field.max}`;
  if (text === '?' && field !== dayOfMonth && field !== dayOfWeek) return `${field.name} cannot be ?`;
  const all: number[] = [];
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range.split('-');
    const first = from === '*' || from === '?' ? field.min : numbered(field, from);
    const last = to !== undefined ? numbered(field, to) : step !== undefined || /[*?]/.test(from) ? field.max : first;
    const by = step === undefined ? 1 : Number(step);
    const isWithin = (value: number) => value >= field.min && value <= field.max;
    if (!(isWithin(first) && isWithin(last) && Number.isInteger(by) && by >= 1)) return wrong;
    for (let value = first; value <= last; value += by) all.push(value);
  }
  return all;
}

function runsPastEnd(field: Field, text: string): boolean {
  return [...text.matchAll(/(\w+)-(\w+)/g)].some(
    ([, from = '', to = '']) => numbered(field, from) > numbered(field, to),
  );
}

function numbered(field: Field, text: string): number {
  const index = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (index >= 0) return field.min + index;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function startsOf(values: readonly ReadonlySet<number>[], days: number, from: number): number[] {
  const times = [...(values[1] ?? [])]
    .flatMap((hour) => [...(values[0] ?? [])].map((minute) => hour * 60 + minute))
    .sort((one, other) => one - other);
  return Array.from({ length: days }, (_, index) => index).flatMap((index) => {
    const date = new Date(Date.UTC(from, 0, 1 + index));
    const parts = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay() + 1, date.getUTCFullYear()];
    return date.getUTCFullYear() < from + 2 && parts.every((part, place) => values[place + 2]?.has(part))
      ? times.map((time) => index * dayLength + time)
      : [];
  });
}

/** A step begins anew each day, so one that does not start within its own length, or does not divide the day, leaves a gap. */
function steps(texts: readonly string[]): string[] {
  const match = /^(\d+|\*)\/(\d+)$/.exec(texts[1] ?? '');
  if (!match) return [];
  const first = match[1] === '*' ? 0 : Number(match[1]);
  const by = Number(match[2]);
  if (first < by && 24 % by === 0) return [];
  const hours = Array.from({ length: Math.ceil((24 - first) / by) }, (_, run) => first + run * by);
  return [
    `every ${by} hours is counted anew each day, so it runs at ${hours.map((hour) => `${hour}:00`).join(', ')} only`,
  ];
}

function spacing(starts: readonly number[]): string[] {
  if (starts.length === 0) return ['it never runs in this year or the next'];
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] as number));
  const shortest = gaps.reduce((one, other) => Math.min(one, other), 60);
  return shortest < 60
    ? [`two runs are ${shortest} minutes apart, and AWS Backup takes a snapshot once an hour at most`]
    : [];
}

function isTimezone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}
