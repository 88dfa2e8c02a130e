import { App, CfnResource, Stack, type Stack as StackType } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as rds from 'aws-cdk-lib/aws-rds';
import { account } from '../synthesise.ts';

/**
 * A small app in which everything is right, in plain resources of CloudFormation. Each case changes one thing of it.
 */
export interface Estate {
  readonly app: App;
  readonly tokyo: StackType;
  readonly osaka: StackType;
  readonly database: rds.CfnDBInstance;
  readonly cluster: rds.CfnDBCluster;
  readonly vault: backup.CfnBackupVault;
  readonly replicaVault: backup.CfnBackupVault;
  /** Whose rule `every-3h` is the first of its plan. */
  readonly rule: Record<string, unknown>;
  readonly rules: Record<string, unknown>[];
  readonly selection: Record<string, unknown>;
  readonly alarm: cloudwatch.CfnAlarm;
}

export const arnOf = (resource: string) => `arn:aws:rds:ap-northeast-1:${account}:${resource}`;
export const vaultArn = (name: string, region = 'ap-northeast-3') =>
  `arn:aws:backup:${region}:${account}:backup-vault:${name}`;

/** @param env - of both stacks; an empty one makes them agnostic of the account */
export function estate(context: Record<string, unknown> = {}): Estate {
  const app = new App({ context, autoSynth: false });
  const tokyo = new Stack(app, 'Tokyo', { env: { region: 'ap-northeast-1', account } });
  const osaka = new Stack(app, 'Osaka', { env: { region: 'ap-northeast-3', account } });
  const lockConfiguration = { minRetentionDays: 7, maxRetentionDays: 365 };
  const database = new rds.CfnDBInstance(tokyo, 'Main', {
    dbInstanceIdentifier: 'shop-main',
    engine: 'postgres',
    backupRetentionPeriod: 14,
    deletionProtection: true,
    storageEncrypted: true,
    preferredBackupWindow: '16:15-16:45',
    preferredMaintenanceWindow: 'sun:17:15-sun:17:45',
  });
  const cluster = new rds.CfnDBCluster(tokyo, 'Carts', {
    dbClusterIdentifier: 'shop-carts',
    engine: 'aurora-postgresql',
    backupRetentionPeriod: 15,
    deletionProtection: true,
    storageEncrypted: true,
    preferredBackupWindow: '16:15-16:45',
  });
  const vault = new backup.CfnBackupVault(tokyo, 'Vault', { backupVaultName: 'shop-primary', lockConfiguration });
  const replicaVault = new backup.CfnBackupVault(osaka, 'Vault', {
    backupVaultName: 'shop-replica',
    encryptionKeyArn: `arn:aws:kms:ap-northeast-3:${account}:key/1`,
    lockConfiguration,
  });
  const rule = {
    ruleName: 'every-3h',
    targetBackupVault: 'shop-primary',
    scheduleExpression: 'cron(0 0/3 * * ? *)',
    scheduleExpressionTimezone: 'Asia/Tokyo',
    startWindowMinutes: 60,
    lifecycle: { deleteAfterDays: 14 },
    copyActions: [{ destinationBackupVaultArn: vaultArn('shop-replica'), lifecycle: { deleteAfterDays: 14 } }],
  };
  const rules: Record<string, unknown>[] = [rule];
  const plan = new backup.CfnBackupPlan(tokyo, 'Plan', {
    backupPlan: {
      backupPlanName: 'shop',
      backupPlanRule: rules as unknown as backup.CfnBackupPlan.BackupRuleResourceTypeProperty[],
    },
  });
  const selection: Record<string, unknown> = {
    iamRoleArn: `arn:aws:iam::${account}:role/shop-backup`,
    selectionName: 'shop',
    resources: [arnOf('db:shop-main'), arnOf('cluster:shop-carts')],
  };
  new backup.CfnBackupSelection(tokyo, 'Selection', {
    backupPlanId: plan.attrBackupPlanId,
    backupSelection: selection as unknown as backup.CfnBackupSelection.BackupSelectionResourceTypeProperty,
  });
  const alarm = new cloudwatch.CfnAlarm(tokyo, 'Alarm', {
    alarmName: 'shop-too-old',
    comparisonOperator: 'GreaterThanThreshold',
    evaluationPeriods: 1,
    alarmActions: [`arn:aws:sns:ap-northeast-1:${account}:shop`],
    alarmDescription: 'The newest recovery point is too old. https://example.com/runbooks/too-old',
  });
  return { app, tokyo, osaka, database, cluster, vault, replicaVault, rule, rules, selection, alarm };
}

/**
 * Adds a database that exists already, in which everything is right but what is given, and has the plan select it.
 */
export function adopt(
  { tokyo, selection }: Estate,
  kind: 'instance' | 'cluster',
  own: Record<string, unknown> = {},
): void {
  const identifier = kind === 'instance' ? 'members-prod' : 'sessions-prod';
  const properties = {
    ServiceToken: `arn:aws:lambda:ap-northeast-1:${account}:function:adopter`,
    Kind: kind,
    Identifier: identifier,
    RetentionDays: 15,
    BackupWindow: '16:15-16:45',
    MaintenanceWindow: 'sun:17:15-sun:17:45',
    ...own,
  };
  new CfnResource(tokyo, `Adopted-${kind}`, { type: 'Custom::AdoptedDatabase', properties });
  const arn = arnOf(`${kind === 'instance' ? 'db' : 'cluster'}:${identifier}`);
  Object.assign(selection, { resources: [...(selection.resources as string[]), arn] });
}
