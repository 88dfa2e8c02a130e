import { expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as backup from 'aws-cdk-lib/aws-backup';
import { cadence } from '../../../core/policy/cadence.ts';
import { type BackupPolicyInput, Duration, snapshotRules } from '../../../core/policy/index.ts';
import { BackupRole } from '../../../lib/constructs/backup-role.ts';
import { SnapshotPlan } from '../../../lib/constructs/snapshot-plan.ts';
import { newStack } from '../synthesise.ts';

type CadenceInput = NonNullable<NonNullable<BackupPolicyInput['cloud']>['cadence']>;

const database = 'arn:aws:rds:ap-northeast-1:111122223333:db:shop-main';
const replicaVault = 'arn:aws:backup:ap-northeast-3:111122223333:backup-vault:shop-replica';

function plan(written: CadenceInput = {}, copyEvery?: Duration): Template {
  const stack = newStack();
  const policy = cadence.parse(written);
  new SnapshotPlan(stack, 'Snapshots', {
    name: 'shop',
    role: new BackupRole(stack, 'Role', { name: 'shop-backup' }),
    cadence: policy,
    rules: snapshotRules(policy, copyEvery),
    vault: backup.BackupVault.fromBackupVaultName(stack, 'Vault', 'shop-primary'),
    replicaVault: backup.BackupVault.fromBackupVaultArn(stack, 'ReplicaVault', replicaVault),
    resources: [database],
  });
  return Template.fromStack(stack);
}

// biome-ignore lint/suspicious/noExplicitAny: a fragment of a template has no type
function rules(...input: Parameters<typeof plan>): any[] {
  const [resource] = Object.values(plan(...input).findResources('AWS::Backup::BackupPlan'));
  return resource?.Properties.BackupPlan.BackupPlanRule;
}

test('takes a snapshot every three hours by the clock of Tokyo, within an hour', () => {
  expect(rules()).toEqual([
    expect.objectContaining({
      RuleName: 'every-3h',
      ScheduleExpression: 'cron(0 0,3,6,9,12,15,18,21 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
      StartWindowMinutes: 60,
      CompletionWindowMinutes: 180,
      TargetBackupVault: 'shop-primary',
    }),
  ]);
});

test('keeps the snapshot and its copy for as long as the policy says of each', () => {
  expect(rules({ keep: '7d', copy: { keep: '35d' } })).toEqual([
    expect.objectContaining({
      Lifecycle: { DeleteAfterDays: 7 },
      CopyActions: [{ DestinationBackupVaultArn: replicaVault, Lifecycle: { DeleteAfterDays: 35 } }],
    }),
  ]);
});

test('never takes a continuous backup', () => {
  expect(rules()[0]).not.toHaveProperty('EnableContinuousBackup');
});

test('lists the hours of a cadence that starts in the evening, since AWS Backup does not step past midnight', () => {
  expect(rules({ every: '8h', startsAt: '22:15' })[0].ScheduleExpression).toBe('cron(15 6,14,22 * * ? *)');
});

test('has a rule for each minute past the hour that the cadence meets', () => {
  expect(rules({ every: '90m' }).map(({ RuleName, ScheduleExpression }) => [RuleName, ScheduleExpression])).toEqual([
    ['every-90m-at-0', 'cron(0 0,3,6,9,12,15,18,21 * * ? *)'],
    ['every-90m-at-30', 'cron(30 1,4,7,10,13,16,19,22 * * ? *)'],
  ]);
});

test('takes every snapshot and copies some, by two rules that never run together', () => {
  const fields = rules({}, Duration.seconds(86_400)).map((rule) => [
    rule.RuleName,
    rule.ScheduleExpression,
    rule.CopyActions?.length,
  ]);
  expect(fields).toEqual([
    ['every-3h-copied', 'cron(0 0 * * ? *)', 1],
    ['every-3h-not-copied', 'cron(0 3,6,9,12,15,18,21 * * ? *)', 0],
  ]);
});

test('takes longer generations from runs of the day, and leaves those runs out on their days', () => {
  const fields = rules({ weekly: { keep: '56d' }, monthly: { on: 28, keep: '365d' } }).map((rule) => [
    rule.ScheduleExpression,
    rule.Lifecycle.DeleteAfterDays,
    rule.CopyActions[0].Lifecycle.DeleteAfterDays,
  ]);
  expect(fields).toEqual([
    ['cron(0 0 ? * MON,TUE,WED,THU,FRI,SAT *)', 14, 14],
    ['cron(0 3 1-27,29-31 * ? *)', 14, 14],
    ['cron(0 6,9,12,15,18,21 * * ? *)', 14, 14],
    ['cron(0 0 ? * SUN *)', 56, 56],
    ['cron(0 3 28 * ? *)', 365, 365],
  ]);
});

test('selects databases by their ARN and nothing by tag', () => {
  plan().hasResourceProperties('AWS::Backup::BackupSelection', {
    BackupSelection: { Resources: [database], ListOfTags: Match.absent(), Conditions: Match.absent() },
  });
});
