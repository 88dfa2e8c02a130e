import { describe, expect, test } from '@jest/globals';
import { parsePolicy } from '../../../core/policy/index.ts';
import { Span } from '../../../core/policy/span.ts';

function retentionOf(retention: unknown, own?: unknown): unknown {
  const disk = { kind: 'generations', path: '/backups', ...(own === undefined ? {} : { retention: own }) };
  const sources = { notes: { kind: 'directory', path: '~/Notes' } };
  const { local } = parsePolicy({ local: { sources, stores: { disk }, retention } });
  return JSON.parse(JSON.stringify([local?.retention, local?.stores.disk?.retention].filter(Boolean)));
}

describe('retention', () => {
  test.each([
    ['14d', { within: '14d' }],
    ['30d', { within: '30d' }],
    ['1y6mo', { within: '1y6mo' }],
    ['14/8/6', { daily: 14, weekly: 8, monthly: 6 }],
    ['7/4/12', { daily: 7, weekly: 4, monthly: 12 }],
    ['7/0/0', { daily: 7 }],
  ])('given the short form %s, then it is what the rules say', (text, rules) => {
    expect(retentionOf(text)).toEqual([rules]);
  });

  test('given every rule, then each is read, for all stores or for one', () => {
    const all = {
      last: 1,
      hourly: 2,
      daily: 3,
      weekly: 4,
      monthly: 5,
      yearly: 6,
      within: '2d12h',
      withinHourly: '3d',
      withinDaily: '14d',
      withinWeekly: '2mo',
      withinMonthly: '1y',
      withinYearly: '10y',
    };
    expect(retentionOf('14d', all)).toEqual([{ within: '14d' }, all]);
  });

  test.each([
    ['2w', 'local.retention: received "2w"; write how long to keep everything, such as 14d, or days/weeks/months'],
    ['0/0/0', 'local.retention: received "0/0/0"; write how long to keep everything'],
    [{}, 'local.retention: received an object with no keys; say what to keep, such as daily: 14'],
    [{ daily: 0 }, 'local.retention.daily: received 0; '],
    [{ weeks: 4 }, 'local.retention.weeks: there is no such key'],
    [
      { within: '6m' },
      'local.retention.within: received "6m"; write years, months, days and hours, such as 14d, 6mo or 1y6mo',
    ],
    [14, 'local.retention: received 14; write an object'],
  ])('given %j, then it is refused with what would be right', (retention, message) => {
    expect(() => retentionOf(retention)).toThrow(message);
  });
});

describe('Span', () => {
  test.each(['', '0d', '5', '1d1y', '-1d', '1.5d', '3m', '1w'])('refuses %j', (text) => {
    expect(Span.parse(text)).toBeUndefined();
  });

  test('is written as it was read, without what is nothing', () => {
    expect(String(Span.parse('0y6mo0d12h'))).toBe('6mo12h');
    expect(String(Span.parse('10d'))).toBe('10d');
  });

  test('a month before 31 March is 3 March, as the calendar of Go has it', () => {
    expect(Span.parse('1mo')?.before(new Date(2025, 2, 31, 12))).toEqual(new Date(2025, 2, 3, 12));
  });
});
