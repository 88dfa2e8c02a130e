import { expect, test } from '@jest/globals';
import { account, synthesise } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

test('the backup stack is the one that was reviewed', () => {
  expectGolden('backup', synthesise().Backup);
});

test('selects exactly the instances of the database stack', () => {
  const { Database, Backup } = synthesise({
    databases: {
      main: { kind: 'instance', engineVersion: '17.6' },
      audit: { kind: 'instance', engineVersion: '16.10' },
    },
  });
  const instances = Object.values(Database.findResources('AWS::RDS::DBInstance'));
  Backup.hasResourceProperties('AWS::Backup::BackupSelection', {
    BackupSelection: {
      Resources: instances.map(
        ({ Properties }) => `arn:aws:rds:ap-northeast-1:${account}:db:${Properties.DBInstanceIdentifier}`,
      ),
    },
  });
});

test('copies to the vault of the replica stack, whatever its Region', () => {
  const { Replica, Backup } = synthesise({ replica: { region: 'ap-southeast-1' } });
  const [vault] = Object.values(Replica.findResources('AWS::Backup::BackupVault'));
  const [plan] = Object.values(Backup.findResources('AWS::Backup::BackupPlan'));
  expect(plan?.Properties.BackupPlan.BackupPlanRule[0].CopyActions[0].DestinationBackupVaultArn).toBe(
    `arn:aws:backup:ap-southeast-1:${account}:backup-vault:${vault?.Properties.BackupVaultName}`,
  );
});
