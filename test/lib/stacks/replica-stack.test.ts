import { expect, test } from '@jest/globals';
import { main, orders, synthesise } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

test('the replica stack is the one that was reviewed', () => {
  expectGolden('replica', synthesise().Replica);
});

test('has a key of its own for replicated backups, which outlives it, only where a database replicates any', () => {
  const keysOf = (databases: Parameters<typeof synthesise>[0]) =>
    Object.values(synthesise(databases).Replica.findResources('AWS::KMS::Key')).map(
      ({ DeletionPolicy, Properties }) => [DeletionPolicy, Properties.EnableKeyRotation, Properties.Description],
    );
  const ofVault = ['Retain', true, 'Key of the backup vault shop-replica'];
  expect(keysOf({})).toEqual([
    ofVault,
    ['Retain', true, 'Encrypts the automated backups of shop that RDS replicates to this Region'],
  ]);
  expect(keysOf({ databases: { main: { ...main, replicateAutomatedBackups: false }, orders } })).toEqual([ofVault]);
});

test.each(['AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup'])(
  'has the twin of every %s, since none travels with a copy',
  (type) => {
    const { Database, Replica } = synthesise({ databases: { main, orders } });
    const groups = Object.values(Database.findResources(type));
    expect(groups).toHaveLength(1);
    for (const { Properties } of groups) Replica.hasResourceProperties(type, Properties);
  },
);
