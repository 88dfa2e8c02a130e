import { expect, test } from '@jest/globals';
import { synthesise } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

test('the database stack is the one that was reviewed', () => {
  expectGolden('database', synthesise().Database);
});

test('replicates the automated backups of those databases that the policy does not except', () => {
  const { Database } = synthesise({
    databases: {
      main: { kind: 'instance', engineVersion: '17.6' },
      audit: { kind: 'instance', engineVersion: '16.10', replicateAutomatedBackups: false },
    },
  });
  const instances = Object.values(Database.findResources('AWS::RDS::DBInstance'));
  expect(instances.map(({ Properties }) => Properties.AutomaticBackupReplicationRegion)).toEqual([
    'ap-northeast-3',
    undefined,
  ]);
});

test('holds every database of the policy, each with windows of its own', () => {
  const { Database } = synthesise({
    databases: {
      main: { kind: 'instance', engineVersion: '17.6' },
      audit: { kind: 'instance', engineVersion: '16.10', backupWindow: '19:10-19:40' },
    },
  });
  const instances = Object.values(Database.findResources('AWS::RDS::DBInstance'));
  expect(
    instances.map(({ Properties }) => [Properties.DBInstanceIdentifier, Properties.PreferredBackupWindow]),
  ).toEqual([
    ['shop-main', '16:15-16:45'],
    ['shop-audit', '19:10-19:40'],
  ]);
});
