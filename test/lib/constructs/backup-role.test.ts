import { test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { BackupRole } from '../../../lib/constructs/backup-role.ts';
import { newStack } from '../synthesise.ts';

test('outlives its stack, since recovery points cannot expire without it', () => {
  const stack = newStack();
  new BackupRole(stack, 'Role', { name: 'shop-backup' });
  Template.fromStack(stack).hasResource('AWS::IAM::Role', {
    Properties: {
      RoleName: 'shop-backup',
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'backup.amazonaws.com' } }] },
      ManagedPolicyArns: [
        {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, Match.stringLikeRegexp('ServiceRolePolicyForBackup$')]],
        },
      ],
    },
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});
