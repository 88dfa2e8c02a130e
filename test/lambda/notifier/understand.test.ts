import { describe, expect, test } from '@jest/globals';
import { understandAlarm, understandEvent } from '../../../lambda/notifier/understand.ts';
import {
  backupJob,
  backupJobCreated,
  copyJob,
  mainArn,
  planChange,
  rdsEvent,
  restoreJob,
  vaultChange,
} from '../../helpers/sample-events.ts';

const known = {
  policy: 'shop',
  databases: { main: 'db:shop-main', orders: 'cluster:shop-orders', carts: 'cluster:carts-prod' },
  members: { carts: ['carts-writer', 'carts-reader'] },
  vaults: { 'ap-northeast-1': 'shop-primary', 'ap-northeast-3': 'shop-replica' },
  buckets: { Uploads: 'arn:aws:s3:::shop-photos' },
  plans: ['shop', 'shop-uploads'],
};

const alarm = {
  AlarmName: 'shop/recovery-point-too-old/main',
  AlarmArn: 'arn:aws:cloudwatch:ap-northeast-3:111122223333:alarm:shop/recovery-point-too-old/main',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed',
  StateChangeTime: '2026-11-21T09:00:00.123+0000',
};

describe('an alarm', () => {
  test('begins with its reason, in the Region of its ARN', () => {
    expect(understandAlarm(alarm, known)?.notice).toEqual({
      situation: 'recovery-point-too-old',
      state: 'begun',
      subject: 'main',
      region: 'ap-northeast-3',
      since: new Date('2026-11-21T09:00:00.123Z'),
      details: ['Threshold Crossed'],
    });
  });

  test('is over without one', () => {
    const { notice } = understandAlarm({ ...alarm, NewStateValue: 'OK' }, known) ?? {};
    expect(notice).toMatchObject({ state: 'over', details: [] });
  });

  test('of a Region has no subject', () => {
    const { notice } = understandAlarm({ ...alarm, AlarmName: 'shop/sentinel-silent' }, known) ?? {};
    expect(notice).not.toHaveProperty('subject');
  });

  test.each([
    ['of another policy', { AlarmName: 'shop2/recovery-point-too-old/main' }],
    ['of somebody else', { AlarmName: 'CPU' }],
    ['that this project does not have', { AlarmName: 'shop/toString' }],
    ['without figures', { NewStateValue: 'INSUFFICIENT_DATA' }],
  ])('%s is nobody’s business', (_, change) => {
    expect(understandAlarm({ ...alarm, ...change }, known)).toBeUndefined();
  });

  test('has one key for each change of its state', () => {
    const keys = [
      alarm,
      { ...alarm, NewStateValue: 'OK' },
      { ...alarm, StateChangeTime: '2026-11-22T09:00:00.000+0000' },
    ].map((message) => understandAlarm(message, known)?.key);
    expect(new Set(keys).size).toBe(3);
  });
});

describe('an event', () => {
  test.each([
    [backupJob('FAILED', { statusMessage: 'no room' }), 'backup-job-failed', 'main', 'FAILED: no room'],
    [copyJob('PARTIAL'), 'copy-job-failed', 'main', 'PARTIAL'],
    [restoreJob('FAILED'), 'restore-job-failed', 'main', 'FAILED'],
    [restoreJob('FAILED', 'state'), 'restore-job-failed', 'main', 'FAILED'],
    [vaultChange('DELETED'), 'vault-changed', 'shop-primary', 'DELETED'],
    [planChange('MODIFIED'), 'plan-changed', 'shop', 'MODIFIED'],
    [backupJob('EXPIRED', { resourceArn: 'arn:aws:s3:::shop-photos' }), 'backup-job-failed', 'Uploads', 'EXPIRED'],
    [planChange('DELETED', 'shop-uploads'), 'plan-changed', 'shop-uploads', 'DELETED'],
    [rdsEvent('0028'), 'backups-disabled', 'main', 'RDS-EVENT-0028: Something happened'],
    [rdsEvent('0031'), 'database-at-risk', 'main', 'RDS-EVENT-0031: Something happened'],
    [rdsEvent('0227', 'shop-orders', 'Cluster'), 'database-at-risk', 'orders', 'RDS-EVENT-0227: Something happened'],
    [rdsEvent('0171', 'carts-prod', 'Cluster'), 'database-at-risk', 'carts', 'RDS-EVENT-0171: Something happened'],
  ])('%# is understood', (event, situation, subject, detail) => {
    expect(understandEvent(event, known)?.notice).toMatchObject({
      situation,
      subject,
      details: [detail],
      state: 'begun',
    });
  });

  test.each([
    ['this app numbers', 'shop-orders-2', 'orders'],
    ['the console makes', 'shop-orders-instance-1', 'orders'],
    ['the console makes in another zone', 'shop-orders-instance-2-ap-northeast-1c', 'orders'],
    ['the policy names', 'carts-reader', 'carts'],
  ])('of an instance that %s is one of its cluster', (_, identifier, subject) => {
    expect(understandEvent(rdsEvent('0031', identifier), known)?.notice.subject).toBe(subject);
  });

  test('of a copy says the same from both Regions', () => {
    const [one, other] = [copyJob('FAILED'), copyJob('FAILED', {}, 'ap-northeast-3')].map((event) =>
      understandEvent({ ...event, id: event.region }, known),
    );
    expect(one?.key).toBe(other?.key);
    expect(other?.notice.region).toBe('ap-northeast-3');
  });

  test.each([
    [
      'a backup',
      backupJob('FAILED', { resourceArn: `${mainArn}-2`, backupVaultArn: 'arn:aws:backup:x:1:backup-vault:theirs' }),
    ],
    [
      'a copy',
      copyJob('FAILED', {
        resourceArn: `${mainArn}-2`,
        sourceBackupVaultArn: 'arn:aws:backup:x:1:backup-vault:theirs',
        destinationBackupVaultArn: 'arn:aws:backup:x:1:backup-vault:theirs',
      }),
    ],
    ['a vault', vaultChange('DELETED', 'theirs')],
    ['a plan', planChange('DELETED', 'theirs')],
    ['a database', rdsEvent('0003', 'theirs')],
    ['a scratch restore', rdsEvent('0003', 'shop-main-drill')],
    ['a cluster that is called as an instance of ours', rdsEvent('0171', 'carts-reader', 'Cluster')],
    ['an instance that is called after another cluster', rdsEvent('0003', 'shop-orders-archive-1')],
    ['an unknown kind', { ...backupJob('FAILED'), 'detail-type': 'Region Setting State Change' }],
  ])('of %s that is not ours is left out', (_, event) => {
    expect(understandEvent(event, known)).toBeUndefined();
  });

  test('into our vault from a resource that is not in the policy is ours', () => {
    const event = backupJob('FAILED', { resourceArn: 'arn:aws:s3:::uploads' });
    expect(understandEvent(event, known)?.notice.subject).toBe('arn:aws:s3:::uploads');
  });

  test('that names neither resource nor vault is told: rather one of somebody else’s than none of ours', () => {
    expect(
      understandEvent({ ...backupJobCreated, detail: { ...backupJobCreated.detail, state: 'ABORTED' } }, known),
    ).toBeDefined();
  });
});
