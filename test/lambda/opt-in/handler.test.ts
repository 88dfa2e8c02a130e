import { BackupClient, DescribeRegionSettingsCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { onEvent } from '../../../lambda/opt-in/handler.ts';

process.env.AWS_REGION = 'ap-northeast-1';
const backup = mockClient(BackupClient);

/** What AWS Backup remembers of the Region. */
let settings: Record<string, boolean>;

beforeEach(() => {
  settings = { Aurora: false, EBS: false, RDS: true };
  backup.reset();
  backup.on(DescribeRegionSettingsCommand).callsFake(() => ({ ResourceTypeOptInPreference: { ...settings } }));
  backup.on(UpdateRegionSettingsCommand).callsFake(({ ResourceTypeOptInPreference }) => {
    settings = ResourceTypeOptInPreference;
  });
});

const event = (RequestType: 'Create' | 'Update' | 'Delete') => ({
  RequestType,
  ResourceProperties: { Types: ['Aurora'] },
});

test('opts the type in and leaves every other preference as it was', async () => {
  expect(await onEvent(event('Create'))).toEqual({
    PhysicalResourceId: 'aws-backup-opt-in',
    Data: { Added: 'Aurora' },
  });
  expect(settings).toEqual({ Aurora: true, EBS: false, RDS: true });
});

test('writes nothing when the type is in already, as after a second delivery', async () => {
  await onEvent(event('Create'));
  expect((await onEvent(event('Create'))).Data).toEqual({ Added: 'none' });
  expect(backup.commandCalls(UpdateRegionSettingsCommand)).toHaveLength(1);
});

test('opts in again on an update, after someone opted out', async () => {
  expect((await onEvent(event('Update'))).Data).toEqual({ Added: 'Aurora' });
});

test('opts nothing out when the resource goes', async () => {
  settings = { Aurora: true };
  expect(await onEvent(event('Delete'))).toEqual({});
  expect(backup.calls()).toHaveLength(0);
});

test('knows no preference in an account that never used AWS Backup', async () => {
  backup.on(DescribeRegionSettingsCommand).resolves({});
  await onEvent(event('Create'));
  expect(settings).toEqual({ Aurora: true });
});
