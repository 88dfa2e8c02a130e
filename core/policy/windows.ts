import { counted } from '../counted.ts';
import { FukugenError } from '../errors.ts';
import { clock, minutesOfDay as day, wrap } from './clock.ts';
import { Duration } from './duration.ts';
import type { CloudPolicy } from './schema.ts';

/**
 * Where RDS may take its own daily backup and its weekly maintenance, given when AWS Backup starts its jobs.
 *
 * - RDS's backup window must not coincide with a start window, or the lineage of the backups can branch
 *   (https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html).
 * - A snapshot job that starts in the hour before the maintenance window, or during it, fails
 *   (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html).
 * - RDS refuses windows under 30 minutes, and a backup window that overlaps the maintenance window
 *   (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ManagingAutomatedBackups.html).
 *
 * The cadence repeats every day, so this is arithmetic on one circle of 1,440 minutes; a week is seven turns of it.
 */

type Cadence = CloudPolicy['cadence'];

/** What decides when AWS Backup may start a job. */
export type StartTimes = Pick<Cadence, 'every' | 'startsAt' | 'timezone' | 'startWindow'>;

interface Policy {
  readonly cadence: StartTimes;
  readonly databases: Readonly<Record<string, Given>>;
}

/** Minutes of the UTC day, from `start` (included, 0 to 1,439) for `length`; it may run past midnight. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
}

/** The two windows of one RDS instance, UTC, as RDS writes them. */
export interface RdsWindows {
  /** Daily, such as `16:15-16:45`. */
  readonly backup: string;
  /** Weekly, such as `sun:17:15-sun:17:45`. */
  readonly maintenance: string;
}

/** The windows of a database that the policy itself gives. */
interface Given {
  readonly backupWindow?: string | undefined;
  readonly maintenanceWindow?: string | undefined;
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const shortest = 30;
const hourBefore = 60;
/** Kept free on both sides of a window that we place, where there is room, so that a late start is well under way. */
const comfort = 15;

/** The runs of a day as minutes past midnight in the timezone of the cadence, ascending. */
export function runsOfDay({ every, startsAt }: Pick<Cadence, 'every' | 'startsAt'>): number[] {
  const runs = Array.from({ length: day / every.minutes }, (_, run) => wrap(clock(startsAt) + run * every.minutes));
  return runs.sort((one, other) => one - other);
}

/**
 * The stretches of the UTC day in which AWS Backup may start a job, at every offset that the timezone takes in the year
 * of `now` and the next: what is deployed stays deployed when the clocks change.
 */
function startWindows(times: StartTimes, now: Date): Stretch[] {
  return utcOffsets(times.timezone, now).flatMap((offset) =>
    runsOfDay(times).map((run) => ({ start: wrap(run - offset), length: times.startWindow.minutes })),
  );
}

/** What is wrong with a window of a database, or with a cadence that leaves its windows no place. */
export interface WindowMistake {
  readonly path: readonly string[];
  readonly received: string;
  readonly message: string;
}

export function windowMistakes({ cadence, databases }: Policy, now: Date = new Date()): WindowMistake[] {
  const mistakes = Object.entries(databases).flatMap(([name, database]) => {
    const { backup, maintenance } = place(cadence, database, now);
    const given = givenMistakes(cadence, database, now).map(({ key, ...mistake }) => ({
      path: ['databases', name, key],
      ...mistake,
    }));
    return backup && maintenance ? given : [...given, noPlace(cadence, database, now)];
  });
  // Several databases may have no place for the same reason.
  return [...new Map(mistakes.map((one) => [JSON.stringify(one), one])).values()];
}

/**
 * The windows of every database: those that the policy gives, and the others placed in the first clear half hour after
 * midnight in the timezone of the cadence, maintenance on Sunday.
 *
 * @throws FukugenError `policy` naming every mistake of every database at once: a policy that was read has none today
 */
export function placeWindows(policy: Policy, now: Date = new Date()): Record<string, RdsWindows> {
  const mistakes = windowMistakes(policy, now);
  if (mistakes.length > 0) {
    const count = counted(mistakes.length, 'mistake');
    const lines = mistakes.map(
      ({ path, received, message }) => `  cloud.${path.join('.')}: received ${received}; ${message}`,
    );
    throw new FukugenError('policy', `the windows of the policy have ${count}:\n${lines.join('\n')}`);
  }
  return Object.fromEntries(
    Object.entries(policy.databases).map(([name, database]) => [
      name,
      place(policy.cadence, database, now) as RdsWindows,
    ]),
  );
}

/** Maintenance goes first: it needs the longer stretch, and the hour before it has room for the backup window. */
function place(times: StartTimes, given: Given, now: Date): Partial<RdsWindows> {
  const starts = startWindows(times, now);
  // The smallest offset, not today's: a synth in summer and one in winter must place the same windows.
  const midnight = wrap(-Math.min(...utcOffsets(times.timezone, now)));
  const firstClear = (leadIn: number, other: string | undefined) => {
    for (const margin of [comfort, 0]) {
      for (let start = midnight; start < midnight + day; start += 1) {
        const reach = { start: start - leadIn - margin, length: leadIn + shortest + 2 * margin };
        const window = { start: wrap(start), length: shortest };
        if (!starts.some((one) => overlap(one, reach)) && !(other && overlap(read(other), window))) return window;
      }
    }
    return undefined;
  };
  const maintenance = given.maintenanceWindow ?? written(firstClear(hourBefore, given.backupWindow), 'sun');
  const backup = given.backupWindow ?? written(firstClear(0, maintenance));
  return { ...(backup && { backup }), ...(maintenance && { maintenance }) };
}

function givenMistakes(
  times: StartTimes,
  given: Given,
  now: Date,
): (Omit<WindowMistake, 'path'> & { readonly key: keyof Given })[] {
  const { backupWindow, maintenanceWindow } = given;
  const mistakes: ReturnType<typeof givenMistakes> = [];
  const check = (key: keyof Given, leadIn: number, clear: () => string | undefined) => {
    const text = given[key];
    if (text === undefined) return;
    const say = (wrong: string) => {
      const better = clear();
      mistakes.push({ key, received: `"${text}"`, message: `${wrong}${better ? `; "${better}" is clear` : ''}` });
    };
    const { start, length } = read(text);
    if (length < shortest) say(`RDS wants at least 30 minutes, and this is ${length}`);
    const hit = startWindows(times, now).find((one) =>
      overlap(one, { start: start - leadIn, length: leadIn + length }),
    );
    if (hit)
      say(
        `${leadIn ? 'it, or the hour before it,' : 'it'} overlaps the start window ${written(hit)} UTC of AWS Backup`,
      );
    if (key === 'backupWindow' && maintenanceWindow && overlap(read(text), read(maintenanceWindow)))
      say(`it overlaps the maintenance window "${maintenanceWindow}"`);
  };
  check('backupWindow', 0, () => place(times, { maintenanceWindow }, now).backup);
  check('maintenanceWindow', hourBefore, () => place(times, { backupWindow }, now).maintenance);
  return mistakes;
}

/** Why there is no clear half hour, and the smallest changes that would make one. */
function noPlace(cadence: StartTimes, given: Given, now: Date): WindowMistake {
  const leavesRoom = (times: StartTimes, windows: Given) => {
    const { backup, maintenance } = place(times, windows, now);
    return backup !== undefined && maintenance !== undefined;
  };
  const rarer = [2, 3, 4, 6, 8, 12, 24].map((hours) => Duration.seconds(hours * 3_600));
  const remedies = [cadence.startWindow, Duration.seconds(3_600)].flatMap((startWindow) => {
    const every = [cadence.every, ...rarer.filter((one) => one.seconds > cadence.every.seconds)].find((one) =>
      leavesRoom({ ...cadence, startWindow, every: one }, given),
    );
    if (!every) return [];
    const changes = [
      every !== cadence.every && `every "${every}"`,
      startWindow.seconds !== cadence.startWindow.seconds && `startWindow "${startWindow}"`,
    ];
    return [changes.filter(Boolean).join(' with ')];
  });
  if (leavesRoom(cadence, {})) remedies.push('leaving both windows of the database to fukugen');
  const received = `every "${cadence.every}" with startWindow "${cadence.startWindow}"`;
  return {
    path: ['cadence'],
    received,
    message: `RDS needs 30 minutes a day for its own backup, and 30 minutes a week for maintenance with the hour before it, clear of every start window, and ${received} leaves none; ${[...new Set(remedies)].join(', or ')} would leave room`,
  };
}

function utcOffsets(timezone: string, now: Date): number[] {
  return [...new Set(dailyOffsets(timezone, now))];
}

const knownOffsets = new Map<string, readonly number[]>();

/**
 * In minutes east of Greenwich, once for each day of the year of `now` and of the next: no zone changes its offset for
 * less than a day. They are kept, since one policy asks many times, and each time is 731 dates to write.
 */
export function dailyOffsets(timezone: string, now: Date): readonly number[] {
  const key = `${now.getUTCFullYear()} ${timezone}`;
  const offsets = knownOffsets.get(key) ?? readOffsets(timezone, now);
  knownOffsets.set(key, offsets);
  return offsets;
}

function readOffsets(timezone: string, now: Date): number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
  const from = Date.UTC(now.getUTCFullYear(), 0, 1);
  const days = (Date.UTC(now.getUTCFullYear() + 2, 0, 2) - from) / (day * 60_000) + 1;
  return Array.from({ length: days }, (_, index) => {
    const parts = format.formatToParts(from + index * day * 60_000);
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? ['', '+', '0', '0'];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  });
}

/** `16:15-16:45` or `sun:17:15-sun:17:45`; a maintenance window may last several days. */
export function read(window: string): Stretch {
  const [from = '', to = ''] = window.split('-');
  const isWeekly = from.length > 5;
  const minuteOfWeek = (text: string) => weekdays.indexOf(text.slice(0, 3)) * day + clock(text.slice(4));
  if (!isWeekly) return { start: clock(from), length: wrap(clock(to) - clock(from)) };
  return { start: minuteOfWeek(from), length: wrap(minuteOfWeek(to) - minuteOfWeek(from), 7 * day) };
}

function written(window: Stretch, weekday?: string): string;
function written(window: Stretch | undefined, weekday?: string): string | undefined;
function written(window: Stretch | undefined, weekday?: string): string | undefined {
  if (!window) return undefined;
  const text = (minute: number) => {
    const time = `${twoDigits(Math.floor(wrap(minute) / 60))}:${twoDigits(minute % 60)}`;
    if (!weekday) return time;
    return `${weekdays[(weekdays.indexOf(weekday) + Math.floor(minute / day)) % 7]}:${time}`;
  };
  return `${text(window.start)}-${text(window.start + window.length)}`;
}

/** @param circle - that both are stretches of: a day, or the minutes of a week */
export function overlap(one: Stretch, other: Stretch, circle = day): boolean {
  return wrap(other.start - one.start, circle) < one.length || wrap(one.start - other.start, circle) < other.length;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
