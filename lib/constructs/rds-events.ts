import type * as events from 'aws-cdk-lib/aws-events';

/**
 * Numbers of RDS events that end in a restore, or in none being possible
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html). None says that an automated backup
 * was skipped: for that there is the alarm on the lag of point-in-time recovery.
 */
const eventIds = {
  deleted: '0003',
  storageExhausted: '0007',
  backupsDisabled: '0028',
  failed: '0031',
  incompatibleNetwork: '0036',
  storageUnderTenPercent: '0089',
  storageFullShutdown: '0221',
  auroraVolumeLow: '0227',
} as const;

export const rdsEvents: events.EventPattern = {
  source: ['aws.rds'],
  detailType: ['RDS DB Instance Event', 'RDS DB Cluster Event'],
  detail: { EventID: Object.values(eventIds).map((number) => `RDS-EVENT-${number}`) },
};
