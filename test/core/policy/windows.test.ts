import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FukugenError } from '../../../core/errors.ts';
import { cadence as cadenceForm } from '../../../core/policy/cadence.ts';
import {
  type BackupPolicyInput,
  type CloudPolicy,
  type InstancePolicy,
  parsePolicy,
} from '../../../core/policy/index.ts';
import { placeWindows, runsOfDay } from '../../../core/policy/windows.ts';

type CadenceInput = NonNullable<NonNullable<BackupPolicyInput['cloud']>['cadence']>;
type Given = { backupWindow?: string; maintenanceWindow?: string };

const now = new Date('2026-11-21T00:00:00Z');

/** Read part by part: a whole policy whose windows are wrong is refused before any is placed. */
function cloud(cadence: CadenceInput = {}, ...databases: Given[]): CloudPolicy {
  const all = databases.length > 0 ? databases : [{}];
  const whole = parsePolicy({ cloud: { databases: { main: { kind: 'instance', engineVersion: '17.6' } } } })
    .cloud as CloudPolicy;
  return {
    ...whole,
    cadence: cadenceForm.parse(cadence),
    databases: Object.fromEntries(
      all.map((given, index) => [`db${index}`, { ...(whole.databases.main as InstancePolicy), ...given }]),
    ),
  };
}

/** The message of the mistake, one line each. */
function mistakes(policy: CloudPolicy): string[] {
  try {
    placeWindows(policy, now);
  } catch (error) {
    expect(error).toBeInstanceOf(FukugenError);
    expect((error as FukugenError).code).toBe('policy');
    return (error as Error).message.split('\n').map((line) => line.trim());
  }
  return [];
}

describe('the runs of a day', () => {
  test('start at startsAt and wrap past midnight', () => {
    expect(runsOfDay(cloud({ every: '6h', startsAt: '22:30' }).cadence)).toEqual([270, 630, 990, 1_350]);
  });
});

describe('placing windows', () => {
  test('puts both just after midnight of the timezone, clear of a 3-hourly cadence in Tokyo', () => {
    expect(placeWindows(cloud(), now)).toEqual({
      db0: { backup: '16:15-16:45', maintenance: 'sun:17:15-sun:17:45' },
    });
  });

  test('places the same windows in summer and in winter', () => {
    const policy = cloud({ every: '4h', timezone: 'America/New_York' });
    expect(placeWindows(policy, new Date('2026-07-01T00:00:00Z'))).toEqual(
      placeWindows(policy, new Date('2026-12-01T00:00:00Z')),
    );
  });

  test('leaves room for both offsets of a timezone with summer time', () => {
    expect(placeWindows(cloud({ every: '24h', timezone: 'Europe/London', startsAt: '00:00' }), now)).toEqual({
      db0: { backup: '01:15-01:45', maintenance: 'sun:02:15-sun:02:45' },
    });
  });

  test('keeps a given window and places the other beside it', () => {
    expect(placeWindows(cloud({}, { backupWindow: '17:10-17:40' }), now)).toEqual({
      db0: { backup: '17:10-17:40', maintenance: 'sun:20:15-sun:20:45' },
    });
  });

  test('writes a maintenance window that runs past the end of Sunday', () => {
    // Every minute but 22:45 to 00:20 UTC is a start window, so the hour before and the half hour fill that stretch.
    const policy = cloud({ every: '24h', timezone: 'UTC', startsAt: '00:20', startWindow: '1345m' });
    expect(placeWindows(policy, now).db0?.maintenance).toBe('sun:23:45-mon:00:15');
  });
});

describe('mistakes', () => {
  test('an hourly cadence has no clear half hour, and the message says which cadence has one', () => {
    expect(mistakes(cloud({ every: '1h' }))).toEqual([
      'the windows of the policy have 1 mistake:',
      'cloud.cadence: received every "1h" with startWindow "1h"; RDS needs 30 minutes a day for its own backup, and 30 minutes a week for maintenance with the hour before it, clear of every start window, and every "1h" with startWindow "1h" leaves none; every "3h" would leave room',
    ]);
  });

  test('a start window that fills the cadence offers a shorter one too', () => {
    expect(mistakes(cloud({ every: '3h', startWindow: '3h' }))[1]).toMatch(
      /; every "6h", or startWindow "1h" would leave room$/,
    );
  });

  test('a given window that fills the day is offered to be left out', () => {
    expect(mistakes(cloud({ every: '24h' }, { backupWindow: '16:00-15:00' }))[1]).toMatch(
      /; leaving both windows of the database to fukugen would leave room$/,
    );
  });

  test('a maintenance window of more than a day meets every run', () => {
    expect(mistakes(cloud({ every: '24h' }, { maintenanceWindow: 'mon:17:15-tue:17:45' }))[1]).toMatch(
      /maintenanceWindow: received "mon:17:15-tue:17:45"; it, or the hour before it, overlaps the start window 15:00-16:00/,
    );
  });

  test('all are reported at once, for every database, with the value and a clear window', () => {
    const policy = cloud(
      {},
      { backupWindow: '15:30-15:50', maintenanceWindow: 'sat:23:10-sun:02:00' },
      { backupWindow: '17:20-17:50', maintenanceWindow: 'sun:17:15-sun:17:45' },
    );
    expect(mistakes(policy)).toEqual([
      'the windows of the policy have 4 mistakes:',
      'cloud.databases.db0.backupWindow: received "15:30-15:50"; RDS wants at least 30 minutes, and this is 20; "16:15-16:45" is clear',
      'cloud.databases.db0.backupWindow: received "15:30-15:50"; it overlaps the start window 15:00-16:00 UTC of AWS Backup; "16:15-16:45" is clear',
      'cloud.databases.db0.maintenanceWindow: received "sat:23:10-sun:02:00"; it, or the hour before it, overlaps the start window 00:00-01:00 UTC of AWS Backup; "sun:17:15-sun:17:45" is clear',
      'cloud.databases.db1.backupWindow: received "17:20-17:50"; it overlaps the maintenance window "sun:17:15-sun:17:45"; "16:15-16:45" is clear',
    ]);
  });
});

/**
 * The oracle knows no arithmetic of circles: it asks the calendar, minute by minute, for the local time, opens a start
 * window at every run, and looks at the minutes.
 */
describe('against a minute-by-minute simulation', () => {
  const timezones = ['Asia/Tokyo', 'UTC', 'Asia/Kolkata', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe'];
  const formats = new Map(
    timezones.map((timeZone) => [
      timeZone,
      new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    ]),
  );
  const minute = 60_000;
  const clock = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

  /** The minutes of a UTC day in which a job may start. */
  function openMinutes({ cadence }: CloudPolicy, date: number): Set<number> {
    const open = new Set<number>();
    for (let before = -cadence.startWindow.minutes; before < 1_440; before += 1) {
      const local = clock(formats.get(cadence.timezone)?.format(date + before * minute) ?? '');
      if ((local + 1_440 - clock(cadence.startsAt)) % cadence.every.minutes !== 0) continue;
      for (let after = Math.max(0, before); after < before + cadence.startWindow.minutes; after += 1) open.add(after);
    }
    return open;
  }

  /** The minutes of the week of a window such as sun:23:45-mon:00:15; a daily window is read as one of Monday. */
  function minutesOf(window: string): number[] {
    const at = (text: string) =>
      text.length > 5
        ? ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(text.slice(0, 3)) * 1_440 + clock(text.slice(4))
        : clock(text);
    const [from = '', to = ''] = window.split('-');
    const minutes: number[] = [];
    const circle = from.length > 5 ? 10_080 : 1_440;
    for (let here = at(from); here !== at(to); here = (here + 1) % circle) minutes.push(here);
    return minutes;
  }

  const ofDay = (minutes: readonly number[]) => new Set(minutes.map((one) => ((one % 1_440) + 1_440) % 1_440));
  const withHourBefore = (minutes: readonly number[]) => [
    ...Array.from({ length: 60 }, (_, index) => (minutes[0] as number) - 60 + index),
    ...minutes,
  ];
  const two = (value: number) => String(value).padStart(2, '0');
  const time = (value: number) => `${two(Math.floor((value % 1_440) / 60))}:${two(value % 60)}`;

  const cadences = fc.record({
    every: fc.constantFrom('2h' as const, '160m' as const, '3h' as const, '4h' as const, '8h' as const, '24h' as const),
    startsAt: fc.nat(1_439).map(time),
    timezone: fc.constantFrom(...timezones),
    startWindow: fc.integer({ min: 60, max: 300 }).map((minutes) => `${minutes}m` as const),
  });

  /** Both halves of the year, so that both offsets of every timezone above are seen. */
  const seasons = ['2026-01-15', '2026-07-15'].map((text) => Date.parse(`${text}T00:00:00Z`));

  test('placed windows are clear on any day of this year and the next, and are found whenever they exist', () => {
    fc.assert(
      fc.property(cadences, fc.nat(729), (input, dayOfYears) => {
        const policy = cloud(input);
        const open = new Set(seasons.flatMap((date) => [...openMinutes(policy, date)]));
        let placed: { backup: string; maintenance: string } | undefined;
        try {
          placed = placeWindows(policy, now).db0;
        } catch {
          placed = undefined;
        }
        if (!placed) {
          const clear = (start: number, length: number) =>
            Array.from({ length }, (_, index) => !open.has((start + index) % 1_440)).every(Boolean);
          expect(Array.from({ length: 1_440 }, (_, start) => clear(start, 90)).some(Boolean)).toBe(false);
          return;
        }
        const backup = ofDay(minutesOf(placed.backup));
        const maintenance = minutesOf(placed.maintenance);
        const today = openMinutes(policy, Date.parse('2026-01-01T00:00:00Z') + dayOfYears * 1_440 * minute);
        expect(backup.size).toBe(30);
        expect(maintenance.length).toBe(30);
        expect([...backup].filter((one) => today.has(one) || open.has(one))).toEqual([]);
        expect([...ofDay(withHourBefore(maintenance))].filter((one) => today.has(one) || open.has(one))).toEqual([]);
        expect([...ofDay(maintenance)].filter((one) => backup.has(one))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('given windows are refused exactly when the simulation finds them in the way', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const windows = fc.record({
      backup: fc.tuple(fc.nat(1_439), fc.integer({ min: 30, max: 90 })),
      maintenance: fc.tuple(fc.nat(10_079), fc.integer({ min: 30, max: 90 })),
    });
    fc.assert(
      fc.property(cadences, windows, (input, { backup, maintenance }) => {
        const weekly = (value: number) => `${days[Math.floor((value % 10_080) / 1_440)]}:${time(value)}`;
        const backupWindow = `${time(backup[0])}-${time(backup[0] + backup[1])}`;
        const maintenanceWindow = `${weekly(maintenance[0])}-${weekly(maintenance[0] + maintenance[1])}`;
        const policy = cloud(input, { backupWindow, maintenanceWindow });
        const open = new Set(seasons.flatMap((date) => [...openMinutes(policy, date)]));
        const daily = ofDay(minutesOf(backupWindow));
        const inTheWay =
          [...daily].some((one) => open.has(one)) ||
          [...ofDay(withHourBefore(minutesOf(maintenanceWindow)))].some((one) => open.has(one)) ||
          [...ofDay(minutesOf(maintenanceWindow))].some((one) => daily.has(one));
        expect(mistakes(policy).length > 0).toBe(inTheWay);
      }),
      { numRuns: 40 },
    );
  });
});
