import type * as events from 'aws-cdk-lib/aws-events';

/**
 * Numbers of RDS events that end in a restore, or in none being possible
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html, and for Aurora
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html). A cluster that is deleted has a number
 * of its own. None says that an automated backup was skipped: for that there is the alarm on the lag of point-in-time recovery.
 */
const eventIds = {
  deleted: '0003',
  storageExhausted: '0007',
  backupsDisabled: '0028',
  failed: '0031',
  incompatibleParameters: '0035',
  incompatibleNetwork: '0036',
  storageUnderTenPercent: '0089',
  clusterDeleted: '0171',
  storageFullShutdown: '0221',
  autoscalingImpossible: '0223',
  autoscalingAtItsMaximum: '0224',
  auroraVolumeLow: '0227',
  storageQuotaExceeded: '0254',
  // The backups under the same key are as unreadable as the database.
  keyOutOfReach: '0418',
  inaccessibleWithoutItsKey: '0419',
} as const;

export const rdsEvents: events.EventPattern = {
  source: ['aws.rds'],
  detailType: ['RDS DB Instance Event', 'RDS DB Cluster Event'],
  detail: { EventID: Object.values(eventIds).map((number) => `RDS-EVENT-${number}`) },
};
