import { describe, expect, test } from '@jest/globals';
import {
  backupJobEvents,
  copyJobEvents,
  protectionEvents,
  restoreJobEvents,
} from '../../../lib/constructs/job-events.ts';
import { matchesPattern } from '../../helpers/event-pattern.ts';
import {
  backupJob,
  backupJobCreated,
  copyJob,
  mainArn,
  planChange,
  rdsEvent,
  recoveryPoint,
  restoreJob,
  vaultChange,
} from '../../helpers/sample-events.ts';

const withIssues = { statusMessage: 'Automated backup is disabled for the resource' };

describe('backup jobs', () => {
  test.each(['FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'])('%s is reported', (state) => {
    expect(matchesPattern(backupJobEvents, backupJob(state))).toBe(true);
  });

  test('COMPLETED is reported with a message and not without', () => {
    expect(matchesPattern(backupJobEvents, backupJob('COMPLETED', withIssues))).toBe(true);
    expect(matchesPattern(backupJobEvents, backupJob('COMPLETED'))).toBe(false);
  });

  test.each([
    backupJobCreated,
    backupJob('RUNNING'),
    backupJob('PENDING', withIssues),
    copyJob('FAILED'),
    restoreJob('FAILED'),
  ])('not reported: $detail-type $detail.state', (event) => {
    expect(matchesPattern(backupJobEvents, event)).toBe(false);
  });
});

describe('copy jobs', () => {
  test.each(['FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'])('%s is reported, from whichever Region', (state) => {
    expect(matchesPattern(copyJobEvents, copyJob(state))).toBe(true);
    expect(matchesPattern(copyJobEvents, copyJob(state, {}, 'ap-northeast-3'))).toBe(true);
  });

  test('COMPLETED is reported with a message and not without', () => {
    const destinationRecoveryPointArn = `${mainArn}:snapshot`;
    expect(matchesPattern(copyJobEvents, copyJob('COMPLETED', { destinationRecoveryPointArn, ...withIssues }))).toBe(
      true,
    );
    expect(matchesPattern(copyJobEvents, copyJob('COMPLETED', { destinationRecoveryPointArn }))).toBe(false);
  });

  test.each([copyJob('CREATED'), copyJob('RUNNING'), backupJob('FAILED')])(
    'not reported: $detail-type $detail.state',
    (event) => {
      expect(matchesPattern(copyJobEvents, event)).toBe(false);
    },
  );
});

test('a restore job that failed is reported, whether it says status or state', () => {
  for (const key of ['status', 'state'] as const) {
    expect(matchesPattern(restoreJobEvents, restoreJob('FAILED', key))).toBe(true);
    expect(matchesPattern(restoreJobEvents, restoreJob('ABORTED', key))).toBe(true);
    expect(matchesPattern(restoreJobEvents, restoreJob('COMPLETED', key))).toBe(false);
    expect(matchesPattern(restoreJobEvents, restoreJob('CREATED', key))).toBe(false);
  }
});

test('changes and deletions of vaults and plans are reported, and nothing else of them', () => {
  for (const changed of [vaultChange, planChange]) {
    expect(matchesPattern(protectionEvents, changed('MODIFIED'))).toBe(true);
    expect(matchesPattern(protectionEvents, changed('DELETED'))).toBe(true);
    expect(matchesPattern(protectionEvents, changed('CREATED'))).toBe(false);
  }
  expect(matchesPattern(protectionEvents, recoveryPoint('DELETING'))).toBe(false);
  expect(matchesPattern(protectionEvents, rdsEvent('0003'))).toBe(false);
});
