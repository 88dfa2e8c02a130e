import { expect, test } from '@jest/globals';
import { parsePolicy } from '../../../core/policy/index.ts';

const databases = { main: { kind: 'instance', engineVersion: '17.6' } };
const parse = (settingsExport?: unknown) => parsePolicy({ cloud: { databases, settingsExport } }, 'test').cloud;

test('no settings are exported unless the policy says so', () => {
  expect(parse()?.settingsExport).toBeUndefined();
});

test('the defaults are a look a week and a year of versions', () => {
  const settingsExport = parse({})?.settingsExport;
  expect(JSON.parse(JSON.stringify(settingsExport))).toEqual({ every: '7d', keep: '365d', functions: [] });
});

test.each([
  [{ every: '6h' }, 'every: received "6h"; write a duration such as 3h, 14d or 8w, at least 1d and at most 36500d'],
  [{ every: '31d' }, 'every: received "31d"; write at most "30d"'],
  [{ every: '36h' }, 'every: received "36h"; write whole days, such as 14d'],
  [{ keep: '7d' }, 'keep: received "7d"; write a duration such as 3h, 14d or 8w, at least 30d and at most 36500d'],
  [
    { functions: ['arn:aws:lambda:x'] },
    'functions.0: received "arn:aws:lambda:x"; write the name of a Lambda function, without its ARN',
  ],
])('given %j, the sentence says what would be right', (settingsExport, sentence) => {
  expect(() => parse(settingsExport)).toThrow(`cloud.settingsExport.${sentence}`);
});

test('given a function twice, the sentence names it', () => {
  expect(() => parse({ functions: ['invoices', 'invoices'] })).toThrow(
    /cloud\.settingsExport\.functions: received .*; name each function once$/,
  );
});
