import { expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vault } from '../../../lib/constructs/vault.ts';
import { account, cloudPolicy, newStack } from '../synthesise.ts';

type Input = NonNullable<Parameters<typeof cloudPolicy>[0]>;

function vault(replica: Input['replica'] = {}, breakGlassRole?: string): Template {
  const stack = newStack();
  const { lock } = cloudPolicy({ replica: { region: 'ap-northeast-3', ...replica } }).replica;
  new Vault(stack, 'Vault', { name: 'fukugen-replica', lock, breakGlassRole });
  return Template.fromStack(stack);
}

const type = 'AWS::Backup::BackupVault';
const exceptBreakGlass = { ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/rescue` } };

test('denies everyone the deletion of a recovery point and a shorter life for it, and no change of that by nobody', () => {
  vault().hasResourceProperties(type, {
    BackupVaultName: 'fukugen-replica',
    AccessPolicy: {
      Statement: [
        {
          Sid: 'KeepRecoveryPoints',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: [
            'backup:DeleteRecoveryPoint',
            'backup:DisassociateRecoveryPoint',
            'backup:UpdateRecoveryPointLifecycle',
          ],
          Resource: '*',
          Condition: Match.absent(),
        },
      ],
    },
  });
});

test('denies it to all but the break-glass role, and a change of the policy too', () => {
  vault({}, 'rescue').hasResourceProperties(type, {
    AccessPolicy: {
      Statement: [
        { Sid: 'KeepRecoveryPoints', Effect: 'Deny', Condition: exceptBreakGlass },
        {
          Sid: 'KeepThisPolicy',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: [
            'backup:DeleteBackupVault',
            'backup:DeleteBackupVaultAccessPolicy',
            'backup:DeleteBackupVaultLockConfiguration',
            'backup:PutBackupVaultAccessPolicy',
          ],
          Condition: exceptBreakGlass,
        },
      ],
    },
  });
});

test('is locked so that the lock can be taken off with the permission, and takes a week or more', () => {
  const [resource] = Object.values(vault().findResources(type));
  expect(resource?.Properties.LockConfiguration).toEqual({ MinRetentionDays: 7 });
});

test('is locked for good only when the policy says so by name', () => {
  const lock = { mode: 'compliance', confirm: 'fukugen-replica' } as const;
  const configurationOf = (template: Template) => Object.values(template.findResources(type))[0]?.Properties;
  expect(configurationOf(vault({ lock })).LockConfiguration).toEqual({
    MinRetentionDays: 7,
    MaxRetentionDays: 3650,
    ChangeableForDays: 7,
  });
  const own = { ...lock, grace: '3d', minKeep: '10d', maxKeep: '100d' } as const;
  expect(configurationOf(vault({ lock: own })).LockConfiguration).toEqual({
    MinRetentionDays: 10,
    MaxRetentionDays: 100,
    ChangeableForDays: 3,
  });
});

test('outlives its stack, and its key does too', () => {
  const template = vault();
  for (const type of ['AWS::Backup::BackupVault', 'AWS::KMS::Key']) {
    template.hasResource(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  }
});

test('has a key of its own that leaves every grant to IAM: one statement, no condition, no denial', () => {
  const template = vault();
  const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
  template.hasResourceProperties(type, { EncryptionKeyArn: { 'Fn::GetAtt': [key, 'Arn'] } });
  template.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    KeyPolicy: {
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
      ],
    },
  });
});

test('lets only the break-glass role end its key or let somebody else, and denies nobody its use', () => {
  vault({}, 'rescue').hasResourceProperties('AWS::KMS::Key', {
    BypassPolicyLockoutSafetyCheck: true,
    KeyPolicy: {
      Statement: [
        { Effect: 'Allow', Action: 'kms:*' },
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: ['kms:DisableKey', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'],
          Condition: exceptBreakGlass,
        },
      ],
    },
  });
});
