import { expect, test } from '@jest/globals';
import type { Observed } from '../../../lambda/adopter/observed.ts';
import { nextStep } from '../../../lambda/adopter/step.ts';
import type { Wanted } from '../../../lambda/adopter/wanted.ts';

const wanted: Wanted = {
  kind: 'instance',
  identifier: 'members',
  retentionDays: 14,
  backupWindow: '16:15-16:45',
  maintenanceWindow: 'sat:23:45-sun:00:15',
  allowOutage: false,
  acknowledgeUnencrypted: false,
};
const observed: Observed = {
  arn: 'arn:aws:rds:ap-northeast-1:111122223333:db:members',
  status: 'available',
  engine: 'postgres',
  encrypted: true,
  retentionDays: 14,
  pending: [],
  deletionProtection: true,
  copyTagsToSnapshot: true,
  backupWindow: '16:15-16:45',
  maintenanceWindow: 'mon:04:00-mon:04:30',
  replicas: [],
};
const sunday = (time: string) => new Date(`2026-11-22T${time}:00Z`);

test('moves a maintenance window, but not to the current time, which would restart a database that waits for one', () => {
  expect(nextStep(observed, wanted, sunday('00:14'))).toEqual({
    do: 'wait',
    until: 'the window sat:23:45-sun:00:15 that it is to have is over',
  });
  for (const now of [sunday('00:15'), new Date('2026-11-21T23:44:00Z')]) {
    expect(nextStep(observed, wanted, now)).toEqual({
      do: 'modify',
      raise: { maintenanceWindow: 'sat:23:45-sun:00:15' },
    });
  }
});

test('does not hold up the rest for that', () => {
  expect(nextStep({ ...observed, retentionDays: 7 }, wanted, sunday('00:00'))).toEqual({
    do: 'modify',
    raise: { retentionDays: 14 },
  });
});

test.each(['modifying', 'creating', 'rebooting', 'upgrading'])('waits while the status is %s', (status) => {
  expect(nextStep({ ...observed, status }, wanted, sunday('12:00')).do).toBe('wait');
});
