import { expect, jest, test } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { warnOfFullCopies } from '../../../lib/checks/full-copies.ts';
import { cloudPolicy, type DatabaseInput, newStack } from '../synthesise.ts';

type ClusterInput = Partial<Extract<DatabaseInput, { kind: 'cluster' }>>;

function warnings(cluster: ClusterInput, cadence = {}): string[] {
  // CDK prints what it warns of.
  jest.spyOn(console, 'error').mockImplementation(() => {});
  const stack = newStack();
  const databases = { orders: { kind: 'cluster', engineVersion: '17.5', ...cluster } } as const;
  warnOfFullCopies(stack, cloudPolicy({ cadence, databases }));
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map((entry) => String(entry.entry.data));
}

test('names the gigabyte-months of every copy in full, and the line that makes them fewer', () => {
  expect(warnings({ expected: { data: '250GiB' } })).toEqual([
    expect.stringContaining(
      "orders is an Aurora cluster, so each of its 112 copies in ap-northeast-3 is stored in full: 28,000 gigabyte-months at 250 GB. With cloud.databases.orders.copyEvery: '24h' they are 3,500; with copyEvery: '3h' this warning is gone and the copies stay.",
    ),
  ]);
});

test('counts for every 100 GB when the policy does not say how large the cluster is', () => {
  expect(warnings({})[0]).toContain(
    '11,200 gigabyte-months for every 100 GB of it (cloud.databases.orders.expected.data says how large it is)',
  );
});

test.each([
  ['the policy says how often to copy', { copyEvery: '24h' }, {}],
  ['the policy says that every one is copied', { copyEvery: '3h' }, {}],
  ['no more than one a day is made', {}, { every: '24h' }],
] as const)('is silent when %s', (_when, cluster, cadence) => {
  expect(warnings(cluster, cadence)).toEqual([]);
});
