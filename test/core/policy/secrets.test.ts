import { expect, test } from '@jest/globals';
import { parsePolicy } from '../../../core/policy/index.ts';

const databases = { main: { kind: 'instance', engineVersion: '17.6' } };
const parse = (secrets?: unknown) => parsePolicy({ cloud: { databases, secrets } }, 'test').cloud?.secrets;
const arn = (name: string, region = 'ap-northeast-1') =>
  `arn:aws:secretsmanager:${region}:111122223333:secret:${name}-AbCdEf`;

test('no secret is replicated unless the policy names it', () => {
  expect(parse()).toBeUndefined();
  expect(parse({ slack: { kind: 'adopted', arn: arn('shop/slack') } })).toBeDefined();
});

const managed = 'a service of AWS owns a secret with a ! in its name, and RDS makes a new one for a restored database';

test.each([
  [{ kind: 'adopted' }, ': received an object with kind; give either the name or the ARN of the secret'],
  [
    { kind: 'adopted', name: 'a', arn: arn('a') },
    ': received an object with kind, name, arn; give either the name or the ARN of the secret',
  ],
  [{ kind: 'adopted', name: arn('a') }, `.name: received "${arn('a')}"; write the name of a secret, without its ARN`],
  [
    { kind: 'adopted', arn: 'shop/slack' },
    '.arn: received "shop/slack"; write the whole ARN of a secret, with the six characters that AWS put behind its name',
  ],
  [{ kind: 'adopted', name: 'rds!db-1' }, `.name: received "rds!db-1"; ${managed}`],
  [{ kind: 'adopted', arn: arn('rds!db-1') }, `.arn: received "${arn('rds!db-1')}"; ${managed}`],
  [
    { kind: 'adopted', arn: arn('a', 'us-east-1') },
    `.arn: received "${arn('a', 'us-east-1')}"; the secret is in "us-east-1"; name the one of the primary Region "ap-northeast-1"`,
  ],
])('given %j, the sentence says what would be right', (secret, sentence) => {
  expect(() => parse({ slack: secret })).toThrow(`cloud.secrets.slack${sentence}`);
});

test('mistakes elsewhere hide none here', () => {
  const cloud = { databases, primary: null, secrets: { a: { kind: 'adopted' }, b: null } };
  expect(() => parsePolicy({ cloud }, 'test')).toThrow(/test has 3 mistakes/);
});
