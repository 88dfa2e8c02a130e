import { expect, jest, test } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { announceComplianceLock } from '../../../lib/checks/compliance-lock.ts';
import { cloudPolicy, newStack } from '../synthesise.ts';

const now = new Date('2026-11-21T20:00:00Z');

function warnings(replica: NonNullable<Parameters<typeof cloudPolicy>[0]>['replica'] = {}): string[] {
  // CDK prints what it warns of.
  jest.spyOn(console, 'error').mockImplementation(() => {});
  const stack = newStack();
  announceComplianceLock(stack, 'fukugen', cloudPolicy({ replica: { ...replica } }), 'replica', now);
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map((entry) => String(entry.entry.data));
}

test('says on which day a compliance lock becomes final, and what that means', () => {
  expect(warnings({ lock: { mode: 'compliance', confirm: 'fukugen-replica', grace: '10d' } })).toEqual([
    expect.stringContaining(
      'The compliance lock of vault fukugen-replica, deployed now for the first time, becomes final on 2026-12-01 UTC, after 10d: from then on nobody, AWS included, can take it off, make it shorter than "7d", or delete a recovery point before its time',
    ),
  ]);
});

test('says nothing of a governance lock', () => {
  expect(warnings()).toEqual([]);
});
