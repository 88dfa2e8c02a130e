import type { AwsEvent } from '../../lambda/notifier/events.ts';

/*
 * Events in the forms of https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html and
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloud-watch-events.html.
 */

const account = '111122223333';
export const mainArn = `arn:aws:rds:ap-northeast-1:${account}:db:shop-main`;

function event(source: string, type: string, detail: object, region = 'ap-northeast-1'): AwsEvent {
  return {
    id: '844e2571-fa05-4f0e-a5c2-0123456789ab',
    source,
    'detail-type': type,
    account,
    time: '2026-11-21T09:00:00Z',
    region,
    resources: [],
    detail: detail as AwsEvent['detail'],
  };
}

export function backupJob(state: string, detail: object = {}): AwsEvent {
  return event('aws.backup', 'Backup Job State Change', {
    backupJobId: 'fea8c92f-5e57-4ce5-9d2b-0123456789ab',
    backupVaultArn: `arn:aws:backup:ap-northeast-1:${account}:backup-vault:shop-primary`,
    backupVaultName: 'shop-primary',
    bytesTransferred: '0',
    creationDate: '2026-11-21T08:00:00.000Z',
    iamRoleArn: `arn:aws:iam::${account}:role/shop-backup`,
    resourceArn: mainArn,
    resourceType: 'RDS',
    state,
    backupSizeInBytes: '1024',
    ...detail,
  });
}

/** CREATED names neither vault nor resource. */
export const backupJobCreated = event('aws.backup', 'Backup Job State Change', {
  backupJobId: 'fea8c92f-5e57-4ce5-9d2b-0123456789ab',
  state: 'CREATED',
  creationDate: '2026-11-21T08:00:00.000Z',
});

export function copyJob(state: string, detail: object = {}, region = 'ap-northeast-1'): AwsEvent {
  return event(
    'aws.backup',
    'Copy Job State Change',
    {
      copyJobId: '0fb81bd3-5d8a-42d2-b0c9-0123456789ab',
      backupSizeInBytes: 22_548_578_304,
      creationDate: '2026-11-21T08:15:00.000Z',
      iamRoleArn: `arn:aws:iam::${account}:role/shop-backup`,
      resourceArn: mainArn,
      resourceType: 'RDS',
      sourceBackupVaultArn: `arn:aws:backup:ap-northeast-1:${account}:backup-vault:shop-primary`,
      state,
      destinationBackupVaultArn: `arn:aws:backup:ap-northeast-3:${account}:backup-vault:shop-replica`,
      // Until the copy is complete.
      destinationRecoveryPointArn: {},
      ...detail,
    },
    region,
  );
}

/** `status`, but `state` in the sample of CREATED. */
export function restoreJob(status: string, key: 'status' | 'state' = 'status'): AwsEvent {
  return event('aws.backup', 'Restore Job State Change', {
    restoreJobId: '4ad0d0c3-3d8a-42d2-b0c9-0123456789ab',
    backupSizeInBytes: '1024',
    creationDate: '2026-11-21T08:15:00.000Z',
    iamRoleArn: `arn:aws:iam::${account}:role/restore`,
    percentDone: 0,
    resourceType: 'RDS',
    sourceResourceArn: mainArn,
    [key]: status,
  });
}

export function vaultChange(state: string, backupVaultName = 'shop-primary'): AwsEvent {
  return event('aws.backup', 'Backup Vault State Change', { backupVaultName, state, isLocked: 'false' });
}

export function planChange(state: string, backupPlanName = 'shop'): AwsEvent {
  const backupPlanId = '83fcfe04-0d8a-42d2-b0c9-0123456789ab';
  return event('aws.backup', 'Backup Plan State Change', { backupPlanId, backupPlanName, versionId: 'x', state });
}

export function recoveryPoint(status: string): AwsEvent {
  return event('aws.backup', 'Recovery Point State Change', { status, backupVaultName: 'shop-primary' });
}

export function rdsEvent(
  number: string,
  identifier = 'shop-main',
  kind: 'Instance' | 'Cluster' = 'Instance',
): AwsEvent {
  const resource = kind === 'Instance' ? 'db' : 'cluster';
  return event('aws.rds', `RDS DB ${kind} Event`, {
    EventCategories: ['failure'],
    SourceType: kind === 'Instance' ? 'DB_INSTANCE' : 'CLUSTER',
    SourceArn: `arn:aws:rds:ap-northeast-1:${account}:${resource}:${identifier}`,
    Date: '2026-11-21T09:00:00.000Z',
    Message: 'Something happened',
    SourceIdentifier: identifier,
    EventID: `RDS-EVENT-${number}`,
  });
}
