import { test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { Vault } from '../../../lib/constructs/vault.ts';
import { account, newStack } from '../synthesise.ts';

function vault(): Template {
  const stack = newStack();
  new Vault(stack, 'Vault', { name: 'shop-replica' });
  return Template.fromStack(stack);
}

test('denies everyone the deletion of a recovery point and a shorter life for it', () => {
  vault().hasResourceProperties('AWS::Backup::BackupVault', {
    BackupVaultName: 'shop-replica',
    AccessPolicy: {
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
          Resource: '*',
        },
      ],
    },
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
  template.hasResourceProperties('AWS::Backup::BackupVault', { EncryptionKeyArn: { 'Fn::GetAtt': [key, 'Arn'] } });
  template.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    KeyPolicy: {
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
      ],
    },
  });
});
