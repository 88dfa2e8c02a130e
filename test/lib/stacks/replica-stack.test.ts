import { expect, test } from '@jest/globals';
import { synthesise } from '../synthesise.ts';
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
  const main = { kind: 'instance', engineVersion: '17.6', replicateAutomatedBackups: false } as const;
  expect(keysOf({ databases: { main } })).toEqual([ofVault]);
});

test('has the twin of every parameter group, since none travels with a copy', () => {
  const { Database, Replica } = synthesise();
  for (const { Properties } of Object.values(Database.findResources('AWS::RDS::DBParameterGroup'))) {
    Replica.hasResourceProperties('AWS::RDS::DBParameterGroup', Properties);
  }
});
