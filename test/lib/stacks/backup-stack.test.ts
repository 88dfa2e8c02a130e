import { expect, test } from '@jest/globals';
import { account, main, orders, synthesise } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

test('the backup stack is the one that was reviewed', () => {
  expectGolden('backup', synthesise().Backup);
});

test('selects exactly the instances and clusters of the database stack, each once', () => {
  const { Database, Backup } = synthesise({ databases: { main, audit: main, orders } });
  const arn = (type: string, name: string) => `arn:aws:rds:ap-northeast-1:${account}:${type}:${name}`;
  const instances = Object.values(Database.findResources('AWS::RDS::DBInstance')).filter(
    ({ Properties }) => !Properties.DBClusterIdentifier,
  );
  const clusters = Object.values(Database.findResources('AWS::RDS::DBCluster'));
  const selected = Object.values(Backup.findResources('AWS::Backup::BackupSelection')).flatMap(
    ({ Properties }) => Properties.BackupSelection.Resources,
  );
  expect(selected).toEqual([
    ...instances.map(({ Properties }) => arn('db', Properties.DBInstanceIdentifier)),
    ...clusters.map(({ Properties }) => arn('cluster', Properties.DBClusterIdentifier)),
  ]);
});

test('gives databases that are copied at another interval a plan of their own, under the same role', () => {
  const { Backup } = synthesise({ databases: { main, orders, carts: { ...orders, copyEvery: '12h' } } });
  const plans = Object.values(Backup.findResources('AWS::Backup::BackupPlan'));
  expect(plans.map(({ Properties }) => Properties.BackupPlan.BackupPlanName)).toEqual([
    'shop',
    'shop-copied-every-1d',
    'shop-copied-every-12h',
  ]);
  const roles = Object.values(Backup.findResources('AWS::Backup::BackupSelection')).map(
    ({ Properties }) => Properties.BackupSelection.IamRoleArn,
  );
  expect(new Set(roles.map((role) => JSON.stringify(role))).size).toBe(1);
});

test('copies to the vault of the replica stack, whatever its Region', () => {
  const { Replica, Backup } = synthesise({ replica: { region: 'ap-southeast-1' } });
  const [vault] = Object.values(Replica.findResources('AWS::Backup::BackupVault'));
  const [plan] = Object.values(Backup.findResources('AWS::Backup::BackupPlan'));
  expect(plan?.Properties.BackupPlan.BackupPlanRule[0].CopyActions[0].DestinationBackupVaultArn).toBe(
    `arn:aws:backup:ap-southeast-1:${account}:backup-vault:${vault?.Properties.BackupVaultName}`,
  );
});
