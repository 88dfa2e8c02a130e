import { Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as rds from 'aws-cdk-lib/aws-rds';
import { adopt, arnOf, type Estate, vaultArn } from './estate.ts';

/** One change that a rule finds, and one beside it that it does not. */
export interface Case {
  readonly id: string;
  readonly when: string;
  readonly wrong: (estate: Estate) => void;
  readonly sentence: string;
  readonly right: (estate: Estate) => void;
}

const copyTo = (destinationBackupVaultArn: string, lifecycle: unknown = { deleteAfterDays: 14 }) => [
  { destinationBackupVaultArn, lifecycle },
];
const second = '444455556666';
const vaultOf = (account: string, name = 'shop-replica') => vaultArn(name).replace('111122223333', account);
/** Copies to a vault in another account of the app. */
const copyToSecond = ({ app, rule }: Estate, accessPolicy?: object) => {
  const stack = new Stack(app, 'Second', { env: { region: 'ap-northeast-3', account: second } });
  new backup.CfnBackupVault(stack, 'Vault', { backupVaultName: 'shop-replica', ...(accessPolicy && { accessPolicy }) });
  Object.assign(rule, { copyActions: copyTo(vaultOf(second)) });
};
const letsIn = (account: string, action = 'CopyIntoBackupVault') => ({
  Statement: [
    { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'backup:DeleteRecoveryPoint', Resource: '*' },
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: [`backup:${action}`],
      Resource: '*',
    },
  ],
});
const alarmWith = ({ tokyo }: Estate, props: Partial<cloudwatch.CfnAlarmProps>) =>
  new cloudwatch.CfnAlarm(tokyo, 'Other', {
    alarmName: 'other',
    comparisonOperator: 'GreaterThanThreshold',
    evaluationPeriods: 1,
    ...props,
  });
const heard = { alarmActions: ['arn:aws:sns:ap-northeast-1:111122223333:shop'] };
const described = { alarmDescription: 'A copy failed: see runbooks/copy-failed.md' };

export const cases: readonly Case[] = [
  {
    id: 'unprotected-database',
    when: 'a selection leaves a database out',
    wrong: ({ selection }) => Object.assign(selection, { resources: [arnOf('db:shop-main')] }),
    sentence: 'no plan of the app selects the cluster shop-carts',
    right: ({ selection }) => Object.assign(selection, { resources: [arnOf('db:shop-main'), arnOf('cluster:*')] }),
  },
  {
    id: 'unprotected-database',
    when: 'a database is selected in another Region than its own',
    wrong: ({ selection }) =>
      Object.assign(selection, {
        resources: [arnOf('db:shop-main').replace('northeast-1', 'northeast-3'), arnOf('cluster:shop-carts')],
      }),
    sentence: 'no plan of the app selects the instance shop-main',
    right: ({ selection, database }) =>
      Object.assign(selection, { resources: [database.attrDbInstanceArn, arnOf('cluster:shop-carts')] }),
  },
  {
    id: 'unprotected-database',
    when: 'an adopted database is left out',
    wrong: (estate) => {
      const { selection } = estate;
      const { resources } = selection;
      adopt(estate, 'cluster');
      Object.assign(selection, { resources });
    },
    sentence: 'no plan of the app selects the cluster sessions-prod',
    right: (estate) => adopt(estate, 'cluster'),
  },
  {
    id: 'automated-backups',
    when: 'retention is 0',
    wrong: ({ database }) => Object.assign(database, { backupRetentionPeriod: 0 }),
    sentence: 'shop-main has BackupRetentionPeriod 0, so it has no automated backups and no point-in-time recovery',
    right: ({ database }) => Object.assign(database, { backupRetentionPeriod: 1 }),
  },
  {
    id: 'automated-backups',
    when: 'an adopted instance is asked to have none',
    wrong: (estate) => adopt(estate, 'instance', { RetentionDays: 0 }),
    sentence: 'members-prod has RetentionDays 0, so it has no automated backups and no point-in-time recovery',
    right: (estate) => adopt(estate, 'instance', { RetentionDays: 7 }),
  },
  {
    id: 'deletion-protection',
    when: 'it is left out',
    wrong: ({ database }) => Object.assign(database, { deletionProtection: undefined }),
    sentence: 'shop-main has DeletionProtection left out, which is false',
    right: ({ tokyo }) =>
      new rds.CfnDBInstance(tokyo, 'Member', { dbClusterIdentifier: 'shop-carts', dbInstanceClass: 'db.r7g.large' }),
  },
  {
    id: 'encryption',
    when: 'it is off',
    wrong: ({ cluster }) => Object.assign(cluster, { storageEncrypted: false }),
    sentence: 'shop-carts has StorageEncrypted false',
    right: ({ cluster }) => Object.assign(cluster, { storageEncrypted: undefined, snapshotIdentifier: 'shop-carts-1' }),
  },
  {
    id: 'aurora-retention',
    when: 'it is no longer than the plan keeps',
    wrong: ({ cluster }) => Object.assign(cluster, { backupRetentionPeriod: 14 }),
    sentence: 'shop-carts keeps automated backups for 14 days, and rule "every-3h" its snapshots for 14',
    right: ({ rule }) => Object.assign(rule, { lifecycle: { deleteAfterDays: 35 } }),
  },
  {
    id: 'aurora-retention',
    when: 'an adopted cluster is asked for no longer',
    wrong: (estate) => adopt(estate, 'cluster', { RetentionDays: 14 }),
    sentence: 'sessions-prod keeps automated backups for 14 days, and rule "every-3h" its snapshots for 14',
    right: (estate) => adopt(estate, 'instance', { RetentionDays: 14 }),
  },
  {
    id: 'backup-window',
    when: 'its last minute is the first of a start window',
    wrong: ({ database }) => Object.assign(database, { preferredBackupWindow: '17:31-18:01' }),
    sentence:
      'the backup window of shop-main is "17:31-18:01" UTC, in which rule "every-3h" may start from 18:00 to 19:00',
    right: ({ database }) => Object.assign(database, { preferredBackupWindow: '17:30-18:00' }),
  },
  {
    id: 'backup-window',
    when: 'a start window reaches it only in summer time',
    wrong: ({ rule, database }) => {
      Object.assign(rule, {
        scheduleExpression: 'cron(0 12 * * ? *)',
        scheduleExpressionTimezone: 'Europe/Berlin',
      });
      Object.assign(database, { preferredBackupWindow: '10:15-10:45' });
    },
    sentence:
      'the backup window of shop-main is "10:15-10:45" UTC, in which rule "every-3h" may start from 10:00 to 11:00',
    right: ({ rule, database }) => {
      Object.assign(rule, { scheduleExpression: 'cron(0 12 * * ? *)', scheduleExpressionTimezone: 'Europe/Berlin' });
      Object.assign(database, { preferredBackupWindow: '12:15-12:45' });
    },
  },
  {
    id: 'backup-window',
    when: 'an adopted database is given one within a start window',
    wrong: (estate) => adopt(estate, 'instance', { BackupWindow: '18:15-18:45' }),
    sentence:
      'the backup window of members-prod is "18:15-18:45" UTC, in which rule "every-3h" may start from 18:00 to 19:00',
    right: (estate) => adopt(estate, 'instance'),
  },
  {
    id: 'maintenance-window',
    when: 'the hour before it holds a start window',
    wrong: ({ database }) => Object.assign(database, { preferredMaintenanceWindow: 'sun:16:59-sun:17:29' }),
    sentence:
      'the maintenance window of shop-main is "sun:16:59-sun:17:29" UTC; in it or in the hour before it rule "every-3h" may start from 15:00 to 16:00',
    right: ({ cluster }) => Object.assign(cluster, { preferredMaintenanceWindow: 'sun:16:59-sun:17:29' }),
  },
  {
    id: 'maintenance-window',
    when: 'a weekly rule starts on its day',
    wrong: ({ rule, database }) => {
      Object.assign(rule, { scheduleExpression: 'cron(0 12 ? * SUN *)', scheduleExpressionTimezone: 'UTC' });
      Object.assign(database, { preferredMaintenanceWindow: 'sun:12:30-sun:13:00' });
    },
    sentence:
      'the maintenance window of shop-main is "sun:12:30-sun:13:00" UTC; in it or in the hour before it rule "every-3h" may start from 12:00 to 13:00',
    right: ({ rule, database }) => {
      Object.assign(rule, { scheduleExpression: 'cron(0 12 ? * SUN *)', scheduleExpressionTimezone: 'UTC' });
      Object.assign(database, { preferredMaintenanceWindow: 'mon:12:30-mon:13:00' });
    },
  },
  {
    id: 'maintenance-window',
    when: 'an adopted instance is given one with a start window in the hour before',
    wrong: (estate) => adopt(estate, 'instance', { MaintenanceWindow: 'sun:16:30-sun:17:00' }),
    sentence:
      'the maintenance window of members-prod is "sun:16:30-sun:17:00" UTC; in it or in the hour before it rule "every-3h" may start from 15:00 to 16:00',
    right: (estate) => adopt(estate, 'cluster', { MaintenanceWindow: 'sun:16:30-sun:17:00' }),
  },
  {
    id: 'selection',
    when: 'databases are selected by a tag',
    wrong: ({ selection }) =>
      Object.assign(selection, {
        listOfTags: [{ conditionType: 'STRINGEQUALS', conditionKey: 'backup', conditionValue: 'yes' }],
      }),
    sentence: 'the selection takes whatever fits the tag backup=yes, a restored scratch database included',
    right: ({ selection }) =>
      Object.assign(selection, {
        conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/backup', ConditionValue: 'yes' }] },
      }),
  },
  {
    id: 'selection',
    when: 'databases are selected by a pattern',
    wrong: ({ selection }) => Object.assign(selection, { resources: [arnOf('db:*'), arnOf('cluster:shop-carts')] }),
    sentence:
      'the selection takes whatever fits the pattern arn:aws:rds:ap-northeast-1:111122223333:db:*, a restored scratch database included',
    right: ({ selection }) =>
      Object.assign(selection, {
        resources: [arnOf('db:shop-main'), arnOf('cluster:shop-carts'), 'arn:aws:s3:::shop-*'],
      }),
  },
  {
    id: 'schedule',
    when: 'both days are given',
    wrong: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 0/3 * * * *)' }),
    sentence:
      'rule "every-3h" has the schedule "cron(0 0/3 * * * *)": day of month and day of week are both given; one of them must be ?',
    right: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 0/3 ? * * *)' }),
  },
  {
    id: 'schedule',
    when: 'it is a rate',
    wrong: ({ rule }) => Object.assign(rule, { scheduleExpression: 'rate(3 hours)' }),
    sentence: 'rule "every-3h" has the schedule "rate(3 hours)": AWS Backup takes cron(…) only',
    right: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 0/3 L * ? *)' }),
  },
  {
    id: 'schedule',
    when: 'a field is out of its range',
    wrong: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 24 * * ? *)' }),
    sentence: 'rule "every-3h" has the schedule "cron(0 24 * * ? *)": hours "24" is not within 0 to 23',
    right: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 0,6,12,18 ? JAN-DEC FRI-MON 2026-2199)' }),
  },
  {
    id: 'schedule',
    when: 'it has five fields',
    wrong: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 0/3 * * ?)' }),
    sentence:
      'rule "every-3h" has the schedule "cron(0 0/3 * * ?)": a cron expression of AWS has 6 fields (minutes hours day-of-month month day-of-week year), and this has 5',
    right: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0  0/3  *  *  ?  *)' }),
  },
  {
    id: 'schedule',
    when: 'the timezone does not exist',
    wrong: ({ rule }) => Object.assign(rule, { scheduleExpressionTimezone: 'Asia/Osaka' }),
    sentence: 'rule "every-3h" has the schedule "cron(0 0/3 * * ? *)": "Asia/Osaka" is no timezone',
    right: ({ rule }) => Object.assign(rule, { scheduleExpressionTimezone: undefined }),
  },
  {
    id: 'schedule-oddity',
    when: 'a step begins late in the day',
    wrong: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 12/12 * * ? *)' }),
    sentence:
      'rule "every-3h" has the schedule "cron(0 12/12 * * ? *)": every 12 hours is counted anew each day, so it runs at 12:00 only',
    right: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 11/12 * * ? *)' }),
  },
  {
    id: 'schedule-oddity',
    when: 'runs are less than an hour apart',
    wrong: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0/30 * * * ? *)' }),
    sentence:
      'rule "every-3h" has the schedule "cron(0/30 * * * ? *)": two runs are 30 minutes apart, and AWS Backup takes a snapshot once an hour at most',
    right: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 * * * ? *)' }),
  },
  {
    id: 'schedule-oddity',
    when: 'it never runs',
    wrong: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 3 30 FEB ? *)' }),
    sentence: 'rule "every-3h" has the schedule "cron(0 3 30 FEB ? *)": it never runs in this year or the next',
    right: ({ rule }) => Object.assign(rule, { scheduleExpression: 'cron(0 3 28 FEB ? *)' }),
  },
  {
    id: 'start-window',
    when: 'it is left out',
    wrong: ({ rule }) => Object.assign(rule, { startWindowMinutes: undefined }),
    sentence: 'rule "every-3h" has no start window, so AWS Backup takes 8 hours',
    right: ({ rule }) => Object.assign(rule, { startWindowMinutes: 480 }),
  },
  {
    id: 'start-window-minimum',
    when: 'it is under an hour',
    wrong: ({ rule }) => Object.assign(rule, { startWindowMinutes: 59 }),
    sentence: 'rule "every-3h" has a start window of 59 minutes, and AWS Backup takes 60 at least',
    right: ({ rule }) => Object.assign(rule, { startWindowMinutes: 60 }),
  },
  {
    id: 'suppressed-run',
    when: 'a weekly rule is added that starts with another',
    wrong: ({ rules, rule }) =>
      rules.push({
        ...rule,
        ruleName: 'weekly',
        scheduleExpression: 'cron(30 0 ? * SUN *)',
        lifecycle: { deleteAfterDays: 56 },
      }),
    sentence:
      '"every-3h" (start window 60 minutes, kept 14 days) and "weekly" (start window 60 minutes, kept 56 days) have start windows that overlap 104 times in two years, and each time only one of them runs',
    right: ({ rules, rule }) => {
      rule.scheduleExpression = 'cron(0 0/3 ? * MON-SAT *)';
      rules.push({ ...rule, ruleName: 'weekly', scheduleExpression: 'cron(30 0 ? * SUN *)' });
    },
  },
  {
    id: 'suppressed-run',
    when: 'two rules meet in the summer time of one of them',
    wrong: ({ rules, rule }) => {
      rule.scheduleExpression = 'cron(0 0 1 * ? *)';
      rules.push({
        ...rule,
        ruleName: 'berlin',
        scheduleExpression: 'cron(0 17 1-31 * ? *)',
        scheduleExpressionTimezone: 'Europe/Berlin',
        lifecycle: { deleteAfterDays: 30 },
      });
    },
    sentence:
      '"every-3h" (start window 60 minutes, kept 14 days) and "berlin" (start window 60 minutes, kept 30 days) have start windows that overlap 14 times in two years, and each time only one of them runs',
    right: ({ rules, rule }) => {
      rule.scheduleExpression = 'cron(0 0 * * ? *)';
      rules.push({
        ...rule,
        ruleName: 'berlin',
        scheduleExpression: 'cron(0 18 * * ? *)',
        scheduleExpressionTimezone: 'Europe/Berlin',
      });
    },
  },
  {
    id: 'lifecycle',
    when: 'a rule has none',
    wrong: ({ rule }) => Object.assign(rule, { lifecycle: undefined }),
    sentence: 'rule "every-3h" does not say when its recovery points end, so they are kept for ever',
    right: ({ rule }) => Object.assign(rule, { lifecycle: { deleteAfterDays: 7 } }),
  },
  {
    id: 'copy-lifecycle',
    when: 'a copy has none',
    wrong: ({ rule }) =>
      Object.assign(rule, { copyActions: [{ destinationBackupVaultArn: vaultArn('shop-replica') }] }),
    sentence: 'a copy of rule "every-3h" does not say when it ends',
    right: ({ rule }) => Object.assign(rule, { copyActions: undefined }),
  },
  {
    id: 'lock-bounds',
    when: 'a rule keeps less than the lock of its vault takes',
    wrong: ({ rule }) => Object.assign(rule, { lifecycle: { deleteAfterDays: 6 } }),
    sentence: 'rule "every-3h" keeps 6 days, and the lock of vault shop-primary takes 7 at least',
    right: ({ rule }) => Object.assign(rule, { lifecycle: { deleteAfterDays: 7 } }),
  },
  {
    id: 'lock-bounds',
    when: 'a copy keeps more than the lock of its vault takes',
    wrong: ({ rule }) =>
      Object.assign(rule, { copyActions: copyTo(vaultArn('shop-replica'), { deleteAfterDays: 366 }) }),
    sentence: 'a copy of rule "every-3h" keeps 366 days, and the lock of vault shop-replica takes 365 at most',
    right: ({ rule }) =>
      Object.assign(rule, { copyActions: copyTo(vaultArn('shop-replica'), { deleteAfterDays: 365 }) }),
  },
  {
    id: 'copy-vault',
    when: 'no stack has the vault',
    wrong: ({ rule }) => Object.assign(rule, { copyActions: copyTo(vaultArn('shop-replika')) }),
    sentence: 'rule "every-3h" copies to vault shop-replika in ap-northeast-3, which no stack of the app declares',
    right: ({ rule }) =>
      Object.assign(rule, { copyActions: copyTo(vaultArn('audit').replace('111122223333', '444455556666')) }),
  },
  {
    id: 'copy-vault',
    when: 'no stack has it in the other account of the app',
    wrong: (estate) => {
      copyToSecond(estate);
      Object.assign(estate.rule, { copyActions: copyTo(vaultOf(second, 'shop-replika')) });
    },
    sentence: 'rule "every-3h" copies to vault shop-replika in ap-northeast-3, which no stack of the app declares',
    right: (estate) => copyToSecond(estate),
  },
  {
    id: 'copy-region',
    when: 'it is that of the original',
    wrong: ({ rule }) => Object.assign(rule, { copyActions: copyTo(vaultArn('shop-primary', 'ap-northeast-1')) }),
    sentence:
      'rule "every-3h" copies to arn:aws:backup:ap-northeast-1:111122223333:backup-vault:shop-primary, in the Region and account of the original',
    right: ({ rule }) =>
      Object.assign(rule, {
        copyActions: copyTo(vaultArn('audit', 'ap-northeast-1').replace('111122223333', '444455556666')),
      }),
  },
  {
    id: 'copy-access',
    when: 'the vault of another account has no access policy',
    wrong: (estate) => copyToSecond(estate),
    sentence:
      'rule "every-3h" copies to vault shop-replica of account 444455556666, whose access policy does not let account 111122223333 in',
    right: (estate) => copyToSecond(estate, letsIn('111122223333')),
  },
  {
    id: 'copy-access',
    when: 'its access policy lets another account in, or for something else',
    wrong: (estate) => {
      const [other, another] = [letsIn('777788889999'), letsIn('111122223333', 'StartBackupJob')];
      copyToSecond(estate, { Statement: [...other.Statement, ...another.Statement] });
    },
    sentence:
      'rule "every-3h" copies to vault shop-replica of account 444455556666, whose access policy does not let account 111122223333 in',
    right: ({ rule }) => Object.assign(rule, { copyActions: copyTo(vaultOf(second, 'audit')) }),
  },
  {
    id: 'copy-key',
    when: 'the vault has none of its own',
    wrong: ({ replicaVault }) => Object.assign(replicaVault, { encryptionKeyArn: undefined }),
    sentence: 'rule "every-3h" copies shop-main, shop-carts to vault shop-replica, which has no customer managed key',
    right: ({ vault }) => Object.assign(vault, { encryptionKeyArn: undefined }),
  },
  {
    id: 'copy-source-key',
    when: 'a declared database has no key of its own',
    wrong: ({ rule, cluster }) => {
      Object.assign(rule, { copyActions: copyTo(vaultOf(second)) });
      Object.assign(cluster, { kmsKeyId: 'arn:aws:kms:ap-northeast-1:111122223333:key/1' });
    },
    sentence: 'rule "every-3h" copies shop-main to account 444455556666, under AWS\'s own key aws/rds',
    right: ({ rule, database, cluster }) => {
      Object.assign(rule, { copyActions: copyTo(vaultOf(second)) });
      Object.assign(database, { dbSnapshotIdentifier: 'shop-main-1' });
      Object.assign(cluster, { kmsKeyId: 'arn:aws:kms:ap-northeast-1:111122223333:key/1' });
    },
  },
  {
    id: 'copy-source-key',
    when: 'a database names the key of AWS',
    wrong: ({ rule, database, cluster }) => {
      Object.assign(rule, { copyActions: copyTo(vaultOf(second)) });
      Object.assign(database, { kmsKeyId: 'arn:aws:kms:ap-northeast-1:111122223333:alias/aws/rds' });
      Object.assign(cluster, { kmsKeyId: 'alias/aws/rds' });
    },
    sentence: 'rule "every-3h" copies shop-main, shop-carts to account 444455556666, under AWS\'s own key aws/rds',
    // In one account, that key is no obstacle; and which one an adopted database has, no template tells.
    right: (estate) => {
      Object.assign(estate.database, { kmsKeyId: 'alias/aws/rds' });
      adopt(estate, 'instance');
    },
  },
  {
    id: 'continuous-retention',
    when: 'a continuous rule selects a database whose retention is declared',
    wrong: ({ rule, cluster }) => {
      Object.assign(rule, { enableContinuousBackup: true });
      Object.assign(cluster, { backupRetentionPeriod: undefined });
    },
    sentence: 'rule "every-3h" is continuous and takes over the retention of shop-main (BackupRetentionPeriod 14)',
    right: ({ rule, cluster, database }) => {
      Object.assign(rule, { enableContinuousBackup: true });
      for (const one of [cluster, database]) Object.assign(one, { backupRetentionPeriod: undefined });
    },
  },
  {
    id: 'continuous-retention',
    when: 'a continuous rule selects an adopted database, whose retention is raised',
    wrong: (estate) => {
      const { rule, cluster, database } = estate;
      Object.assign(rule, { enableContinuousBackup: true });
      for (const one of [cluster, database]) Object.assign(one, { backupRetentionPeriod: undefined });
      adopt(estate, 'instance');
    },
    sentence: 'rule "every-3h" is continuous and takes over the retention of members-prod (RetentionDays 15)',
    right: (estate) => adopt(estate, 'instance'),
  },
  {
    id: 'vault-events',
    when: 'a vault is to notify of retired ones',
    wrong: ({ vault }) =>
      Object.assign(vault, {
        notifications: {
          snsTopicArn: 'arn:aws:sns:ap-northeast-1:111122223333:shop',
          backupVaultEvents: ['BACKUP_JOB_FAILED', 'COPY_JOB_FAILED', 'BACKUP_JOB_EXPIRED'],
        },
      }),
    sentence:
      'vault shop-primary is to notify of BACKUP_JOB_FAILED, BACKUP_JOB_EXPIRED, which AWS Backup no longer sends',
    right: ({ vault }) =>
      Object.assign(vault, {
        notifications: {
          snsTopicArn: 'arn:aws:sns:ap-northeast-1:111122223333:shop',
          backupVaultEvents: ['BACKUP_JOB_COMPLETED', 'COPY_JOB_FAILED'],
        },
      }),
  },
  {
    id: 'alarm-action',
    when: 'an alarm has none',
    wrong: (estate) => alarmWith(estate, described),
    sentence: 'alarm other has no action',
    right: (estate) => {
      alarmWith(estate, described);
      new cloudwatch.CfnCompositeAlarm(estate.tokyo, 'Both', { alarmRule: 'ALARM("other")' });
    },
  },
  {
    id: 'alarm-action',
    when: 'its actions are disabled',
    wrong: (estate) => alarmWith(estate, { ...described, ...heard, actionsEnabled: false }),
    sentence: 'alarm other has its actions disabled',
    right: (estate) => alarmWith(estate, { ...described, ...heard, actionsEnabled: true }),
  },
  {
    id: 'alarm-description',
    when: 'an alarm has none',
    wrong: (estate) => alarmWith(estate, heard),
    sentence: 'alarm other has no description',
    right: (estate) => alarmWith(estate, { ...heard, ...described }),
  },
  {
    id: 'alarm-runbook',
    when: 'a description links to none',
    wrong: (estate) => alarmWith(estate, { ...heard, alarmDescription: 'A copy failed' }),
    sentence: 'the description of alarm other links to no runbook: "A copy failed"',
    right: (estate) => alarmWith(estate, { ...heard, ...described }),
  },
];
