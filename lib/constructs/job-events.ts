import type * as events from 'aws-cdk-lib/aws-events';

/*
 * What AWS Backup says by itself, within minutes but without a promise: delivery is best effort, in batches of about five
 * minutes (https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html). The sentinel does not depend on it.
 *
 * Patterns name no database and no vault: EventBridge allows 2,048 characters, and some events name neither. The
 * notifier leaves out what belongs to somebody else.
 */

const source = ['aws.backup'];

/** Documented for no event, but an enum of the API for backup and copy jobs has PARTIAL. */
const badStates = ['FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'];

/**
 * What the console calls "Completed with issues" is COMPLETED with a message. `exists` matches leaves only, so the message
 * has to be a text; that is what the samples show.
 */
const completedWithMessage = { state: ['COMPLETED'], statusMessage: [{ exists: true }] };

const badJob = { $or: [{ state: badStates }, completedWithMessage] };

export const backupJobEvents: events.EventPattern = { source, detailType: ['Backup Job State Change'], detail: badJob };

export const copyJobEvents: events.EventPattern = { source, detailType: ['Copy Job State Change'], detail: badJob };

/** `status`, but `state` in the sample of CREATED: both are asked for. */
export const restoreJobEvents: events.EventPattern = {
  source,
  detailType: ['Restore Job State Change'],
  detail: { $or: [{ status: ['FAILED', 'ABORTED'] }, { state: ['FAILED', 'ABORTED'] }] },
};

/** Expected when this app is deployed, and then only. */
export const protectionEvents: events.EventPattern = {
  source,
  detailType: ['Backup Vault State Change', 'Backup Plan State Change'],
  detail: { state: ['MODIFIED', 'DELETED'] },
};
