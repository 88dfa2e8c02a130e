import { describe, expect, test } from '@jest/globals';
import { accountOf, type CloudPolicy, parsePolicy } from '../../../core/policy/index.ts';

const databases = { main: { kind: 'instance', engineVersion: '17.6' } };
const [own, second] = ['111122223333', '444455556666'];

const mistakesOf = (cloud: object) => {
  try {
    parsePolicy({ cloud: { databases, ...cloud } }, 'test');
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
};

describe('the account of the copies', () => {
  const cloudOf = (cloud: object) => parsePolicy({ cloud: { databases, ...cloud } }).cloud as CloudPolicy;

  test.each([
    [{}, undefined, undefined],
    [{ account: own }, own, own],
    [{ account: own, replica: { account: second } }, own, second],
  ])('given %j, the vaults belong to %s and %s', (cloud, primary, replica) => {
    const policy = cloudOf(cloud);
    expect([accountOf(policy, 'primary'), accountOf(policy, 'replica')]).toEqual([primary, replica]);
  });

  test('given no account of the databases beside it, the policy is refused', () => {
    expect(mistakesOf({ replica: { account: second } })).toEqual([
      'cloud.account: received nothing; a second account for the copies needs that of the databases written too, in quotes',
    ]);
  });

  test('given the account of the databases again, the policy is refused', () => {
    expect(mistakesOf({ account: own, replica: { account: own } })).toEqual([
      `cloud.replica.account: received "${own}"; must differ from cloud.account; leave it out to keep the copies in the account of the databases`,
    ]);
  });

  describe.each(['instance', 'cluster'])('of an adopted %s', (kind) => {
    const arn = 'arn:aws:kms:ap-northeast-1:111122223333:key/1';
    const adopting = (database: object, replica: object = { account: second }) =>
      mistakesOf({ account: own, replica, databases: { old: { kind: 'adopted', [kind]: 'old-one', ...database } } });

    test.each([
      ['a customer managed key', { key: arn }],
      ['no encryption, and that is known', { acknowledgeUnencrypted: true }],
    ])('given %s, are accepted', (_what, database) => {
      expect(adopting(database)).toEqual([]);
    });

    test('given no key, are refused; in one account a key is nobody’s business', () => {
      expect(adopting({})).toEqual([
        'cloud.databases.old.key: received nothing; a copy to replica.account needs a customer managed key that the account may use; write the ARN of the one that encrypts the database (AWS’s own aws/rds cannot be shared)',
      ]);
      expect(adopting({}, {})).toEqual([]);
    });

    test.each(['aws/rds', 'alias/aws/rds', 'arn:aws:kms:ap-northeast-1:111122223333:alias/aws/rds'])(
      'given %s, are refused, since that key can be shared with nobody',
      (key) => {
        expect(adopting({ key })).toEqual([
          `cloud.databases.old.key: received "${key}"; nobody can let another account use a key of AWS, so what it encrypts cannot be copied to one; move the database to a customer managed key first (runbooks/en/adopt-database.md)`,
        ]);
      },
    );

    test.each([
      ['an alias', 'alias/shop', 'write the whole ARN of a key, such as arn:aws:kms:ap-northeast-1:111122223333:key/…'],
      [
        'a key of another Region',
        arn.replace('northeast-1', 'northeast-3'),
        'the key is in "ap-northeast-3", and a database has one of its own Region "ap-northeast-1"',
      ],
    ])('given %s, are refused', (_what, key, message) => {
      expect(adopting({ key })).toEqual([`cloud.databases.old.key: received "${key}"; ${message}`]);
    });
  });

  test('given what is no account, and other mistakes, all are named at once', () => {
    expect(mistakesOf({ replica: { account: '4444-5555-6666', region: 'osaka' } })).toEqual([
      'cloud.replica.region: received "osaka"; write an AWS Region such as ap-northeast-1',
      'cloud.replica.account: received "4444-5555-6666"; write the twelve digits of an AWS account, in quotes',
      'cloud.account: received nothing; a second account for the copies needs that of the databases written too, in quotes',
    ]);
  });
});
