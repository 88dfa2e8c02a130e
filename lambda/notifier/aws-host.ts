import { type BackupClient, paginateListRecoveryPointsByBackupVault } from '@aws-sdk/client-backup';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { RenderedNotice } from '../../core/notice/index.ts';
import { type NotifierConfig, renderedAttribute } from './config.ts';
import type { NotifierHost } from './host.ts';
import { slackChannel } from './slack.ts';

export interface Clients {
  readonly backupIn: (region: string) => BackupClient;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
}

/** The world as AWS's APIs show it. */
export function awsHost(
  { backupIn, secrets, sns }: Clients,
  { topicArn, slackSecretName }: NotifierConfig,
): NotifierHost {
  return {
    now: () => new Date(),
    newestPoint: (region, vault, arn) => newestPoint(backupIn(region), vault, arn),
    channels: {
      mail: (notice) => publish(sns, topicArn, notice),
      slack: slackSecretName === undefined ? undefined : slackChannel(secrets, { secret: slackSecretName }),
    },
  };
}

async function newestPoint(
  backup: BackupClient,
  BackupVaultName: string,
  ByResourceArn: string,
): Promise<Date | 'none'> {
  let newest: Date | undefined;
  const pages = paginateListRecoveryPointsByBackupVault(
    { client: backup, pageSize: 1_000 },
    { BackupVaultName, ByResourceArn },
  );
  for await (const { RecoveryPoints = [] } of pages) {
    for (const { Status, CreationDate } of RecoveryPoints) {
      if (Status === 'COMPLETED' && CreationDate && !(newest && newest >= CreationDate)) newest = CreationDate;
    }
  }
  return newest ?? 'none';
}

async function publish(sns: SNSClient, TopicArn: string, { title, text }: RenderedNotice): Promise<void> {
  const MessageAttributes = { [renderedAttribute]: { DataType: 'String', StringValue: 'yes' } };
  await sns.send(new PublishCommand({ TopicArn, Subject: title, Message: text, MessageAttributes }));
}
