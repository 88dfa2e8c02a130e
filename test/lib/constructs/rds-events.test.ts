import { expect, test } from '@jest/globals';
import { rdsEvents } from '../../../lib/constructs/rds-events.ts';
import { matchesPattern } from '../../helpers/event-pattern.ts';
import { backupJob, rdsEvent } from '../../helpers/sample-events.ts';

test.each([
  ['0003', 'deleted'],
  ['0007', 'storage exhausted'],
  ['0028', 'automated backups disabled'],
  ['0031', 'failed'],
  ['0035', 'incompatible parameters'],
  ['0036', 'incompatible network'],
  ['0089', 'under a tenth of the storage free'],
  ['0171', 'a cluster deleted'],
  ['0221', 'stopped, the storage is full'],
  ['0223', 'the storage cannot grow'],
  ['0224', 'the storage reaches its maximum'],
  ['0227', 'an Aurora volume runs low'],
  ['0254', 'the account has no storage left'],
  ['0418', 'RDS cannot reach the key'],
  ['0419', 'inaccessible without its key'],
])('RDS-EVENT-%s, %s, is reported of instances and clusters', (number) => {
  expect(matchesPattern(rdsEvents, rdsEvent(number))).toBe(true);
  expect(matchesPattern(rdsEvents, rdsEvent(number, 'shop-orders', 'Cluster'))).toBe(true);
});

test.each([
  ['0001', 'a backup begins'],
  ['0002', 'a backup is finished'],
  ['0032', 'automated backups are enabled'],
  ['0041', 'a snapshot expired or was deleted'],
  ['0091', 'an automated snapshot'],
  ['0406', 'the storage is initialised'],
  ['0420', 'the key is within reach again'],
])('RDS-EVENT-%s, %s, is not', (number) => {
  expect(matchesPattern(rdsEvents, rdsEvent(number))).toBe(false);
});

test('an event of AWS Backup is not', () => {
  expect(matchesPattern(rdsEvents, backupJob('FAILED'))).toBe(false);
});
