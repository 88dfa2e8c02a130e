import { beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { declareCloud } from '../../lib/cloud.ts';
import { everyRole, type RoleUnderTest } from '../helpers/iam.ts';
import { account, cloudPolicy, everything, newApp, second } from './synthesise.ts';

describe.each([
  ['one account', { ...everything, replica: {} }],
  ['two accounts', everything],
])('in %s', (_what, cloud) => {
  /** All that the roles of a stack may do, by the name of the stack. */
  let roles: Record<string, RoleUnderTest>;
  beforeAll(() => {
    const app = newApp();
    declareCloud(app, 'shop', cloudPolicy(cloud));
    roles = Object.fromEntries(
      app
        .synth()
        .stacks.map(({ stackName, template, environment }) => [
          stackName,
          everyRole(Template.fromJSON(template), environment.account),
        ]),
    );
  });

  const rds = (resource: string, region: string, owner = account) => `arn:aws:rds:${region}:${owner}:${resource}`;

  test('no role of any stack may delete a recovery point, shorten its life, undo what keeps it, or unprotect a database', async () => {
    const allowed: string[] = [];
    for (const region of ['ap-northeast-1', 'ap-northeast-3']) {
      for (const owner of [account, second]) {
        const snapshot = rds('snapshot:awsbackup:job-1', region, owner);
        const vaults = ['shop-primary', 'shop-replica'].map(
          (name) => `arn:aws:backup:${region}:${owner}:backup-vault:${name}`,
        );
        const requests = [
          ['backup:DeleteRecoveryPoint', snapshot],
          ['backup:DisassociateRecoveryPoint', snapshot],
          ['backup:UpdateRecoveryPointLifecycle', snapshot],
          ['backup:DeleteRecoveryPoint', `arn:aws:backup:${region}:${owner}:recovery-point:1`],
          ['rds:DeleteDBSnapshot', snapshot],
          ['rds:DeleteDBClusterSnapshot', rds('cluster-snapshot:awsbackup:job-1', region, owner)],
          ['rds:DeleteDBInstanceAutomatedBackup', rds('auto-backup:ab-1', region, owner)],
          ['rds:StopDBInstanceAutomatedBackupsReplication', rds('db:shop-main', region, owner)],
          ['rds:StopDBInstanceAutomatedBackupsReplication', rds('db:members-prod', region, owner)],
          ...vaults.flatMap((vault) =>
            [
              'DeleteBackupVault',
              'DeleteBackupVaultAccessPolicy',
              'DeleteBackupVaultLockConfiguration',
              'PutBackupVaultAccessPolicy',
              'PutBackupVaultLockConfiguration',
            ].map((action) => [`backup:${action}`, vault]),
          ),
          ['kms:ScheduleKeyDeletion', `arn:aws:kms:${region}:${owner}:key/1`],
          ['kms:DisableKey', `arn:aws:kms:${region}:${owner}:key/1`],
          ['kms:PutKeyPolicy', `arn:aws:kms:${region}:${owner}:key/1`],
          ['s3:DeleteObjectVersion', `arn:aws:s3:::shop-uploads-${owner}/one`],
          ['s3:PutBucketVersioning', `arn:aws:s3:::shop-uploads-${owner}`],
          // A modification could take deletion protection off. Only adopted databases are modified, by their adopter.
          ['rds:ModifyDBInstance', rds('db:shop-main', region, owner)],
          ['rds:ModifyDBCluster', rds('cluster:shop-orders', region, owner)],
          ...['shop-main', 'members-prod'].map((name) => ['rds:DeleteDBInstance', rds(`db:${name}`, region, owner)]),
          ['rds:DeleteDBCluster', rds('cluster:shop-orders', region, owner)],
        ] as [string, string][];
        for (const [stack, role] of Object.entries(roles)) {
          for (const [action, resource] of requests) {
            const may = await role.may(action, resource, { 'aws:RequestedRegion': region });
            if (may) allowed.push(`${stack}: ${action} ${resource}`);
          }
        }
      }
    }
    expect(allowed).toEqual([]);
  });

  test('the simulator sees what the roles may do: the adopter modifies what it adopted', async () => {
    const adopted = rds('db:members-prod', 'ap-northeast-1');
    expect(await roles['shop-database']?.may('rds:ModifyDBInstance', adopted)).toBe(true);
    expect(await roles['shop-backup']?.may('rds:ModifyDBInstance', adopted)).toBe(false);
  });
});
