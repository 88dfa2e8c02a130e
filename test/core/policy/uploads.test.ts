import { expect, test } from '@jest/globals';
import { parsePolicy } from '../../../core/policy/index.ts';

const databases = { main: { kind: 'instance', engineVersion: '17.6' } };
const parse = (uploads?: unknown) => parsePolicy({ cloud: { databases, uploads } }, 'test').cloud?.uploads;

test('no bucket is backed up unless the policy says so', () => {
  expect(parse()).toBeUndefined();
});

test('the defaults are a recovery point a day and a month of what was overwritten', () => {
  const text = (uploads: unknown) => JSON.parse(JSON.stringify(parse(uploads)));
  expect(text({ kind: 'declared' })).toEqual({ kind: 'declared', every: '1d', keepOverwritten: '30d' });
  expect(text({ kind: 'adopted', bucket: 'a.b-c' })).toEqual({ kind: 'adopted', every: '1d', bucket: 'a.b-c' });
});

test.each([
  [
    { kind: 'adopted', bucket: 'arn:aws:s3:::photos' },
    'bucket: received "arn:aws:s3:::photos"; write the name of a bucket as S3 shows it, without its ARN',
  ],
  [{ kind: 'adopted' }, 'bucket: '],
  [{ kind: 'declared', every: '5h' }, 'every: received "5h"; must divide a day, such as 12h'],
  [{ kind: 'declared', keepOverwritten: '36h' }, 'keepOverwritten: received "36h"; write whole days, such as 14d'],
  [{ kind: 'adopted', bucket: 'photos', keepOverwritten: '9d' }, 'keepOverwritten: '],
])('given %j, the sentence says what would be right', (uploads, sentence) => {
  expect(() => parse(uploads)).toThrow(`cloud.uploads.${sentence}`);
});
